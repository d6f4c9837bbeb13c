// SPDX-License-Identifier: Apache-2.0
// What a chip must do (chip.sv with network, host port, barrier and bus; any cores, see any/core.sv), for any
// programs of the host: the next tick never starts while a packet is under way, a core works, or the host
// port has a packet of the tick that ends. chip_params: two cores in a row, FIFOs of two places, all times 1,
// ticks that a barrier ends.
module chip_proof (
    input logic        clock,
    input logic        reset,
    input logic        config_valid,
    input logic        config_write,
    input logic [ 3:0] config_region,
    input logic [ 4:0] config_offset,
    input logic [ 1:0] config_words,
    input logic [ 7:0] config_wdata,
    input logic        spikes_valid,
    input logic        spikes_write,
    input logic [ 4:0] spikes_address,
    input logic [ 1:0] spikes_words,
    input logic [ 3:0] spikes_bits
);
  logic config_next;
  logic config_done;
  logic spikes_next;
  logic spikes_done;
  logic tick_running;
  logic [63:0] tick_number;
  logic tick_started;
  logic unused_ready, unused_interrupt, unused_fault, unused_host_late;
  logic [63:0] unused_config_rdata, unused_spikes_rdata;
  logic [2:0] unused_config_response, unused_spikes_response;
  logic [1:0] unused_firing;
  logic [3:0] unused_late;
  logic [11:0] departures;

  chip dut (
      .clock          (clock),
      .reset          (reset),
      .ready          (unused_ready),
      .config_valid   (config_valid),
      .config_write   (config_write),
      // Registers of the board.
      .config_address (64'(register_map::CHIP_UNIT) << register_map::ADDRESS_UNIT_LSB |
                       64'(config_region) << register_map::ADDRESS_REGION_LSB | 64'(config_offset)),
      .config_words   (32'(config_words)),
      .config_wdata   (64'(config_wdata)),
      .config_next    (config_next),
      .config_rdata   (unused_config_rdata),
      .config_done    (config_done),
      .config_response(unused_config_response),
      .spikes_valid   (spikes_valid),
      .spikes_write   (spikes_write),
      .spikes_address (64'(spikes_address)),
      .spikes_words   (32'(spikes_words)),
      .spikes_wdata   (64'(register_map::PACKET_KIND_CORE) << register_map::PACKET_KIND_LSB |
                       64'(spikes_bits[1:0]) << register_map::PACKET_X0_LSB |
                       64'(spikes_bits[3:2]) << register_map::PACKET_X1_LSB),
      .spikes_next    (spikes_next),
      .spikes_rdata   (unused_spikes_rdata),
      .spikes_done    (spikes_done),
      .spikes_response(unused_spikes_response),
      .interrupt_line (unused_interrupt),
      .tick_running   (tick_running),
      .tick_number    (tick_number),
      .tick_started   (tick_started),
      .fault          (unused_fault),
      .core_firing    (unused_firing),
      .core_late      (unused_late),
      .host_late      (unused_host_late),
      .departures     (departures)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb if (first) assume (reset);

  // ---- Packets in the network: those that enter, and copies that leave for a link, are added; those that
  // leave their FIFO are taken away.
  localparam int EAST = 1;         // of router 0
  localparam int WEST = 3 + 6;     // of router 1
  (* hierconn *)wire \dut.tick_end ;
  (* hierconn *)wire \dut.network_idle ;
  (* hierconn *)wire [1:0] \dut.send_valid ;
  (* hierconn *)wire [1:0] \dut.send_ready ;
  (* hierconn *)wire [1:0] \dut.core_busy ;
  (* hierconn *)wire [1:0] \dut.core_receiving ;
  (* hierconn *)wire \dut.host_send_valid ;
  (* hierconn *)wire \dut.host_send_ready ;
  (* hierconn *)wire \dut.board_reset ;
  (* hierconn *)wire [11:0] \dut.leaving ;
  (* hierconn *)wire [11:0] \dut.leaving_router ;
  (* hierconn *)wire \dut.host.input_valid ;
  (* hierconn *)wire [63:0] \dut.host.input_tick ;

  logic [5:0] inside;
  always_ff @(posedge clock) begin
    inside <= inside + 6'(\dut.send_valid [0] && \dut.send_ready [0]) +
        6'(\dut.send_valid [1] && \dut.send_ready [1]) +
        6'(\dut.host_send_valid && \dut.host_send_ready ) +
        6'(\dut.leaving_router [EAST]) + 6'(\dut.leaving_router [WEST]) - 6'($countones(\dut.leaving ));
    if (\dut.board_reset ) inside <= '0;
  end

  // ---- Wires inside, for the invariants that induction needs: places taken in the FIFOs, packets on the
  // two links and credits for them.
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_input[0].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_input[1].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_input[2].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_input[3].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_input[4].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_input[5].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_input[0].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_input[1].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_input[2].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_input[3].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_input[4].queue.fill ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_input[5].queue.fill ;
  (* hierconn *)wire \dut.network.g_router[0].g_port[1].g_link.g_wire.line.left ;
  (* hierconn *)wire \dut.network.g_router[1].g_port[3].g_link.g_wire.line.left ;
  (* hierconn *)wire [1:0] \dut.network.g_router[0].node.g_output[1].g_channel[0].places.count ;
  (* hierconn *)wire [1:0] \dut.network.g_router[1].node.g_output[3].g_channel[0].places.count ;

  logic [23:0] fills;
  logic [1:0] on_link;
  logic [5:0] counted;
  assign fills = {
    \dut.network.g_router[1].node.g_input[5].queue.fill ,
    \dut.network.g_router[1].node.g_input[4].queue.fill ,
    \dut.network.g_router[1].node.g_input[3].queue.fill ,
    \dut.network.g_router[1].node.g_input[2].queue.fill ,
    \dut.network.g_router[1].node.g_input[1].queue.fill ,
    \dut.network.g_router[1].node.g_input[0].queue.fill ,
    \dut.network.g_router[0].node.g_input[5].queue.fill ,
    \dut.network.g_router[0].node.g_input[4].queue.fill ,
    \dut.network.g_router[0].node.g_input[3].queue.fill ,
    \dut.network.g_router[0].node.g_input[2].queue.fill ,
    \dut.network.g_router[0].node.g_input[1].queue.fill ,
    \dut.network.g_router[0].node.g_input[0].queue.fill 
  };
  assign on_link = {
    \dut.network.g_router[1].g_port[3].g_link.g_wire.line.left ,
    \dut.network.g_router[0].g_port[1].g_link.g_wire.line.left 
  };
  logic fits;  // no FIFO holds more than it has places
  always_comb begin
    counted = 6'(on_link[0]) + 6'(on_link[1]);
    fits    = 1'b1;
    for (int i = 0; i < 12; i++) begin
      counted = counted + 6'(fills[i*2+:2]);
      if (fills[i*2+:2] == 2'd3) fits = 1'b0;
    end
  end

  always_comb begin
    if (!first) begin
      starts_with_an_empty_network : assert (!tick_started || inside == '0);
      starts_with_idle_cores : assert (!\dut.tick_end || (\dut.core_busy == '0 && \dut.core_receiving == '0));
      starts_after_the_host : assert (!\dut.tick_end || !\dut.host.input_valid ||
                                      \dut.host.input_tick > tick_number);
      idle_without_packets : assert (\dut.network_idle == (inside == '0));

      state_counted : assert (counted == inside && fits);
      state_between_ticks : assert (tick_running || \dut.board_reset || reset ||
          (inside == '0 && \dut.core_busy == '0 && \dut.core_receiving == '0));
      state_credits : assert (
          4'(\dut.network.g_router[0].node.g_output[1].g_channel[0].places.count ) +
              4'(on_link[0]) + 4'(\dut.network.g_router[1].node.g_input[3].queue.fill ) == 4'd2 &&
          4'(\dut.network.g_router[1].node.g_output[3].g_channel[0].places.count ) +
              4'(on_link[1]) + 4'(\dut.network.g_router[0].node.g_input[1].queue.fill ) == 4'd2);

      next_tick_after_packets : cover (tick_started && was_inside);
    end
  end
  logic was_inside;  // packets were in the network in this tick
  always_ff @(posedge clock) begin
    was_inside <= (was_inside || on_link != '0) && !reset && !(tick_started && !was_inside);
  end
endmodule : chip_proof

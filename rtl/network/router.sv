// SPDX-License-Identifier: Apache-2.0
// A router: a FIFO for each input, a route and a fork for the packet at its head, an arbiter for
// each output, and a credit counter for each FIFO at the other end of a link.
// Timing: a packet that enters in cycle c (in_valid and in_ready) may leave from
// c + PIPELINE_CYCLES on. It leaves by an output in the cycle in which out_valid and out_ready are
// high. All decisions depend on the state at the start of the cycle; out_valid does not depend on
// out_ready.
module router #(
    parameter  int TAG_BITS = 0,
    localparam int FLIT     = 64 + TAG_BITS,
    localparam int PORTS    = chip_params::PORTS,
    localparam int INPUTS   = chip_params::INPUTS,
    localparam int CHANNELS = INPUTS > PORTS ? 2 : 1  // FIFOs at the end of a link
) (
    input  logic                      clock,
    input  logic                      reset,
    input  logic                      restart,  // a tick starts, the network is empty
    // Place, see the route modules.
    input  logic [               6:0] x,
    input  logic [               6:0] y,
    input  logic [               2:0] level,
    input  logic [         PORTS-1:0] is_link,  // these ports lead to routers, not to core or host
    // Inputs: those of the ports, then the second channels of the links.
    input  logic [        INPUTS-1:0] in_valid,
    input  logic [   INPUTS*FLIT-1:0] in_flit,
    output logic [        INPUTS-1:0] in_ready,  // the FIFO has a place; on links it always has
    output logic [        INPUTS-1:0] freed,     // a packet leaves its FIFO with its last copy
    // Outputs.
    output logic [         PORTS-1:0] out_valid,
    output logic [    PORTS*FLIT-1:0] out_flit,
    output logic [         PORTS-1:0] out_second,  // it goes to the second channel
    input  logic [         PORTS-1:0] out_ready,   // the link, or port of core or host, is free
    input  logic [PORTS*CHANNELS-1:0] out_freed,   // `freed` of the FIFOs at the end of each link
    output logic                      empty,
    output logic [               1:0] waiting_next,  // parities of its packets in the next cycle
    output logic [       PORTS*4-1:0] activity_input  // for observers: the input that it comes from
);
  /* verilator no_inline_module */  // one C++ class for all routers

  localparam int X0 = register_map::PACKET_X0_LSB;
  localparam int Y0 = register_map::PACKET_Y0_LSB;
  localparam int X1 = register_map::PACKET_X1_LSB;
  localparam int Y1 = register_map::PACKET_Y1_LSB;
  localparam int PARITY = register_map::PACKET_PARITY_LSB;
  localparam int KIND = register_map::PACKET_KIND_LSB;
  localparam logic [1:0] KIND_HOST = 2'(register_map::PACKET_KIND_HOST);
  localparam logic IS_QUADTREE = chip_params::TOPOLOGY == chip_params::TOPOLOGY_QUADTREE;
  localparam logic IS_TORUS = chip_params::TOPOLOGY == chip_params::TOPOLOGY_TORUS;
  // Spare bits of a packet in which a torus carries the end of its run.
  localparam int STOP = 25;
  localparam int STOP_BITS = 7;
  localparam logic [FLIT-1:0] STOP_MASK = IS_TORUS ? FLIT'({STOP_BITS{1'b1}}) << STOP : '0;

  logic [INPUTS-1:0] head_valid;
  logic [INPUTS*FLIT-1:0] heads;
  logic [INPUTS-1:0] fifo_empty;
  logic [INPUTS-1:0] waiting_even;
  logic [INPUTS-1:0] waiting_odd;
  // By [input][output].
  logic [INPUTS*PORTS-1:0] wanted;  // by a copy that has not left
  logic [INPUTS*PORTS-1:0] second;  // the copy goes to the second channel
  logic [INPUTS*PORTS*STOP_BITS-1:0] stops;
  logic [INPUTS*PORTS-1:0] departed;
  logic [PORTS*CHANNELS-1:0] has_place;
  logic unused_level;  // only a quadtree has levels

  assign empty        = &fifo_empty;
  assign waiting_next = {waiting_odd != '0, waiting_even != '0};
  assign unused_level = ^level;

  for (genvar i = 0; i < INPUTS; i++) begin : g_input
    logic [FLIT-1:0] head;
    logic to_host;
    logic [6:0] x0;
    logic [6:0] y0;
    logic [6:0] x1;
    logic [6:0] y1;
    logic [PORTS-1:0] outputs;

    fifo #(
        .WIDTH  (FLIT),
        .DEPTH  (chip_params::FIFO_DEPTH),
        .LATENCY(chip_params::PIPELINE_CYCLES)
    ) queue (
        .clock     (clock),
        .reset     (reset),
        .write     (in_valid[i]),
        .write_data(in_flit[i*FLIT+:FLIT]),
        .ready     (in_ready[i]),
        .empty     (fifo_empty[i]),
        .valid     (head_valid[i]),
        .data      (head),
        .read      (freed[i])
    );
    assign heads[i*FLIT+:FLIT] = head & ~STOP_MASK;

    parity_counter #(
        .DEPTH(chip_params::FIFO_DEPTH)
    ) parities (
        .clock       (clock),
        .reset       (reset),
        .write       (in_valid[i] && in_ready[i]),
        .write_parity(in_flit[i*FLIT+PARITY]),
        .read        (freed[i]),
        .read_parity (head[PARITY]),
        .waiting_next({waiting_odd[i], waiting_even[i]})
    );

    // A packet to the host goes to the place of the host port.
    assign to_host = head[KIND+:2] == KIND_HOST;
    assign x0 = to_host ? 7'(chip_params::HOST_X) : head[X0+:7];
    assign y0 = to_host ? 7'(chip_params::HOST_Y) : head[Y0+:7];
    assign x1 = to_host ? 7'(chip_params::HOST_X) : head[X1+:7];
    assign y1 = to_host ? 7'(chip_params::HOST_Y) : head[Y1+:7];

    if (IS_QUADTREE) begin : g_quadtree
      quadtree_route #(
          .INPUT     (i),
          .HAS_TRUNK (chip_params::TRUNK_MILLICYCLES != 0 ? 1 : 0),
          .HOST_LEVEL(chip_params::HOST_LEVEL)
      ) route (
          .x(x), .y(y), .level(level),
          .to_host(to_host), .x0(x0), .y0(y0), .x1(x1), .y1(y1),
          .outputs(outputs)
      );
    end else if (IS_TORUS) begin : g_torus
      torus_route #(
          .INPUT  (i),
          .COLUMNS(chip_params::COLUMNS),
          .ROWS   (chip_params::ROWS)
      ) route (
          .x(x), .y(y),
          .to_host(to_host), .x0(x0), .y0(y0), .x1(x1), .y1(y1),
          .stop   (head[STOP+:STOP_BITS]),
          .outputs(outputs),
          .stops  (stops[i*PORTS*STOP_BITS+:4*STOP_BITS]),
          .second (second[i*PORTS+:4])
      );
      assign stops[(i*PORTS+4)*STOP_BITS+:2*STOP_BITS] = '0;
      assign second[i*PORTS+4+:2] = '0;
    end else begin : g_mesh
      mesh_route #(
          .INPUT(i)
      ) route (
          .x(x), .y(y),
          .to_host(to_host), .x0(x0), .y0(y0), .x1(x1), .y1(y1),
          .outputs(outputs)
      );
    end
    if (!IS_TORUS) begin : g_one_channel
      assign stops[i*PORTS*STOP_BITS+:PORTS*STOP_BITS] = '0;
      assign second[i*PORTS+:PORTS] = '0;
    end

    fork_buffer #(
        .PORTS(PORTS)
    ) copies (
        .clock   (clock),
        .reset   (reset),
        .valid   (head_valid[i]),
        .wanted  (outputs),
        .requests(wanted[i*PORTS+:PORTS]),
        .departed(departed[i*PORTS+:PORTS]),
        .last    (freed[i])
    );
  end

  for (genvar o = 0; o < PORTS; o++) begin : g_output
    logic place_in_first;
    logic place_in_second;
    logic [INPUTS-1:0] requests;  // of inputs whose packet has a place at the other end
    logic [INPUTS-1:0] grant;
    logic departs;
    logic [INPUTS-1:0] to_second;
    logic [INPUTS*STOP_BITS-1:0] stops_of_inputs;
    logic [FLIT-1:0] flit;
    logic [STOP_BITS-1:0] stop;
    logic [INPUTS*4-1:0] numbers;

    assign place_in_first  = has_place[o*CHANNELS];
    assign place_in_second = has_place[o*CHANNELS+CHANNELS-1];
    for (genvar i = 0; i < INPUTS; i++) begin : g_request
      assign to_second[i] = second[i*PORTS+o];
      assign requests[i] = wanted[i*PORTS+o] && (to_second[i] ? place_in_second : place_in_first);
      assign departed[i*PORTS+o] = grant[i] && departs;
      assign stops_of_inputs[i*STOP_BITS+:STOP_BITS] = stops[(i*PORTS+o)*STOP_BITS+:STOP_BITS];
      assign numbers[i*4+:4] = 4'(i);
    end

    arbiter #(
        .INPUTS        (INPUTS),
        .FIXED_PRIORITY(chip_params::FIXED_PRIORITY)
    ) choice (
        .clock   (clock),
        .reset   (reset),
        .restart (restart),
        .requests(requests),
        .taken   (departs),
        .grant   (grant)
    );
    assign out_valid[o] = requests != '0;
    assign departs      = out_valid[o] && out_ready[o];

    onehot_mux #(
        .INPUTS(INPUTS),
        .WIDTH (FLIT)
    ) flit_mux (
        .select(grant),
        .words (heads),
        .word  (flit)
    );
    onehot_mux #(
        .INPUTS(INPUTS),
        .WIDTH (STOP_BITS)
    ) stop_mux (
        .select(grant),
        .words (stops_of_inputs),
        .word  (stop)
    );
    onehot_mux #(
        .INPUTS(INPUTS),
        .WIDTH (4)
    ) number_mux (
        .select(grant),
        .words (numbers),
        .word  (activity_input[o*4+:4])
    );
    assign out_flit[o*FLIT+:FLIT] = flit | (FLIT'(stop) << STOP);
    assign out_second[o]          = (grant & to_second) != '0;

    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      // Cores and host always have a place: the counters of their ports stay full.
      credit_counter #(
          .PLACES(chip_params::FIFO_DEPTH),
          .CYCLES(chip_params::CREDIT_CYCLES)
      ) places (
          .clock    (clock),
          .reset    (reset),
          .restart  (restart),
          .take     (departs && is_link[o] && out_second[o] == 1'(c)),
          .freed    (out_freed[o*CHANNELS+c]),
          .available(has_place[o*CHANNELS+c])
      );
    end
  end
endmodule : router

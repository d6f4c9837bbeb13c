// SPDX-License-Identifier: Apache-2.0
// What a router of a mesh must do (router.sv with all its parts), for any packets at all inputs and any
// outputs that are free: a packet that it takes leaves by each output of its path exactly once, unchanged,
// and leaves its FIFO with the last copy; while a copy waits for a free output, that output serves each
// other input at most once. The router stands inside the mesh; chip_params says how large that is.
// `choose` picks any packet of the input `watched`; it carries the tag, all others do not.
module router_proof #(
    parameter int WATCHED = 3,  // input
    parameter int OUTPUT  = 4   // by which others may leave before the packet
) (
    input logic            clock,
    input logic            reset,
    input logic            restart,
    input logic [     5:0] in_valid,
    input logic [6*11-1:0] in_bits,
    input logic [     5:0] out_ready,
    input logic [     5:0] out_freed,
    input logic            choose
);
  localparam int NORTH = 0;
  localparam int EAST = 1;
  localparam int SOUTH = 2;
  localparam int WEST = 3;
  localparam int CORE = 4;
  localparam int HOST = 5;
  localparam logic [5:0] LINKS = 6'b001111;
  localparam logic [6:0] X = 7'd1;
  localparam logic [6:0] Y = 7'd1;

  logic [5:0] in_ready;
  logic [5:0] freed;
  logic [5:0] out_valid;
  logic [6*65-1:0] out_flit;
  logic [5:0] unused_out_second;
  logic [23:0] out_input;
  logic empty;
  logic [1:0] unused_waiting_next;
  logic [6*65-1:0] unused_activity_flit;

  router #(
      .TAG_BITS(1)
  ) dut (
      .clock       (clock),
      .reset       (reset),
      .restart     (restart),
      .x           (X),
      .y           (Y),
      .level       (3'd0),
      .is_link     (LINKS),
      .in_valid    (in_valid),
      .in_flit     (in_flit),
      .in_ready    (in_ready),
      .freed       (freed),
      .out_valid   (out_valid),
      .out_flit    (out_flit),
      .out_second  (unused_out_second),
      .out_ready   (out_ready),
      .out_freed   (out_freed),
      .empty       (empty),
      .waiting_next(unused_waiting_next),
      .activity_flit (unused_activity_flit),
      .activity_input(out_input)
  );

  // Only these bits of a packet matter: it is to cores or to the host, and a mesh of 4 x 4 is enough.
  logic [6*65-1:0] in_flit;
  for (genvar i = 0; i < 6; i++) begin : g_input
    assign in_flit[i*65+:65] =
        {watched == 3'(i) && choose && !done, 64'd0} |
        65'(in_bits[i*11+:2]) << register_map::PACKET_KIND_LSB |
        65'(in_bits[i*11+2+:2]) << register_map::PACKET_X0_LSB |
        65'(in_bits[i*11+4+:2]) << register_map::PACKET_Y0_LSB |
        65'(in_bits[i*11+6+:2]) << register_map::PACKET_X1_LSB |
        65'(in_bits[i*11+8+:2]) << register_map::PACKET_Y1_LSB |
        65'(in_bits[i*11+10]);
  end

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;

  // ---- The packet that is followed.
  localparam logic [2:0] watched = 3'(WATCHED);
  logic taken;
  logic done;                   // it was chosen before
  logic here;                   // it is in the router
  logic [64:0] packet;
  logic [7:0] ahead;            // packets before it in its FIFO
  logic [7:0] in_fifo;          // packets in its FIFO
  logic [5:0] departs;
  logic [5:0] leaving;          // its copies that leave in this cycle
  logic [5:0] left;             // and before
  logic [64:0] given;

  assign given   = in_flit[watched*65+:65];
  assign taken   = in_valid[watched] && in_ready[watched];
  assign departs = out_valid & out_ready;
  always_comb begin
    for (int o = 0; o < 6; o++) leaving[o] = departs[o] && out_flit[o*65+64];
  end

  always_ff @(posedge clock) begin
    in_fifo <= in_fifo + 8'(taken) - 8'(freed[watched]);
    if (taken && choose && !done) begin
      done   <= 1'b1;
      here   <= 1'b1;
      packet <= given;
      ahead  <= in_fifo - 8'(freed[watched]);
    end
    if (here) begin
      left <= left | leaving;
      if (freed[watched]) ahead <= ahead - 1'b1;
      if (freed[watched] && ahead == '0) here <= 1'b0;
    end
    if (reset) begin
      in_fifo <= '0;
      done    <= 1'b0;
      here    <= 1'b0;
      left    <= '0;
    end
  end

  // ---- The outputs of its path, as docs/timing.md says.
  logic to_host;
  logic [6:0] x0;
  logic [6:0] y0;
  logic [6:0] x1;
  logic [6:0] y1;
  logic in_row;  // it still runs along its sender's row
  logic [5:0] path;

  assign to_host = packet[register_map::PACKET_KIND_LSB+:2] == 2'(register_map::PACKET_KIND_HOST);
  assign x0 = to_host ? 7'(chip_params::HOST_X) : packet[register_map::PACKET_X0_LSB+:7];
  assign y0 = to_host ? 7'(chip_params::HOST_Y) : packet[register_map::PACKET_Y0_LSB+:7];
  assign x1 = to_host ? 7'(chip_params::HOST_X) : packet[register_map::PACKET_X1_LSB+:7];
  assign y1 = to_host ? 7'(chip_params::HOST_Y) : packet[register_map::PACKET_Y1_LSB+:7];
  assign in_row = watched != 3'(NORTH) && watched != 3'(SOUTH);

  always_comb begin
    path = '0;
    if (in_row) begin
      path[EAST] = x1 > X && watched != 3'(EAST);
      path[WEST] = x0 < X && watched != 3'(WEST);
    end
    if (x0 <= X && X <= x1) begin
      path[NORTH] = y0 < Y && watched != 3'(NORTH);
      path[SOUTH] = y1 > Y && watched != 3'(SOUTH);
      if (y0 <= Y && Y <= y1) path[to_host ? HOST : CORE] = 1'b1;
    end
  end

  // ---- Copies of others that leave by an output while one of the packet waits for it.
  localparam logic [2:0] output_watched = 3'(OUTPUT);
  logic waits;
  logic [3:0] others;
  assign waits = here && ahead == '0 && path[output_watched] && !left[output_watched] && age_over;
  logic age_over;  // the pipeline is over
  logic [7:0] age;
  assign age_over = age >= 8'(chip_params::PIPELINE_CYCLES);
  always_ff @(posedge clock) begin
    age <= here ? age + 8'(!age_over) : 8'd1;
    if (!waits || leaving[output_watched] || reset) others <= '0;
    else if (departs[output_watched]) others <= others + 1'b1;
  end

  // ---- Surroundings.
  for (genvar o = 0; o < 6; o++) begin : g_output
    logic [7:0] places;
    always_ff @(posedge clock) begin
      if (reset || restart) places <= '0;
      else places <= places + 8'(departs[o]) - 8'(out_freed[o]);
    end
    always_comb assume (!out_freed[o] || (LINKS[o] && places != '0));
  end
  always_comb begin
    if (first) assume (reset);
    assume (!restart || empty);
  end

  always_comb begin
    if (!first) begin
      each_copy_once : assert ((leaving & left) == '0);
      copies_of_path_only : assert ((leaving & ~path) == '0 && (leaving == '0 || here));
      leaves_with_the_last : assert (!here || !freed[watched] || ahead != '0 || (left | leaving) == path);
      leaves_at_once : assert (!here || ahead != '0 || !age_over || freed[watched] || (left | leaving) != path);
      unchanged : assert (!leaving[output_watched] || out_flit[output_watched*65+:65] == packet);
      names_its_input : assert (!leaving[output_watched] || out_input[output_watched*4+:4] == 4'(watched));
      starves_nobody : assert (others <= 4'd5);

      forks : cover (left != '0 && leaving != '0 && $countones(left | leaving) == 4);
      all_at_once : cover (left == '0 && $countones(leaving) == 4);
      waits_for_others : cover (others == 4'd2 && leaving[output_watched]);
    end
  end
endmodule : router_proof

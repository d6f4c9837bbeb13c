// SPDX-License-Identifier: Apache-2.0
// What a router of a mesh must do (router.sv with all its parts), for any packets at all inputs and any
// outputs that are free: a packet that it takes leaves by each output of its path exactly once, unchanged,
// and leaves its FIFO with the last copy. The router stands inside the mesh, at (1, 1); chip_params has
// FIFOs of two places. `choose` picks any packet of the input WATCHED.
module router_proof #(
    parameter int WATCHED = 3
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
  localparam logic [6:0] X = 7'd1;
  localparam logic [6:0] Y = 7'd1;

  // The router looks at these bits of a packet, of a mesh of 4 x 4, and copies all others alike.
  logic [6*64-1:0] in_flit;
  for (genvar i = 0; i < 6; i++) begin : g_input
    assign in_flit[i*64+:64] =
        64'(in_bits[i*11+:2]) << register_map::PACKET_KIND_LSB |
        64'(in_bits[i*11+2+:2]) << register_map::PACKET_X0_LSB |
        64'(in_bits[i*11+4+:2]) << register_map::PACKET_Y0_LSB |
        64'(in_bits[i*11+6+:2]) << register_map::PACKET_X1_LSB |
        64'(in_bits[i*11+8+:2]) << register_map::PACKET_Y1_LSB |
        64'(in_bits[i*11+10]);
  end

  logic [5:0] in_ready;
  logic [5:0] freed;
  logic [5:0] out_valid;
  logic [6*64-1:0] out_flit;
  logic [5:0] unused_out_second;
  logic [23:0] out_input;
  logic empty;
  logic [1:0] unused_waiting_next;

  router dut (
      .clock         (clock),
      .reset         (reset),
      .restart       (restart),
      .x             (X),
      .y             (Y),
      .level         (3'd0),
      .is_link       (6'b001111),
      .in_valid      (in_valid),
      .in_flit       (in_flit),
      .in_ready      (in_ready),
      .freed         (freed),
      .out_valid     (out_valid),
      .out_flit      (out_flit),
      .out_second    (unused_out_second),
      .out_ready     (out_ready),
      .out_freed     (out_freed),
      .empty         (empty),
      .waiting_next  (unused_waiting_next),
      .activity_input(out_input)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb if (first) assume (reset);

  // ---- The packet that is followed.
  logic takes;
  logic here;            // it is in the router
  logic head;            // and at the head of its FIFO
  logic [63:0] packet;
  logic [1:0] ahead;     // packets before it in its FIFO
  logic [1:0] in_fifo;   // packets in its FIFO
  logic [5:0] leaving;   // its copies that leave in this cycle
  logic [5:0] left;      // and before
  logic [63:0] copy;     // one that leaves

  assign takes = in_valid[WATCHED] && in_ready[WATCHED];
  assign head  = here && ahead == '0;
  always_comb begin
    for (int o = 0; o < 6; o++) begin
      leaving[o] = head && out_valid[o] && out_ready[o] && out_input[o*4+:4] == 4'(WATCHED);
    end
  end

  always_ff @(posedge clock) begin
    in_fifo <= in_fifo + 2'(takes) - 2'(freed[WATCHED]);
    if (!here) begin
      here   <= takes && choose;
      packet <= in_flit[WATCHED*64+:64];
      ahead  <= in_fifo - 2'(freed[WATCHED]);
      left   <= '0;
    end else begin
      left <= left | leaving;
      if (freed[WATCHED]) ahead <= ahead - 1'b1;
      if (freed[WATCHED] && head) here <= 1'b0;
    end
    if (reset) begin
      in_fifo <= '0;
      here    <= 1'b0;
    end
  end

  // ---- The outputs of its path, as docs/timing.md says: along its sender's row, then along columns.
  logic to_host;
  logic [6:0] x0;
  logic [6:0] y0;
  logic [6:0] x1;
  logic [6:0] y1;
  logic [5:0] path;

  assign to_host = packet[register_map::PACKET_KIND_LSB+:2] == 2'(register_map::PACKET_KIND_HOST);
  assign x0      = to_host ? 7'(chip_params::HOST_X) : packet[register_map::PACKET_X0_LSB+:7];
  assign y0      = to_host ? 7'(chip_params::HOST_Y) : packet[register_map::PACKET_Y0_LSB+:7];
  assign x1      = to_host ? 7'(chip_params::HOST_X) : packet[register_map::PACKET_X1_LSB+:7];
  assign y1      = to_host ? 7'(chip_params::HOST_Y) : packet[register_map::PACKET_Y1_LSB+:7];

  always_comb begin
    path = '0;
    if (WATCHED != NORTH && WATCHED != SOUTH) begin
      path[EAST] = x1 > X && WATCHED != EAST;
      path[WEST] = x0 < X && WATCHED != WEST;
    end
    if (x0 <= X && X <= x1) begin
      path[NORTH] = y0 < Y && WATCHED != NORTH;
      path[SOUTH] = y1 > Y && WATCHED != SOUTH;
      if (y0 <= Y && Y <= y1) path[to_host ? HOST : CORE] = 1'b1;
    end
  end

  // ---- Wires inside, for the invariants that induction needs.
  (* hierconn *)wire \dut.g_input[0].queue.head , \dut.g_input[1].queue.head , \dut.g_input[2].queue.head ,
      \dut.g_input[3].queue.head , \dut.g_input[4].queue.head , \dut.g_input[5].queue.head ;
  (* hierconn *)wire \dut.g_input[0].queue.tail , \dut.g_input[1].queue.tail , \dut.g_input[2].queue.tail ,
      \dut.g_input[3].queue.tail , \dut.g_input[4].queue.tail , \dut.g_input[5].queue.tail ;
  (* hierconn *)wire [1:0] \dut.g_input[0].queue.fill , \dut.g_input[1].queue.fill , \dut.g_input[2].queue.fill ,
      \dut.g_input[3].queue.fill , \dut.g_input[4].queue.fill , \dut.g_input[5].queue.fill ;
  (* hierconn *)wire [63:0] \dut.g_input[0].queue.places[0] , \dut.g_input[1].queue.places[0] , \dut.g_input[2].queue.places[0] ,
      \dut.g_input[3].queue.places[0] , \dut.g_input[4].queue.places[0] , \dut.g_input[5].queue.places[0] ;
  (* hierconn *)wire [63:0] \dut.g_input[0].queue.places[1] , \dut.g_input[1].queue.places[1] , \dut.g_input[2].queue.places[1] ,
      \dut.g_input[3].queue.places[1] , \dut.g_input[4].queue.places[1] , \dut.g_input[5].queue.places[1] ;
  (* hierconn *)wire [5:0] \dut.g_input[0].copies.sent , \dut.g_input[1].copies.sent , \dut.g_input[2].copies.sent ,
      \dut.g_input[3].copies.sent , \dut.g_input[4].copies.sent , \dut.g_input[5].copies.sent ;
  logic [6*1-1:0] queue_heads;
  assign queue_heads = {
      \dut.g_input[5].queue.head , \dut.g_input[4].queue.head , \dut.g_input[3].queue.head ,
      \dut.g_input[2].queue.head , \dut.g_input[1].queue.head , \dut.g_input[0].queue.head 
  };
  logic [6*1-1:0] queue_tails;
  assign queue_tails = {
      \dut.g_input[5].queue.tail , \dut.g_input[4].queue.tail , \dut.g_input[3].queue.tail ,
      \dut.g_input[2].queue.tail , \dut.g_input[1].queue.tail , \dut.g_input[0].queue.tail 
  };
  logic [6*2-1:0] queue_fills;
  assign queue_fills = {
      \dut.g_input[5].queue.fill , \dut.g_input[4].queue.fill , \dut.g_input[3].queue.fill ,
      \dut.g_input[2].queue.fill , \dut.g_input[1].queue.fill , \dut.g_input[0].queue.fill 
  };
  logic [6*64-1:0] place_0s;
  assign place_0s = {
      \dut.g_input[5].queue.places[0] , \dut.g_input[4].queue.places[0] , \dut.g_input[3].queue.places[0] ,
      \dut.g_input[2].queue.places[0] , \dut.g_input[1].queue.places[0] , \dut.g_input[0].queue.places[0] 
  };
  logic [6*64-1:0] place_1s;
  assign place_1s = {
      \dut.g_input[5].queue.places[1] , \dut.g_input[4].queue.places[1] , \dut.g_input[3].queue.places[1] ,
      \dut.g_input[2].queue.places[1] , \dut.g_input[1].queue.places[1] , \dut.g_input[0].queue.places[1] 
  };
  logic [6*6-1:0] fork_sents;
  assign fork_sents = {
      \dut.g_input[5].copies.sent , \dut.g_input[4].copies.sent , \dut.g_input[3].copies.sent ,
      \dut.g_input[2].copies.sent , \dut.g_input[1].copies.sent , \dut.g_input[0].copies.sent 
  };

  logic place;  // of the packet
  logic [63:0] placed;
  logic [5:0] sent;
  assign place  = queue_heads[WATCHED] ^ ahead[0];
  assign placed = place ? place_1s[WATCHED*64+:64] : place_0s[WATCHED*64+:64];
  assign sent   = fork_sents[WATCHED*6+:6];

  always_comb begin
    copy = packet;
    for (int o = 0; o < 6; o++) if (leaving[o]) copy = out_flit[o*64+:64];
  end

  always_comb begin
    if (!first) begin
      each_copy_once : assert ((leaving & left) == '0);
      copies_of_path_only : assert ((leaving & ~path) == '0);
      leaves_with_the_last : assert (!head || freed[WATCHED] == ((left | leaving) == path));
      unchanged : assert (copy == packet);

      state_queue : assert (queue_fills[WATCHED*2+:2] == in_fifo && in_fifo <= 2'd2 &&
                            queue_tails[WATCHED] == queue_heads[WATCHED] ^ in_fifo[0]);
      state_ahead : assert (!here || ahead < in_fifo);
      state_packet : assert (!here || placed == packet);
      state_sent : assert (!here || (head ? sent == left : left == '0));
      state_left : assert (!here || (left & ~path) == '0);
      state_empty : assert (in_fifo != '0 || sent == '0);

      one_by_one : cover (head && left != '0 && leaving != '0 && freed[WATCHED]);
      all_at_once : cover (head && $countones(leaving) > 1 && leaving == path);
      behind_another : cover (here && ahead == 2'd1 && freed[WATCHED]);
    end
  end
endmodule : router_proof

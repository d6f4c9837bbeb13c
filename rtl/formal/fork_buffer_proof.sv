// SPDX-License-Identifier: Apache-2.0
// What fork_buffer.sv must do, for any packets and any outputs that accept copies: each copy that a packet
// wants leaves exactly once, and the packet leaves its FIFO in the cycle of the last copy.
module fork_buffer_proof #(
    parameter int PORTS = 6
) (
    input logic             clock,
    input logic             reset,
    input logic             valid,
    input logic [PORTS-1:0] wanted,
    input logic [PORTS-1:0] accepted  // by the outputs
);
  logic [PORTS-1:0] requests;
  logic [PORTS-1:0] departed;
  logic last;

  assign departed = requests & accepted;

  fork_buffer #(
      .PORTS(PORTS)
  ) dut (
      .clock   (clock),
      .reset   (reset),
      .valid   (valid),
      .wanted  (wanted),
      .requests(requests),
      .departed(departed),
      .last    (last)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb if (first) assume (reset);

  // A packet stays at the head of its FIFO until its last copy leaves.
  logic stays;
  logic [PORTS-1:0] wanted_before;
  always_ff @(posedge clock) begin
    stays         <= valid && !last && !reset;
    wanted_before <= wanted;
  end
  always_comb if (stays) assume (valid && wanted == wanted_before);

  // ---- Copies of the packet at the head that have left.
  logic [PORTS-1:0] left;
  always_ff @(posedge clock) left <= valid && !last && !reset ? left | departed : '0;

  // Cycles in which one of them left.
  logic [3:0] cycles;
  always_ff @(posedge clock) begin
    cycles <= valid && !last && !reset ? cycles + 4'(departed != '0) : '0;
  end

  // ---- Invariant that induction needs.
  (* hierconn *)wire [PORTS-1:0] \dut.sent ;

  always_comb begin
    if (!first) begin
      copies_only_once : assert ((departed & left) == '0);
      copies_only_of_wanted : assert ((departed & ~wanted) == '0 && (valid || departed == '0));
      asks_for_each : assert (!valid || (wanted & ~left & ~requests) == '0);
      leaves_with_the_last : assert (last == (valid && ((left | departed) & wanted) == wanted));
      state_sent : assert (\dut.sent == left);

      all_at_once : cover (last && left == '0 && departed == '1);
      one_by_one : cover (last && cycles == 4'(PORTS - 1));
      no_copy : cover (last && wanted == '0);
    end
  end
endmodule : fork_buffer_proof

// SPDX-License-Identifier: Apache-2.0
// What link.sv and trunk.sv must do, for any packets: each packet arrives once, unchanged, and the link takes
// none before it has arrived; over a link CYCLES after it left.
module link_proof #(
    parameter int CYCLES      = 1,
    parameter int MILLICYCLES = 0   // of a trunk; 0: a link
) (
    input logic       clock,
    input logic       reset,
    input logic       restart,
    input logic       in_valid,
    input logic [1:0] in_flit
);
  localparam int BITS = $clog2(CYCLES + 1);

  logic in_ready;
  logic out_valid;
  logic [1:0] out_flit;
  logic idle;
  logic idle_next;
  logic [1:0] flit_next;

  if (MILLICYCLES == 0) begin : g_link
    link #(
        .WIDTH (2),
        .CYCLES(CYCLES)
    ) dut (
        .clock, .reset, .in_valid, .in_flit, .in_ready, .out_valid, .out_flit, .idle, .idle_next, .flit_next
    );
  end else begin : g_trunk
    trunk #(
        .WIDTH      (2),
        .MILLICYCLES(MILLICYCLES)
    ) dut (
        .clock, .reset, .restart, .in_valid, .in_flit, .in_ready, .out_valid, .out_flit, .idle, .idle_next,
        .flit_next
    );
  end

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb begin
    if (first) assume (reset);
    // The network restarts only when it is empty, and no packet leaves in that cycle.
    assume (!restart || (idle && !in_valid));
  end

  // ---- The packet on the link.
  logic on_link;
  logic [1:0] flit;
  logic [BITS-1:0] age;  // cycles since it left
  logic was_idle_next;
  logic [1:0] was_flit_next;

  always_ff @(posedge clock) begin
    on_link <= !reset && ((in_valid && in_ready) || (on_link && !out_valid));
    age     <= age + 1'b1;
    if (in_valid && in_ready) begin
      flit <= in_flit;
      age  <= BITS'(1);
    end
    was_idle_next <= idle_next || reset;
    was_flit_next <= flit_next;
  end

  // ---- Wires inside, for the invariants that induction needs.
  localparam int LIMITER_BITS = MILLICYCLES > 0 ? $clog2(MILLICYCLES + 1) : 1;
  (* hierconn *)wire [BITS-1:0] \g_link.dut.left ;
  (* hierconn *)wire [LIMITER_BITS-1:0] \g_trunk.dut.limiter.left ;

  always_comb begin
    if (!first) begin
      arrives_unchanged : assert (!out_valid || (on_link && out_flit == flit));
      takes_one_at_a_time : assert (!in_ready || !on_link || out_valid);
      tells_what_comes : assert (was_idle_next == idle && (idle || was_flit_next == flit));
      idle_without_packet : assert (idle == !on_link);
      if (MILLICYCLES == 0) begin
        in_time : assert (out_valid == (on_link && age == BITS'(CYCLES)) && (in_ready || on_link));
        state_left : assert (!on_link || \g_link.dut.left + age == (BITS + 1)'(CYCLES + 1));
        state_age : assert (!on_link || (age != '0 && age <= BITS'(CYCLES)));
      end else begin
        state_limiter : assert (on_link ? \g_trunk.dut.limiter.left != '0 : in_ready);
      end
      state_flit : assert (!on_link || out_flit == flit);

      one_after_another : cover (out_valid && in_valid && in_ready && flit == 2'd2 && in_flit == 2'd1);
      last_one : cover (out_valid && !in_valid);
    end
  end
endmodule : link_proof

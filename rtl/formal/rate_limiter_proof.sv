// SPDX-License-Identifier: Apache-2.0
// What rate_limiter.sv must do, for any packets: a sequence of packets that begins after a pause has packet n
// no earlier than ceil(n * MILLICYCLES / 1000) cycles after the first, and exactly then if each is
// taken at once; packet n after any other packet comes at least n * MILLICYCLES / 1000 - 0.999 cycles later.
// Pauses within a sequence save up nothing.
module rate_limiter_proof #(
    parameter int MILLICYCLES = 1500
) (
    input logic clock,
    input logic reset,
    input logic restart,
    input logic offer,   // a packet waits
    input logic choose
);
  // Thousandths of a cycle. Time beyond SAVED is not counted, which makes the bounds only stricter.
  localparam int BITS = $clog2(3 * MILLICYCLES + 2000) + 1;
  localparam logic [BITS-1:0] CYCLE = BITS'(1000);
  localparam logic [BITS-1:0] PERIOD = BITS'(MILLICYCLES);
  localparam logic [BITS-1:0] SAVED = BITS'(2 * MILLICYCLES + 1000);

  logic ready;
  logic take;

  assign take = offer && ready;

  rate_limiter #(
      .MILLICYCLES(MILLICYCLES)
  ) dut (
      .clock  (clock),
      .reset  (reset),
      .restart(restart),
      .take   (take),
      .ready  (ready)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb if (first) assume (reset);

  // A packet begins a sequence after a cycle in which the port was free and took none.
  logic pause;
  always_ff @(posedge clock) pause <= reset || restart || (ready && !take);

  // ---- Time since a packet, less a period for each packet after it. `choose` picks any packet.
  logic chosen;
  logic begins;    // it began a sequence
  logic unbroken;  // each packet after it was taken as soon as possible
  logic [BITS-1:0] spare;

  always_ff @(posedge clock) begin
    if (!chosen) begin
      chosen   <= take && choose;
      begins   <= pause;
      unbroken <= pause;
      spare    <= CYCLE;
    end else begin
      if (ready && !take) unbroken <= 1'b0;
      if (take) spare <= spare - PERIOD + CYCLE;
      else if (spare < SAVED) spare <= spare + CYCLE;
    end
    if (reset || restart) chosen <= 1'b0;
  end

  // ---- Invariants that induction needs.
  localparam int LEFT_BITS = $clog2(MILLICYCLES + 1);
  (* hierconn *)wire [LEFT_BITS-1:0] \dut.left ;
  logic [BITS-1:0] sum;
  assign sum = spare + BITS'(\dut.left );

  always_comb begin
    if (!first) begin
      not_too_early : assert (!chosen || !begins || !take || spare >= PERIOD);
      not_too_late : assert (!chosen || !unbroken || ready == (spare >= PERIOD));
      average_of_any : assert (!chosen || !take || spare + BITS'(999) >= PERIOD);

      state_left : assert (BITS'(\dut.left ) <= PERIOD && pause == (\dut.left == '0));
      state_spare : assert (!chosen || (spare <= SAVED + CYCLE && spare != '0));
      state_sum : assert (!chosen || sum >= PERIOD + (begins ? CYCLE : BITS'(1)));
      state_unbroken : assert (!chosen || !unbroken || (begins && sum == PERIOD + CYCLE && !pause));

      third_in_a_row : cover (chosen && unbroken && take && spare - PERIOD < CYCLE && since == 2'd2);
      after_a_pause : cover (chosen && take && pause);
    end
  end

  logic [1:0] since;  // packets after the chosen one, up to 3
  always_ff @(posedge clock) begin
    if (!chosen) since <= '0;
    else if (take && since != 2'd3) since <= since + 1'b1;
  end
endmodule : rate_limiter_proof

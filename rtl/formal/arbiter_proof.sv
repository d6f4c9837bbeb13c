// SPDX-License-Identifier: Apache-2.0
// What arbiter.sv must do, for any requests: it grants one request if there is one; with fixed priority
// the lowest; round robin the next one after the input served last, so that a request that stays is
// served after at most INPUTS - 1 grants to others.
// `watched` is any input, the same in all cycles.
module arbiter_proof #(
    parameter int INPUTS         = 6,
    parameter int FIXED_PRIORITY = 0
) (
    input logic              clock,
    input logic              reset,
    input logic              restart,
    input logic [INPUTS-1:0] requests,
    input logic              ready     // the output is free
);
  localparam int BITS = $clog2(2 * INPUTS);

  logic [INPUTS-1:0] grant;
  logic taken;

  assign taken = ready && requests != '0;

  arbiter #(
      .INPUTS        (INPUTS),
      .FIXED_PRIORITY(FIXED_PRIORITY)
  ) dut (
      .clock   (clock),
      .reset   (reset),
      .restart (restart),
      .requests(requests),
      .taken   (taken),
      .grant   (grant)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb if (first) assume (reset);

  // ---- The input that is served, and the one served before.
  logic [BITS-1:0] winner;
  logic [BITS-1:0] served;

  always_comb begin
    winner = '0;
    for (int i = 0; i < INPUTS; i++) if (grant[i]) winner = BITS'(i);
  end

  always_ff @(posedge clock) begin
    if (reset || restart) served <= '0;
    else if (taken) served <= winner;
  end

  // Inputs that come before that one in the round, which begins after the input served last.
  function automatic logic [BITS-1:0] turn(input logic [BITS-1:0] number);
    turn = number > served ? number - served - 1'b1 : number + BITS'(INPUTS) - served - 1'b1;
  endfunction

  // ---- How often others are served while an input waits.
  (* anyconst *) logic [BITS-1:0] watched;
  logic waits;
  logic waited;  // in the last cycle, and was not served
  logic [BITS:0] others;

  assign waits = requests[watched];
  always_comb begin
    assume (watched < BITS'(INPUTS));
    // A request stays until it is served; no tick starts meanwhile (network.sv).
    if (waited) assume (waits);
    assume (!restart || requests == '0);
  end

  always_ff @(posedge clock) begin
    waited <= waits && !(taken && grant[watched]) && !reset;
    if (reset || !waits || (taken && grant[watched])) others <= '0;
    else if (taken) others <= others + 1'b1;
  end

  // ---- Invariants that induction needs.
  (* hierconn *) wire [INPUTS-1:0] \dut.after ;

  always_comb begin
    if (!first) begin
      grants_one : assert ((grant & (grant - 1'b1)) == '0);
      grants_if_requested : assert ((grant != '0) == (requests != '0));
      grants_requests : assert ((grant & ~requests) == '0);
      state_served : assert (served < BITS'(INPUTS));
      if (FIXED_PRIORITY == 0) begin
        next_in_the_round : assert (!waits || turn(winner) <= turn(watched));
        starves_nobody : assert (others <= (BITS + 1)'(INPUTS - 1));
        state_after : assert (\dut.after == INPUTS'({INPUTS{1'b1}} << (served + 1'b1)));
        state_others : assert (!waits || others + (BITS + 1)'(turn(watched)) <= (BITS + 1)'(INPUTS - 1));
        state_nobody : assert (waited || others == '0);

        longest_wait : cover (others == (BITS + 1)'(INPUTS - 1) && taken && grant[watched]);
      end else begin
        lowest : assert (!waits || winner <= watched);
        state_none_after : assert (\dut.after == '0);

        lowest_of_all : cover (requests == '1 && taken && grant[0]);
      end
      highest_alone : cover (taken && grant[INPUTS-1] && served != '0);
    end
  end
endmodule : arbiter_proof

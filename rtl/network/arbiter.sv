// SPDX-License-Identifier: Apache-2.0
// Chooses which of the requesting inputs an output serves: the next one after the input served
// last, or, with FIXED_PRIORITY, the one with the lowest number.
// Timing: `grant` follows `requests` in the same cycle. `taken` says that the granted input is
// served, which counts from the next cycle on. After `reset` and `restart` input 0 counts as the
// input served last.
module arbiter #(
    parameter int INPUTS         = 6,
    parameter int FIXED_PRIORITY = 0
) (
    input  logic              clock,
    input  logic              reset,
    input  logic              restart,
    input  logic [INPUTS-1:0] requests,
    input  logic              taken,
    output logic [INPUTS-1:0] grant      // one bit, or none without a request
);
  // The inputs that come before all others: those after the input served last.
  localparam logic [INPUTS-1:0] FIRST_AFTER = FIXED_PRIORITY != 0 ? '0 : ~(INPUTS'(1));

  logic [INPUTS-1:0] after;
  logic [INPUTS-1:0] preferred;
  logic [INPUTS-1:0] candidates;

  assign preferred  = requests & after;
  assign candidates = preferred != '0 ? preferred : requests;
  assign grant      = candidates & (~candidates + 1'b1);  // the lowest bit

  always_ff @(posedge clock) begin
    if (reset || restart) after <= FIRST_AFTER;
    else if (taken) after <= FIXED_PRIORITY != 0 ? '0 : ~(grant | (grant - 1'b1));
  end
endmodule : arbiter

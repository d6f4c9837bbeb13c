// SPDX-License-Identifier: Apache-2.0
// Passes the pulses of a clock on in the cycles that are enabled. A library's cell takes its place.
// Timing: `enable` in cycle c decides about the edge that ends c; it may change as long as the clock is
// high.
module clock_gate (
    input  logic clock,
    input  logic enable,
    output logic gated
);
  logic enabled;

  always_latch begin
    if (!clock) enabled = enable;
  end

  assign gated = clock & enabled;
endmodule : clock_gate

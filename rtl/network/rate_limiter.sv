// SPDX-License-Identifier: Apache-2.0
// Lets a port take a packet every MILLICYCLES / 1000 cycles on average.
// Timing: packet n of a sequence without pauses may be taken at the cycle of the first one +
// ceil(n * MILLICYCLES / 1000). After a pause the count starts again at 0.
module rate_limiter #(
    parameter int MILLICYCLES = 1000  // at least 1000
) (
    input  logic clock,
    input  logic reset,
    input  logic restart,
    input  logic take,    // the port takes a packet; only if `ready`
    output logic ready
);
  localparam int BITS = $clog2(MILLICYCLES + 1);
  localparam logic [BITS-1:0] CYCLE = BITS'(1000);
  localparam logic [BITS-1:0] PERIOD = BITS'(MILLICYCLES);

  // Thousandths of a cycle from the start of the last cycle until the port is free. In its first
  // free cycle 1 to 1000: what is missing to 1000 is the fraction that the next packet need not
  // wait. 0 is a pause.
  logic [BITS-1:0] left;

  assign ready = left <= CYCLE;

  always_ff @(posedge clock) begin
    if (reset || restart) left <= '0;
    else if (take) left <= left == '0 ? PERIOD : PERIOD - (CYCLE - left);
    else left <= ready ? '0 : left - CYCLE;
  end
endmodule : rate_limiter

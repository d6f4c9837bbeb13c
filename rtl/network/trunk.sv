// SPDX-License-Identifier: Apache-2.0
// The trunk of a quadtree, which leads from the root's parent output back to its parent input and
// takes a packet every MILLICYCLES / 1000 cycles on average.
// Timing: as of a link, except that the packet arrives when the rate limiter lets the next one
// leave.
module trunk #(
    parameter int WIDTH       = 64,
    parameter int MILLICYCLES = 1000
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             restart,
    input  logic             in_valid,
    input  logic [WIDTH-1:0] in_flit,
    output logic             in_ready,
    output logic             out_valid,
    output logic [WIDTH-1:0] out_flit,
    output logic             idle,
    output logic             idle_next,
    output logic [WIDTH-1:0] flit_next
);
  logic occupied;
  logic take;

  assign take      = in_valid && in_ready;
  assign out_valid = occupied && in_ready;
  assign idle      = !occupied;
  assign idle_next = in_ready && !in_valid;
  assign flit_next = take ? in_flit : out_flit;

  rate_limiter #(
      .MILLICYCLES(MILLICYCLES)
  ) limiter (
      .clock  (clock),
      .reset  (reset),
      .restart(restart),
      .take   (take),
      .ready  (in_ready)
  );

  always_ff @(posedge clock) begin
    if (reset) occupied <= 1'b0;
    else occupied <= !idle_next;
    out_flit <= flit_next;
  end
endmodule : trunk

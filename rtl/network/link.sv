// SPDX-License-Identifier: Apache-2.0
// A link from a router to the next one, on a chip or between chips.
// Timing: a packet that leaves in cycle s (in_valid and in_ready) arrives in s + CYCLES and
// occupies the link until then: `out_valid` is high in the cycle of its arrival, in which the next
// packet may leave.
module link #(
    parameter int WIDTH  = 64,
    parameter int CYCLES = 1   // of a whole packet, at least 1
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             in_valid,
    input  logic [WIDTH-1:0] in_flit,
    output logic             in_ready,
    output logic             out_valid,
    output logic [WIDTH-1:0] out_flit,
    output logic             idle,       // there is no packet on the link
    output logic             idle_next,  // as the next cycle begins
    output logic [WIDTH-1:0] flit_next   // the packet unless idle_next
);
  localparam int BITS = $clog2(CYCLES + 1);

  logic [BITS-1:0] left;  // cycles until the packet arrives, 1 in the cycle of its arrival
  logic take;

  assign idle      = left == '0;
  assign out_valid = left == BITS'(1);
  assign in_ready  = idle || out_valid;
  assign take      = in_valid && in_ready;
  assign idle_next = in_ready && !in_valid;
  assign flit_next = take ? in_flit : out_flit;

  always_ff @(posedge clock) begin
    if (reset) left <= '0;
    else if (take) left <= BITS'(CYCLES);
    else if (!idle) left <= left - 1'b1;
    out_flit <= flit_next;
  end
endmodule : link

// SPDX-License-Identifier: Apache-2.0
// Sends the packet at the head of a FIFO to all outputs that it wants, one copy to each, and
// remembers which of the copies have left.
// Timing: the packet requests all outputs that it still has to take. Copies leave when their
// outputs accept them (`departed`), in one cycle or in several ones; `last` is high in the cycle in
// which the last copy leaves. A packet that wants no output leaves at once.
module fork_buffer #(
    parameter int PORTS = 6
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             valid,     // there is a packet at the head
    input  logic [PORTS-1:0] wanted,    // outputs that it takes
    output logic [PORTS-1:0] requests,  // outputs that it still has to take
    input  logic [PORTS-1:0] departed,  // copies that leave in this cycle
    output logic             last
);
  logic [PORTS-1:0] sent;

  assign requests = valid ? wanted & ~sent : '0;
  assign last     = valid && (requests & ~departed) == '0;

  always_ff @(posedge clock) begin
    if (reset || last) sent <= '0;
    else sent <= sent | departed;
  end
endmodule : fork_buffer

// SPDX-License-Identifier: Apache-2.0
// Tells of which ticks a FIFO holds packets, by the parity that packets carry.
// Timing: `waiting_next` is what the next cycle begins with.
module parity_counter #(
    parameter int DEPTH = 4
) (
    input  logic       clock,
    input  logic       reset,
    input  logic       write,
    input  logic       write_parity,
    input  logic       read,
    input  logic       read_parity,
    output logic [1:0] waiting_next  // by parity
);
  localparam int COUNT_BITS = $clog2(DEPTH + 1);

  for (genvar p = 0; p < 2; p++) begin : g_parity
    logic [COUNT_BITS-1:0] count;
    logic [COUNT_BITS-1:0] count_next;

    assign count_next = count + COUNT_BITS'(write && write_parity == 1'(p)) -
                        COUNT_BITS'(read && read_parity == 1'(p));
    assign waiting_next[p] = count_next != '0;
    always_ff @(posedge clock) begin
      if (reset) count <= '0;
      else count <= count_next;
    end
  end
endmodule : parity_counter

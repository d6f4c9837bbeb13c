// SPDX-License-Identifier: Apache-2.0
// Finds the lowest bit that is set. Combinational; `index` is 0 if there is none.
module find_first #(
    parameter int WIDTH = 2
) (
    input  logic [WIDTH-1:0]                          bits,
    output logic                                      found,
    output logic [core_params::index_bits(WIDTH)-1:0] index
);

  localparam int INDEX_BITS = core_params::index_bits(WIDTH);

  assign found = |bits;

  always @* begin
    index = '0;
    for (int i = WIDTH - 1; i >= 0; i--) begin
      if (bits[i]) index = INDEX_BITS'(i);
    end
  end

endmodule : find_first

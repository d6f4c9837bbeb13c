// SPDX-License-Identifier: Apache-2.0
// Counts the bits that are set. Combinational.
module bit_count #(
    parameter int WIDTH = 2
) (
    input  logic [WIDTH-1:0]             bits,
    output logic [$clog2(WIDTH + 1)-1:0] count
);

  localparam int COUNT_BITS = $clog2(WIDTH + 1);
  localparam int PART = 32;
  localparam int PARTS = core_params::ceil_div(WIDTH, PART);

  localparam int PADDED_BITS = PARTS * PART;

  logic [PADDED_BITS-1:0] padded;
  assign padded = PADDED_BITS'(bits);

  always @* begin
    count = '0;
    for (int i = 0; i < PARTS; i++) begin
      count = count + COUNT_BITS'($countones(padded[i*PART +: PART]));
    end
  end

endmodule : bit_count

// SPDX-License-Identifier: Apache-2.0
// Passes on the word that `select` has a bit for. Zero without one. No timing: combinational.
module onehot_mux #(
    parameter int INPUTS = 6,
    parameter int WIDTH  = 64
) (
    input  logic [      INPUTS-1:0] select,  // at most one bit
    input  logic [INPUTS*WIDTH-1:0] words,
    output logic [       WIDTH-1:0] word
);
  always_comb begin
    word = '0;
    for (int i = 0; i < INPUTS; i++) word = word | (words[i*WIDTH+:WIDTH] & {WIDTH{select[i]}});
  end
endmodule : onehot_mux

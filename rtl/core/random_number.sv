// SPDX-License-Identifier: Apache-2.0
// The random number of a neuron in a tick: uniform over THRESHOLD_ALWAYS .. THRESHOLD_NEVER - 1,
// where the highest value has twice the chance of the others. Combinational.
module random_number #(
    parameter int THRESHOLD_BITS = 1
) (
    input  logic [core_params::BUS_BITS-1:0] stream,
    input  logic [core_params::BUS_BITS-1:0] neuron,
    output logic [THRESHOLD_BITS-1:0]        value
);


  logic [core_params::BUS_BITS-1:0] word;
  logic [THRESHOLD_BITS-1:0] high;
  split_mix mix (.seed(stream), .index(neuron), .word(word));
  assign high = word[core_params::BUS_BITS-1 -: THRESHOLD_BITS];
  // The lowest word becomes the lowest number.
  assign value = (&high ? high - 1'b1 : high) ^ {1'b1, {(THRESHOLD_BITS-1){1'b0}}};

  logic unused;
  assign unused = &{1'b0, word};

endmodule : random_number

// SPDX-License-Identifier: Apache-2.0
// What a word of the crossbar memory adds to the dendrites, and how many nonzero synapses it
// drives. With rows of axons a word adds -1, 0 or 1 to each of its dendrites of the group; with
// rows of dendrites it adds the weights of the set axons to one dendrite. Combinational, but for
// the plus half of a pair whose minus half comes in the next word.
module crossbar_adders #(
    parameter int BUFFER_WIDTH = 1,
    parameter int ROW_WORD_BITS = 1,
    parameter int READ_BITS = 1,
    parameter int SEPARATE_PAIR = 1,
    parameter int LANES = 1,
    parameter int STEP_BITS = 1,
    parameter int WEIGHTS = 1,
    parameter int WEIGHT_COUNT_BITS = 1
) (
    input  logic                               clock,
    // The word's last cycle.
    input  logic                               add,
    input  logic [READ_BITS-1:0]               plus,
    input  logic [READ_BITS-1:0]               minus,
    // The word holds the minus half of pairs (SEPARATE_PAIR).
    input  logic                               minus_half,
    // Rows of axons: the word within the row, and the dendrites of the group.
    input  logic [ROW_WORD_BITS-1:0]           row_word,
    input  logic [core_params::FIELD_BITS-1:0] first_dendrite,
    input  logic [core_params::FIELD_BITS-1:0] dendrites,
    // Rows of dendrites: the axons that are set.
    input  logic [BUFFER_WIDTH-1:0]            axons,

    output logic [LANES*STEP_BITS-1:0]         steps,
    output logic [WEIGHT_COUNT_BITS-1:0]       nonzeros
);


  // The weights that count, by bit of the word or by dendrite.
  logic [WEIGHTS-1:0] driven;
  logic [WEIGHTS-1:0] plus_weights;
  logic [WEIGHTS-1:0] minus_weights;
  // Synapses that the plus half of a pair has counted.
  logic [WEIGHTS-1:0] counted;

  if (chip_params::ROWS_OF_DENDRITES != 0) begin : by_axon
    assign driven = axons;
    logic unused;
    assign unused = &{1'b0, row_word, first_dendrite, dendrites};
  end else begin : by_dendrite
    logic [31:0] sum_word;
    logic [31:0] end_dendrite;
    assign sum_word = 32'(row_word) / (1 + SEPARATE_PAIR);
    assign end_dendrite = 32'(first_dendrite) + 32'(dendrites);

    // The lanes whose dendrites, from `first_lane` on, belong to the group.
    function automatic logic [LANES-1:0] lanes_of_group(
        input logic [31:0] first_lane, input logic [31:0] first, input logic [31:0] after);
      int i;
      for (i = 0; i < LANES; i++) begin
        lanes_of_group[i] = first_lane + i >= first && first_lane + i < after;
      end
    endfunction

    always @* begin
      driven = '0;
      if (add) driven = lanes_of_group(sum_word * LANES, 32'(first_dendrite), end_dendrite);
    end
    logic unused;
    assign unused = &{1'b0, axons};
  end

  if (SEPARATE_PAIR != 0) begin : separate_pair
    logic [WEIGHTS-1:0] plus_half;
    assign plus_weights = minus_half ? '0 : plus & driven;
    assign minus_weights = minus_half ? plus & driven : '0;
    assign counted = minus_half ? plus_half : '0;
    always_ff @(posedge clock) begin
      if (add) plus_half <= plus_weights;
    end
    logic unused;
    assign unused = &{1'b0, minus};
  end else begin : joint
    assign counted = '0;
    if (chip_params::COLUMNS_PER_DENDRITE == 2) begin : pairs
      logic [WEIGHTS-1:0] even;
      logic [WEIGHTS-1:0] odd;
      for (genvar i = 0; i < WEIGHTS; i++) begin : pair
        assign even[i] = plus[2*i];
        assign odd[i] = plus[2*i+1];
      end
      assign plus_weights = even & driven;
      assign minus_weights = odd & driven;
    end else begin : planes
      assign plus_weights = plus & driven;
      assign minus_weights = minus & driven;
    end
    logic unused;
    assign unused = &{1'b0, clock, minus, minus_half};
  end

  logic [WEIGHTS-1:0] new_nonzeros;
  assign new_nonzeros = add ? (plus_weights | minus_weights) & ~counted : '0;
  bit_count #(.WIDTH(WEIGHTS)) count_nonzeros (.bits(new_nonzeros), .count(nonzeros));

  if (chip_params::ROWS_OF_DENDRITES != 0) begin : count_weights
    logic [WEIGHT_COUNT_BITS-1:0] plus_count;
    logic [WEIGHT_COUNT_BITS-1:0] minus_count;
    bit_count #(.WIDTH(WEIGHTS)) count_plus (.bits(plus_weights), .count(plus_count));
    bit_count #(.WIDTH(WEIGHTS)) count_minus (.bits(minus_weights), .count(minus_count));
    assign steps = STEP_BITS'(plus_count) - STEP_BITS'(minus_count);
  end else begin : single_weights
    function automatic logic [LANES*STEP_BITS-1:0] differences(
        input logic [LANES-1:0] pluses, input logic [LANES-1:0] minuses);
      int i;
      for (i = 0; i < LANES; i++) begin
        differences[i*STEP_BITS +: STEP_BITS] = STEP_BITS'(pluses[i]) - STEP_BITS'(minuses[i]);
      end
    endfunction

    always @* begin
      steps = '0;
      if (add) steps = differences(plus_weights, minus_weights);
    end
  end

endmodule : crossbar_adders

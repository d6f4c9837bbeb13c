// SPDX-License-Identifier: Apache-2.0
// READ with rows of dendrites. The rows of all dendrites of all groups are read in every tick, in
// words of WORD_CYCLES cycles each, masked by the axons of the group. With pairs of columns, a word
// of the plus row comes before the same word of the minus row. Groups without axons or dendrites
// take no cycle.
module dendrite_row_control #(
    parameter int GROUP_BITS = 1,
    parameter int DENDRITE_BITS = 1,
    parameter int ROW_BITS = 1,
    parameter int ROW_WORD_BITS = 1
) (
    input  logic                                  clock,
    input  logic                                  reset,
    // Low: nothing moves.
    input  logic                                  advance,
    // The next cycle is the first one of a tick's work.
    input  logic                                  begin_work,

    input  logic [chip_params::FAN_IN_GROUPS-1:0] occupied,
    output logic [GROUP_BITS-1:0]                 group,
    input  logic [core_params::FIELD_BITS-1:0]    first_dendrite,
    input  logic [core_params::FIELD_BITS-1:0]    dendrites,
    input  logic [core_params::FIELD_BITS-1:0]    axons,
    // The group after this one, or the first one of a tick.
    output logic [GROUP_BITS-1:0]                 next_group,
    input  logic [core_params::FIELD_BITS-1:0]    next_first_dendrite,

    // Address for the crossbar memory, of the word that is read from the next cycle on.
    output logic                                  read,
    output logic [ROW_BITS-1:0]                   read_row,
    output logic [ROW_WORD_BITS-1:0]              read_row_word,

    output logic                                  reading,
    // The last cycle of the word `row_word` of the dendrite, or of its plus or minus row.
    output logic                                  add,
    output logic [DENDRITE_BITS-1:0]              dendrite,
    output logic                                  minus_half,
    output logic [ROW_WORD_BITS-1:0]              row_word,
    // The last cycle of the tick's READ.
    output logic                                  last
);

  localparam int GROUPS = chip_params::FAN_IN_GROUPS;
  localparam int CYCLE_BITS = core_params::index_bits(chip_params::WORD_CYCLES);
  localparam int COLUMNS = chip_params::COLUMNS_PER_DENDRITE;

  logic [CYCLE_BITS-1:0] cycle;

  // Groups.
  logic [GROUPS-1:0] later_groups;
  logic any_group;
  logic any_later_group;
  logic [GROUP_BITS-1:0] first_group;
  logic [GROUP_BITS-1:0] later_group;
  assign later_groups = occupied & (({GROUPS{1'b1}} << group) << 1);
  find_first #(.WIDTH(GROUPS)) find_group (
      .bits(occupied), .found(any_group), .index(first_group));
  find_first #(.WIDTH(GROUPS)) find_later_group (
      .bits(later_groups), .found(any_later_group), .index(later_group));
  assign next_group = begin_work ? first_group : later_group;

  // What ends with this cycle.
  logic half_ends;
  logic word_ends;
  logic dendrite_ends;
  logic group_ends;
  assign half_ends = reading && 32'(cycle) == chip_params::WORD_CYCLES - 1;
  assign word_ends = half_ends && (COLUMNS == 1 || minus_half);
  assign dendrite_ends =
      word_ends && (32'(row_word) + 1) * chip_params::WORD_BITS >= 32'(axons);
  assign group_ends = dendrite_ends &&
      32'(dendrite) + 1 == 32'(first_dendrite) + 32'(dendrites);

  assign add = advance && half_ends;
  assign last = advance && group_ends && !any_later_group;

  // What the next word is.
  logic next_reading;
  logic [DENDRITE_BITS-1:0] next_dendrite;
  logic [ROW_WORD_BITS-1:0] next_row_word;
  logic next_minus_half;
  always @* begin
    next_reading = 1'b1;
    next_dendrite = dendrite;
    next_row_word = row_word;
    next_minus_half = 1'b0;
    if (begin_work || group_ends) begin
      next_reading = begin_work ? any_group : any_later_group;
      next_dendrite = DENDRITE_BITS'(next_first_dendrite);
      next_row_word = '0;
    end else if (dendrite_ends) begin
      next_dendrite = dendrite + 1'b1;
      next_row_word = '0;
    end else if (word_ends) begin
      next_row_word = row_word + 1'b1;
    end else begin
      next_minus_half = 1'b1;
    end
  end

  assign read = (begin_work || add) && next_reading;
  assign read_row = ROW_BITS'(32'(next_dendrite) * COLUMNS + 32'(next_minus_half));
  assign read_row_word = next_row_word;

  always_ff @(posedge clock) begin
    if (reset) begin
      reading <= 1'b0;
      group <= '0;
    end else if (begin_work || add) begin
      reading <= next_reading;
      if (begin_work || group_ends) group <= next_group;
      dendrite <= next_dendrite;
      minus_half <= next_minus_half;
      row_word <= next_row_word;
      cycle <= '0;
    end else if (advance) begin
      cycle <= cycle + 1'b1;
    end
  end

  logic unused;
  assign unused = &{1'b0, next_first_dendrite};

endmodule : dendrite_row_control

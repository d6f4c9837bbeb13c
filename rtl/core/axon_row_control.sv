// SPDX-License-Identifier: Apache-2.0
// SCAN and READ with rows of axons. The words of a group's bitmap are scanned one a cycle; after
// each one, the rows of its set axons are read, in words of WORD_CYCLES cycles each, from the word
// with the group's first column to the word with its last one. Groups without axons take no cycle.
module axon_row_control #(
    parameter int GROUP_BITS = 1,
    parameter int BUFFER_WIDTH = 1,
    parameter int BUFFER_WORD_BITS = 1,
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
    output logic [BUFFER_WORD_BITS-1:0]           buffer_word,
    input  logic [BUFFER_WIDTH-1:0]               buffer_bits,

    // Address for the crossbar memory, of the word that is read from the next cycle on.
    output logic                                  read,
    output logic [ROW_BITS-1:0]                   read_row,
    output logic [ROW_WORD_BITS-1:0]              read_row_word,

    output logic                                  scanning,
    output logic                                  reading,
    // The last cycle of the word `row_word` of `row`.
    output logic                                  add,
    output logic [ROW_BITS-1:0]                   row,
    output logic [ROW_WORD_BITS-1:0]              row_word,
    // The last cycle of the tick's SCAN and READ.
    output logic                                  last
);

  localparam int GROUPS = chip_params::FAN_IN_GROUPS;
  localparam int BIT_BITS = core_params::index_bits(BUFFER_WIDTH);
  localparam int CYCLE_BITS = core_params::index_bits(chip_params::WORD_CYCLES);
  localparam int AXON_COUNT_BITS = core_params::FIELD_BITS + 1;
  localparam int COLUMNS = chip_params::COLUMNS_PER_DENDRITE;

  typedef enum logic [1:0] {IDLE, SCAN, READ} state_t;
  state_t state;
  // First axon of the bitmap word.
  logic [AXON_COUNT_BITS-1:0] first_axon;
  // Set axons of the word that is scanned, or of the last one that was: those whose rows are still
  // to be read.
  logic [BUFFER_WIDTH-1:0] remaining;
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

  // Axons.
  logic [BUFFER_WIDTH-1:0] candidates;
  logic any_axon;
  logic [BIT_BITS-1:0] place;
  assign candidates = state == SCAN ? buffer_bits : remaining;
  find_first #(.WIDTH(BUFFER_WIDTH)) find_axon (.bits(candidates), .found(any_axon), .index(place));

  // Words of a row.
  logic [31:0] first_column;
  logic [31:0] last_column;
  logic [ROW_WORD_BITS-1:0] first_word;
  logic [ROW_WORD_BITS-1:0] last_word;
  assign first_column = 32'(first_dendrite) * COLUMNS;
  assign last_column = first_column + 32'(dendrites) * COLUMNS - 1;
  assign first_word = ROW_WORD_BITS'(first_column / chip_params::WORD_BITS);
  assign last_word = ROW_WORD_BITS'(last_column / chip_params::WORD_BITS);

  // What ends with this cycle, and what follows.
  logic word_ends;
  logic row_ends;
  logic row_follows;
  logic scan_follows;
  logic group_follows;
  logic more_axons;
  assign word_ends = state == READ && 32'(cycle) == chip_params::WORD_CYCLES - 1;
  assign row_ends = word_ends && row_word == last_word;
  assign row_follows = any_axon && (row_ends || (state == SCAN && dendrites != 0));
  assign more_axons = 32'(first_axon) + BUFFER_WIDTH < 32'(axons);
  assign scan_follows = (row_ends || state == SCAN) && !row_follows && more_axons;
  assign group_follows = (row_ends || state == SCAN) && !row_follows && !more_axons;

  assign scanning = state == SCAN;
  assign reading = state == READ;
  assign add = advance && word_ends;
  assign last = advance && group_follows && !any_later_group;

  assign read = advance && (row_follows || (word_ends && !row_ends));
  assign read_row = row_follows ? ROW_BITS'(32'(first_axon) + 32'(place)) : row;
  assign read_row_word = row_follows ? first_word : row_word + 1'b1;

  always_ff @(posedge clock) begin
    if (reset) begin
      state <= IDLE;
      group <= '0;
    end else if (begin_work) begin
      state <= any_group ? SCAN : IDLE;
      group <= first_group;
      first_axon <= '0;
      buffer_word <= '0;
    end else if (advance) begin
      if (row_follows) begin
        state <= READ;
        remaining <= candidates & ~(BUFFER_WIDTH'(1) << place);
        row <= read_row;
        row_word <= read_row_word;
        cycle <= '0;
      end else if (scan_follows) begin
        state <= SCAN;
        first_axon <= first_axon + AXON_COUNT_BITS'(BUFFER_WIDTH);
        buffer_word <= buffer_word + 1'b1;
      end else if (group_follows) begin
        state <= any_later_group ? SCAN : IDLE;
        group <= later_group;
        first_axon <= '0;
        buffer_word <= '0;
      end else if (word_ends) begin
        row_word <= read_row_word;
        cycle <= '0;
      end else begin
        cycle <= cycle + 1'b1;
      end
    end
  end

endmodule : axon_row_control

// SPDX-License-Identifier: Apache-2.0
// The lists of axons that one packet sets. Reads of entries take no cycle. The ends of the lists
// are kept beside the table, so that the length of a list is known when its packet departs.
module expansion_table #(
    parameter int WORDS = 1,
    parameter int INDEX_BITS = 1,
    parameter int LIST_BITS = 1
) (
    input  logic                                  clock,
    input  logic                                  bus_read,
    input  logic                                  bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [core_params::BUS_BITS-1:0]      bus_rdata,

    // The list that starts at an entry; 0 entries if it has no end. Looked up only if `find` is
    // high.
    input  logic                                  find,
    input  logic [core_params::FIELD_BITS-1:0]    start,
    output logic [LIST_BITS-1:0]                  length,

    input  logic [INDEX_BITS-1:0]                 index,
    output logic [core_params::FIELD_BITS-1:0]    group,
    output logic [core_params::FIELD_BITS-1:0]    axon
);

  localparam int ENTRIES = chip_params::EXPANSION_ENTRIES;
  localparam int ENTRY_BITS = core_params::EXPANSION_BITS;
  localparam int PER_WORD = core_params::BUS_BITS / ENTRY_BITS;
  localparam int PLACES = WORDS * PER_WORD;

  logic [ENTRY_BITS-1:0] entry;
  word_table #(
      .WORDS(WORDS),
      .ENTRY_BITS(ENTRY_BITS),
      .PORTS(1),
      .INDEX_BITS(INDEX_BITS)
  ) entries (
      .clock,
      .bus_read,
      .bus_write,
      .bus_word,
      .bus_wdata,
      .bus_rdata,
      .index,
      .entry
  );
  assign group = core_params::FIELD_BITS'(
      entry[register_map::EXPANSION_GROUP_LSB +: register_map::EXPANSION_GROUP_BITS]);
  assign axon = core_params::FIELD_BITS'(
      entry[register_map::EXPANSION_AXON_LSB +: register_map::EXPANSION_AXON_BITS]);

  // Bit e: entry e is the last one of its list. They are cleared with the table.
  logic [PLACES-1:0] ends;
  logic [PER_WORD-1:0] ends_of_word;
  for (genvar e = 0; e < PER_WORD; e++) begin : list_end
    assign ends_of_word[e] = bus_wdata[e*ENTRY_BITS+register_map::EXPANSION_LAST_LSB];
  end
  always_ff @(posedge clock) begin
    if (bus_write) ends[32'(bus_word)*PER_WORD +: PER_WORD] <= ends_of_word;
  end

  function automatic logic [LIST_BITS-1:0] entries_to_end(
      input logic [PLACES-1:0] last_entries, input logic [31:0] first);
    int e;
    entries_to_end = '0;
    // The last word may have places beyond the last entry.
    for (e = PLACES - 1; e >= 0; e--) begin
      if (e < ENTRIES && last_entries[e] && e >= first) entries_to_end = LIST_BITS'(e + 1 - first);
    end
  endfunction

  always @* begin
    length = '0;
    if (find) length = entries_to_end(ends, 32'(start));
  end

  logic unused;
  assign unused = &{1'b0, entry};

endmodule : expansion_table

// SPDX-License-Identifier: Apache-2.0
// The core's end of the configuration bus: one bus word a cycle. The result of an access is there
// in its cycle, what a read returns in the next one. A refused access changes nothing. After reset
// it writes 0 to all words of all tables, one address a cycle; meanwhile `ready` is low.
module config_port #(
    parameter int LARGEST_TABLE_WORDS = 1
) (
    input  logic                                  clock,
    input  logic                                  reset,
    output logic                                  ready,

    input  logic                                  valid,
    input  logic                                  write,
    input  logic [core_params::REGION_BITS-1:0]   region,
    input  logic [core_params::OFFSET_BITS-1:0]   offset,
    input  logic [core_params::BUS_BITS-1:0]      wdata,
    output logic [core_params::BUS_BITS-1:0]      rdata,
    output logic [1:0]                            result,

    // The regions, by number.
    output logic [core_params::REGIONS-1:0]       region_read,
    output logic [core_params::REGIONS-1:0]       region_write,
    output logic [core_params::BUS_WORD_BITS-1:0] region_word,
    output logic [core_params::BUS_BITS-1:0]      region_wdata,
    input  logic [core_params::REGIONS*core_params::BUS_BITS-1:0] region_rdata
);

  localparam int REGIONS = core_params::REGIONS;
  localparam int REGION_BITS = core_params::REGION_BITS;
  localparam int WORD_BITS = core_params::BUS_WORD_BITS;
  localparam int BUS_BITS = core_params::BUS_BITS;

  localparam logic [1:0] OK = 2'd0;
  localparam logic [1:0] UNMAPPED = 2'd1;
  localparam logic [1:0] READ_ONLY = 2'd2;

  // The clearing of the tables.
  logic clearing;
  logic [WORD_BITS-1:0] clear_word;

  always_ff @(posedge clock) begin
    if (reset) begin
      clearing <= 1'b1;
      clear_word <= '0;
    end else if (clearing) begin
      clearing <= 32'(clear_word) != LARGEST_TABLE_WORDS - 1;
      clear_word <= clear_word + 1'b1;
    end
  end

  assign ready = !clearing && !reset;

  // The access.
  logic [WORD_BITS-1:0] word;
  logic [REGIONS-1:0] holds_word;
  logic [REGIONS-1:0] writable;
  logic [REGIONS-1:0] clears;
  logic [REGION_BITS-1:0] last_region;

  assign word = offset[core_params::OFFSET_BITS-1 -: WORD_BITS];

  for (genvar r = 0; r < REGIONS; r++) begin : regions
    localparam int WORDS = core_params::region_words(r);
    if (WORDS != 0) begin : present
      assign holds_word[r] = 32'(word) < WORDS;
      assign clears[r] = clearing && 32'(clear_word) < WORDS;
    end else begin : absent
      assign holds_word[r] = 1'b0;
      assign clears[r] = 1'b0;
    end
    assign writable[r] = r != register_map::CORE_REGION_STATUS &&
        r != register_map::CORE_REGION_COUNTERS;
    assign region_read[r] = valid && !write && result == OK && region == REGION_BITS'(r);
    assign region_write[r] =
        clears[r] || (valid && write && result == OK && region == REGION_BITS'(r));
  end

  always @* begin
    result = OK;
    if (!holds_word[region]) result = UNMAPPED;
    else if (write && !writable[region]) result = READ_ONLY;
  end

  assign region_word = clearing ? clear_word : word;
  assign region_wdata = clearing ? '0 : wdata;

  always_ff @(posedge clock) begin
    if (valid) last_region <= region;
  end

  assign rdata = region_rdata[last_region*BUS_BITS +: BUS_BITS];

  // The bus has checked that accesses cover whole words.
  logic unused;
  assign unused = &{1'b0, offset[core_params::OFFSET_BITS-WORD_BITS-1:0]};

endmodule : config_port

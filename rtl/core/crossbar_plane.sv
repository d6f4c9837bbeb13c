// SPDX-License-Identifier: Apache-2.0
// One bit plane of the crossbar memory. On the bus, a row holds an axon's weights, and a bus word
// 64 columns of it. In a tick the memory is read in words of WORD_BITS bits of a row: an axon's
// columns, or with ROWS_OF_DENDRITES a column's axons. The address of such a read is presented in
// the cycle before the word is needed; the word stays at the output until the next read.
module crossbar_plane #(
    parameter int ROW_BITS = 1,
    parameter int ROW_WORDS = 1,
    parameter int ROW_WORD_BITS = 1,
    parameter int READ_BITS = 1
) (
    input  logic                                  clock,
    input  logic                                  bus_read,
    input  logic                                  bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [core_params::BUS_BITS-1:0]      bus_rdata,

    input  logic                                  read,
    input  logic [ROW_BITS-1:0]                   row,
    input  logic [ROW_WORD_BITS-1:0]              row_word,
    output logic [READ_BITS-1:0]                  rdata
);

  localparam int BUS_BITS = core_params::BUS_BITS;
  localparam int WORD_BITS = chip_params::WORD_BITS;
  localparam int ROW_BUS_WORDS = core_params::ceil_div(chip_params::DENDRITES, BUS_BITS);

  if (chip_params::ROWS_OF_DENDRITES != 0) begin : rows_of_dendrites

    // Column c lies in bank c mod 64. The bus reads and writes one bit in each bank.
    localparam int DEPTH = ROW_BUS_WORDS * ROW_WORDS;
    localparam int ADDRESS_BITS = core_params::index_bits(DEPTH);
    localparam int BIT_BITS = core_params::index_bits(READ_BITS);
    localparam int BANK_BITS = $clog2(BUS_BITS);

    logic [31:0] bus_axon;
    logic [31:0] bus_columns;
    logic [ADDRESS_BITS-1:0] bus_address;
    logic [BIT_BITS-1:0] bus_bit;
    logic [BIT_BITS-1:0] last_bus_bit;
    assign bus_axon = 32'(bus_word) / ROW_BUS_WORDS;
    assign bus_columns = 32'(bus_word) % ROW_BUS_WORDS;
    assign bus_address = ADDRESS_BITS'(bus_columns * ROW_WORDS + bus_axon / READ_BITS);
    assign bus_bit = BIT_BITS'(bus_axon % READ_BITS);

    logic [ADDRESS_BITS-1:0] address;
    logic [BANK_BITS-1:0] bank;
    logic [BANK_BITS-1:0] last_bank;
    assign address = ADDRESS_BITS'(32'(row) / BUS_BITS * ROW_WORDS + 32'(row_word));
    assign bank = BANK_BITS'(row);

    always_ff @(posedge clock) begin
      if (bus_read) last_bus_bit <= bus_bit;
      if (read) last_bank <= bank;
    end

    logic [BUS_BITS*READ_BITS-1:0] words;
    for (genvar b = 0; b < BUS_BITS; b++) begin : banks
      logic [READ_BITS-1:0] bus_rword;
      memory_bank #(
          .WIDTH(READ_BITS),
          .DEPTH(DEPTH)
      ) memory (
          .clock,
          .bus_read,
          .bus_write,
          .bus_address,
          .bus_mask(READ_BITS'(1) << bus_bit),
          .bus_wdata({READ_BITS{bus_wdata[b]}}),
          .bus_rdata(bus_rword),
          .read(read && bank == BANK_BITS'(b)),
          .address,
          .rdata(words[b*READ_BITS +: READ_BITS])
      );
      assign bus_rdata[b] = bus_rword[last_bus_bit];
    end
    assign rdata = words[last_bank*READ_BITS +: READ_BITS];

  end else if (WORD_BITS >= BUS_BITS) begin : wide_words

    // A word of the memory is one or more bus words, each in a bank of its own.
    localparam int BANKS = core_params::smaller(WORD_BITS / BUS_BITS, ROW_BUS_WORDS);
      localparam int DEPTH = chip_params::AXONS * ROW_WORDS;
    localparam int ADDRESS_BITS = core_params::index_bits(DEPTH);
    localparam int BANK_BITS = core_params::index_bits(BANKS);

    logic [31:0] bus_row;
    logic [31:0] bus_columns;
    logic [ADDRESS_BITS-1:0] bus_address;
    logic [BANK_BITS-1:0] bus_bank;
    logic [BANK_BITS-1:0] last_bus_bank;
    logic [ADDRESS_BITS-1:0] address;
    assign bus_row = 32'(bus_word) / ROW_BUS_WORDS;
    assign bus_columns = 32'(bus_word) % ROW_BUS_WORDS;
    assign bus_address = ADDRESS_BITS'(bus_row * ROW_WORDS + bus_columns / BANKS);
    assign bus_bank = BANK_BITS'(bus_columns % BANKS);
    assign address = ADDRESS_BITS'(32'(row) * ROW_WORDS + 32'(row_word));

    always_ff @(posedge clock) begin
      if (bus_read) last_bus_bank <= bus_bank;
    end

    logic [BANKS*BUS_BITS-1:0] bus_words;
    logic [BANKS*BUS_BITS-1:0] words;
    for (genvar b = 0; b < BANKS; b++) begin : banks
      memory_bank #(
          .WIDTH(BUS_BITS),
          .DEPTH(DEPTH)
      ) memory (
          .clock,
          .bus_read(bus_read && bus_bank == BANK_BITS'(b)),
          .bus_write(bus_write && bus_bank == BANK_BITS'(b)),
          .bus_address,
          .bus_mask({BUS_BITS{1'b1}}),
          .bus_wdata,
          .bus_rdata(bus_words[b*BUS_BITS +: BUS_BITS]),
          .read,
          .address,
          .rdata(words[b*BUS_BITS +: BUS_BITS])
      );
    end
    assign bus_rdata = bus_words[last_bus_bank*BUS_BITS +: BUS_BITS];
    assign rdata = words[READ_BITS-1:0];

    // Columns beyond the last one.
    logic unused_columns;
    assign unused_columns = &{1'b0, words};

  end else begin : narrow_words

    // A bus word is several words of the memory, each in a bank of its own.
    localparam int BANKS = BUS_BITS / WORD_BITS;
    localparam int DEPTH = chip_params::AXONS * ROW_BUS_WORDS;
    localparam int ADDRESS_BITS = core_params::index_bits(DEPTH);
    localparam int BANK_BITS = core_params::index_bits(BANKS);

    logic [ADDRESS_BITS-1:0] bus_address;
    logic [ADDRESS_BITS-1:0] address;
    logic [BANK_BITS-1:0] bank;
    logic [BANK_BITS-1:0] last_bank;
    assign bus_address = ADDRESS_BITS'(bus_word);
    assign address = ADDRESS_BITS'(32'(row) * ROW_BUS_WORDS + 32'(row_word) / BANKS);
    assign bank = BANK_BITS'(32'(row_word) % BANKS);

    always_ff @(posedge clock) begin
      if (read) last_bank <= bank;
    end

    logic [BUS_BITS-1:0] words;
    logic [WORD_BITS-1:0] word;
    for (genvar b = 0; b < BANKS; b++) begin : banks
      memory_bank #(
          .WIDTH(WORD_BITS),
          .DEPTH(DEPTH)
      ) memory (
          .clock,
          .bus_read,
          .bus_write,
          .bus_address,
          .bus_mask({WORD_BITS{1'b1}}),
          .bus_wdata(bus_wdata[b*WORD_BITS +: WORD_BITS]),
          .bus_rdata(bus_rdata[b*WORD_BITS +: WORD_BITS]),
          .read(read && bank == BANK_BITS'(b)),
          .address,
          .rdata(words[b*WORD_BITS +: WORD_BITS])
      );
    end
    assign word = words[last_bank*WORD_BITS +: WORD_BITS];
    assign rdata = word[READ_BITS-1:0];

    // Columns beyond the last one.
    logic unused_columns;
    assign unused_columns = &{1'b0, word};

  end

  logic unused;
  assign unused = &{1'b0, bus_word};

endmodule : crossbar_plane

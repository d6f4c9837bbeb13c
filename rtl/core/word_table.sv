// SPDX-License-Identifier: Apache-2.0
// A table of the core: a register file of bus words, each of which holds one or more entries. The
// bus reads and writes words; what it reads is at `rdata` in the next cycle. Entries are read
// without a cycle, by any number of ports; nobody uses an entry that does not exist.
module word_table #(
    parameter int WORDS = 1,
    parameter int ENTRY_BITS = 64,
    parameter int PORTS = 1,
    parameter int INDEX_BITS = 1
) (
    input  logic                                  clock,
    input  logic                                  bus_read,
    input  logic                                  bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [core_params::BUS_BITS-1:0]      bus_rdata,

    input  logic [PORTS*INDEX_BITS-1:0]           index,
    output logic [PORTS*ENTRY_BITS-1:0]           entry
);

  localparam int ADDRESS_BITS = core_params::index_bits(WORDS);
  localparam int BUS_BITS = core_params::BUS_BITS;
  localparam int ENTRIES_PER_WORD = BUS_BITS / ENTRY_BITS;
  localparam int BIT_BITS = $clog2(BUS_BITS);

  // The last read port is the bus's.
  logic [(PORTS+1)*ADDRESS_BITS-1:0] addresses;
  logic [(PORTS+1)*BUS_BITS-1:0] words;
  logic [ADDRESS_BITS-1:0] bus_address;
  assign bus_address = ADDRESS_BITS'(bus_word);
  assign addresses[PORTS*ADDRESS_BITS +: ADDRESS_BITS] = bus_address;

  register_file #(
      .WIDTH(BUS_BITS),
      .DEPTH(WORDS),
      .READS(PORTS + 1)
  ) memory (
      .clock,
      .write(bus_write),
      .write_address(bus_address),
      .wdata(bus_wdata),
      .address(addresses),
      .rdata(words)
  );

  always_ff @(posedge clock) begin
    if (bus_read) bus_rdata <= words[PORTS*BUS_BITS +: BUS_BITS];
  end

  for (genvar p = 0; p < PORTS; p++) begin : port
    logic [31:0] number;
    logic [BUS_BITS-1:0] word;
    logic [BIT_BITS-1:0] first_bit;
    assign number = 32'(index[p*INDEX_BITS +: INDEX_BITS]);
    assign addresses[p*ADDRESS_BITS +: ADDRESS_BITS] = ADDRESS_BITS'(number / ENTRIES_PER_WORD);
    assign word = words[p*BUS_BITS +: BUS_BITS];
    assign first_bit = BIT_BITS'(number % ENTRIES_PER_WORD * ENTRY_BITS);
    assign entry[p*ENTRY_BITS +: ENTRY_BITS] = word[first_bit +: ENTRY_BITS];
  end

  logic unused;
  assign unused = &{1'b0, bus_word};

endmodule : word_table

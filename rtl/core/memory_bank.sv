// SPDX-License-Identifier: Apache-2.0
// A memory with two synchronous ports: one reads and writes, one reads. What a port reads in a
// cycle is at its output from the next cycle until it reads again.
module memory_bank #(
    parameter int WIDTH = 8,
    parameter int DEPTH = 2
) (
    input  logic                                      clock,
    // Port of the bus. `mask` selects the bits that are written.
    input  logic                                      bus_read,
    input  logic                                      bus_write,
    input  logic [core_params::index_bits(DEPTH)-1:0] bus_address,
    input  logic [WIDTH-1:0]                          bus_mask,
    input  logic [WIDTH-1:0]                          bus_wdata,
    output logic [WIDTH-1:0]                          bus_rdata,
    // Port of the core.
    input  logic                                      read,
    input  logic [core_params::index_bits(DEPTH)-1:0] address,
    output logic [WIDTH-1:0]                          rdata
);

  logic [WIDTH-1:0] words [0:DEPTH-1];

  always_ff @(posedge clock) begin
    // Not bit by bit, which Verilator turns into a statement for each bit of each bank.
    if (bus_write) begin
      words[bus_address] <= (words[bus_address] & ~bus_mask) | (bus_wdata & bus_mask);
    end
    if (bus_read) bus_rdata <= words[bus_address];
  end

  always_ff @(posedge clock) begin
    if (read) rdata <= words[address];
  end

endmodule : memory_bank

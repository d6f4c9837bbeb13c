// SPDX-License-Identifier: Apache-2.0
// A memory with one write port and any number of read ports. Reads take no cycle and see what was
// written in earlier cycles. Nobody uses what is read from an address beyond DEPTH.
module register_file #(
    parameter int WIDTH = 8,
    parameter int DEPTH = 2,
    parameter int READS = 1
) (
    input  logic                                            clock,
    input  logic                                            write,
    input  logic [core_params::index_bits(DEPTH)-1:0]       write_address,
    input  logic [WIDTH-1:0]                                wdata,
    input  logic [READS*core_params::index_bits(DEPTH)-1:0] address,
    output logic [READS*WIDTH-1:0]                          rdata
);

  localparam int ADDRESS_BITS = core_params::index_bits(DEPTH);

  logic [WIDTH-1:0] words [0:DEPTH-1];

  always_ff @(posedge clock) begin
    if (write) words[write_address] <= wdata;
  end

  for (genvar r = 0; r < READS; r++) begin : read
    assign rdata[r*WIDTH +: WIDTH] = words[address[r*ADDRESS_BITS +: ADDRESS_BITS]];
  end

endmodule : register_file

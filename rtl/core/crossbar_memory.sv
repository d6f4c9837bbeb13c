// SPDX-License-Identifier: Apache-2.0
// The crossbar memory: one plane, or a plane of plus and one of minus bits that are read together
// (crossbar_plane.sv). With one plane `minus` is 0, and `plus` holds whatever the word's columns
// are.
module crossbar_memory #(
    parameter int PLANES = 1,
    parameter int ROW_BITS = 1,
    parameter int ROW_WORDS = 1,
    parameter int ROW_WORD_BITS = 1,
    parameter int READ_BITS = 1
) (
    input  logic                                  clock,
    // Regions plus_plane and minus_plane.
    input  logic [1:0]                            bus_read,
    input  logic [1:0]                            bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [2*core_params::BUS_BITS-1:0]    bus_rdata,

    input  logic                                  read,
    input  logic [ROW_BITS-1:0]                   row,
    input  logic [ROW_WORD_BITS-1:0]              row_word,
    output logic [READ_BITS-1:0]                  plus,
    output logic [READ_BITS-1:0]                  minus
);

  localparam int BUS_BITS = core_params::BUS_BITS;

  crossbar_plane #(
      .ROW_BITS(ROW_BITS),
      .ROW_WORDS(ROW_WORDS),
      .ROW_WORD_BITS(ROW_WORD_BITS),
      .READ_BITS(READ_BITS)
  ) plus_plane (
      .clock,
      .bus_read(bus_read[0]),
      .bus_write(bus_write[0]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(bus_rdata[0 +: BUS_BITS]),
      .read,
      .row,
      .row_word,
      .rdata(plus)
  );

  if (PLANES == 2) begin : two_planes
    crossbar_plane #(
        .ROW_BITS(ROW_BITS),
        .ROW_WORDS(ROW_WORDS),
        .ROW_WORD_BITS(ROW_WORD_BITS),
        .READ_BITS(READ_BITS)
    ) minus_plane (
        .clock,
        .bus_read(bus_read[1]),
        .bus_write(bus_write[1]),
        .bus_word,
        .bus_wdata,
        .bus_rdata(bus_rdata[BUS_BITS +: BUS_BITS]),
        .read,
        .row,
        .row_word,
        .rdata(minus)
    );
  end else begin : one_plane
    assign bus_rdata[BUS_BITS +: BUS_BITS] = '0;
    assign minus = '0;
    logic unused;
    assign unused = &{1'b0, bus_read[1], bus_write[1]};
  end

endmodule : crossbar_memory

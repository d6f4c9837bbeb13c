// SPDX-License-Identifier: Apache-2.0
// Whether the network can deliver a packet of the host.
module input_check (
    input  logic [63:0] packet,
    output logic        valid
);
  localparam int KindBits = register_map::PACKET_KIND_BITS;
  localparam int PlaceBits = register_map::PACKET_X0_BITS;
  localparam logic [PlaceBits-1:0] LastColumn = PlaceBits'(chip_params::COLUMNS - 1);
  localparam logic [PlaceBits-1:0] LastRow = PlaceBits'(chip_params::ROWS - 1);

  logic [KindBits-1:0] kind;
  logic [PlaceBits-1:0] x0;
  logic [PlaceBits-1:0] y0;
  logic [PlaceBits-1:0] x1;
  logic [PlaceBits-1:0] y1;

  assign kind = packet[register_map::PACKET_KIND_LSB+:KindBits];
  assign x0   = packet[register_map::PACKET_X0_LSB+:PlaceBits];
  assign y0   = packet[register_map::PACKET_Y0_LSB+:PlaceBits];
  assign x1   = packet[register_map::PACKET_X1_LSB+:PlaceBits];
  assign y1   = packet[register_map::PACKET_Y1_LSB+:PlaceBits];

  logic on_board;
  logic single_core;
  assign on_board = x0 <= x1 && y0 <= y1 && x1 <= LastColumn && y1 <= LastRow;
  assign single_core = x0 == x1 && y0 == y1;
  assign valid  = kind == KindBits'(register_map::PACKET_KIND_CORE) && on_board &&
      (single_core || chip_params::HOST_MULTICAST != 0);

  logic unused;
  assign unused = &{1'b0, packet};
endmodule : input_check

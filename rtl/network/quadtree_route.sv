// SPDX-License-Identifier: Apache-2.0
// The outputs that a packet takes at a router of a quadtree: to each child whose square overlaps
// the packet's rectangle, and to the parent if the rectangle extends beyond the router's own
// square, but not back to where it came from. With a trunk every packet goes up to the root and
// over the trunk first. Outputs are numbered like the inputs: children in the north-west,
// north-east, south-west, south-east, then parent, host.
// No timing: combinational.
module quadtree_route #(
    parameter int INPUT      = 0,  // by which the packet came
    parameter int HAS_TRUNK  = 0,
    parameter int HOST_LEVEL = 1   // level of the host port's router
) (
    input  logic [6:0] x,        // first column of the router's square, in cores
    input  logic [6:0] y,
    input  logic [2:0] level,    // the square has 2^level columns and rows
    input  logic       to_host,  // to the router of HOST_LEVEL above core (x0, y0)
    input  logic [6:0] x0,       // rectangle, both corners included
    input  logic [6:0] y0,
    input  logic [6:0] x1,
    input  logic [6:0] y1,
    output logic [5:0] outputs
);
  localparam int PARENT = 4;
  localparam int HOST = 5;

  // Of a square: its half, as the bit that tells its two columns of children apart; the bits of
  // coordinates within a child, and within the square.
  logic [6:0] half;
  logic [6:0] in_child;
  logic [6:0] in_square;
  logic [1:0] meets_column;  // the rectangle meets the first, the second column of children
  logic [1:0] meets_row;
  logic [3:0] children;
  logic beyond;
  logic came_from_child;  // a packet of a core may come back to it
  logic holds_host;       // the square holds the host port's router or is above it
  logic [5:0] spread;     // outputs of a packet to cores
  logic [5:0] towards_host;

  assign half      = 7'(8'd1 << level >> 1);
  assign in_child  = half - 7'd1;
  assign in_square = half | in_child;

  assign meets_column[0] = x0 <= (x | in_child) && x <= x1;
  assign meets_column[1] = x0 <= (x | in_square) && (x | half) <= x1;
  assign meets_row[0]    = y0 <= (y | in_child) && y <= y1;
  assign meets_row[1]    = y0 <= (y | in_square) && (y | half) <= y1;
  assign beyond          = x0 < x || x1 > (x | in_square) || y0 < y || y1 > (y | in_square);

  assign came_from_child = INPUT < PARENT && level > 3'd1;
  assign children        = {meets_row[1] ? meets_column : 2'b00,
                            meets_row[0] ? meets_column : 2'b00};
  assign spread = {1'b0, beyond && INPUT != PARENT,
                   children & ~(came_from_child ? 4'(6'd1 << INPUT) : 4'd0)};

  assign holds_host = level >= 3'(HOST_LEVEL) && ((x0 ^ x) & ~in_square) == '0 &&
                      ((y0 ^ y) & ~in_square) == '0;

  always_comb begin
    towards_host = '0;
    if (!holds_host) towards_host[PARENT] = 1'b1;
    else if (level == 3'(HOST_LEVEL)) towards_host[HOST] = 1'b1;
    else towards_host[{1'b0, (y0 & half) != '0, (x0 & half) != '0}] = 1'b1;
  end

  assign outputs = HAS_TRUNK != 0 && INPUT != PARENT ? 6'd1 << PARENT :
                   to_host ? towards_host : spread;
endmodule : quadtree_route

// SPDX-License-Identifier: Apache-2.0
// The outputs that a packet takes at a router of a mesh: along its sender's row to all columns of
// its rectangle, and along each of these columns to all rows of the rectangle. Outputs are numbered
// like the inputs: north, east, south, west, core, host.
// No timing: combinational.
module mesh_route #(
    parameter int INPUT = 4  // by which the packet came
) (
    input  logic [6:0] x,        // of the router
    input  logic [6:0] y,        // grows to the south
    input  logic       to_host,  // the rectangle is the host port's router
    input  logic [6:0] x0,       // rectangle, both corners included
    input  logic [6:0] y0,
    input  logic [6:0] x1,
    input  logic [6:0] y1,
    output logic [5:0] outputs
);
  localparam int NORTH = 0;
  localparam int EAST = 1;
  localparam int SOUTH = 2;
  localparam int WEST = 3;
  localparam int CORE = 4;
  localparam int HOST = 5;
  // Packets never turn back, nor from a column into a row.
  localparam logic IN_COLUMN = INPUT == NORTH || INPUT == SOUTH;

  logic in_columns;  // the router is in a column of the rectangle
  logic in_rows;

  assign in_columns = x0 <= x && x <= x1;
  assign in_rows    = y0 <= y && y <= y1;

  assign outputs[NORTH] = in_columns && y0 < y && INPUT != NORTH;
  assign outputs[EAST]  = x < x1 && INPUT != EAST && !IN_COLUMN;
  assign outputs[SOUTH] = in_columns && y < y1 && INPUT != SOUTH;
  assign outputs[WEST]  = x0 < x && INPUT != WEST && !IN_COLUMN;
  assign outputs[CORE]  = in_columns && in_rows && !to_host;
  assign outputs[HOST]  = in_columns && in_rows && to_host;
endmodule : mesh_route

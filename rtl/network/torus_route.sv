// SPDX-License-Identifier: Apache-2.0
// The outputs that a packet takes at a router of a torus, and what its copies carry on. A packet
// runs along its row first, then in each column of its rectangle, and reaches each core in the
// shorter direction. Where a copy enters a ring, it gets the place at which its run ends (`stop`).
// It uses the second channels of a ring from the closing link on. Outputs are numbered like the
// inputs: north, east, south, west, core, host; the second channels of the first four follow.
// No timing: combinational.
module torus_route #(
    parameter int INPUT   = 4,  // by which the packet came
    parameter int COLUMNS = 4,
    parameter int ROWS    = 4
) (
    input  logic [ 6:0] x,        // of the router
    input  logic [ 6:0] y,        // grows to the south
    input  logic        to_host,  // the rectangle is the host port's router
    input  logic [ 6:0] x0,       // rectangle, both corners included
    input  logic [ 6:0] y0,
    input  logic [ 6:0] x1,
    input  logic [ 6:0] y1,
    input  logic [ 6:0] stop,     // column, or row, at which the packet's run ends
    output logic [ 5:0] outputs,
    output logic [27:0] stops,    // of the copies for outputs 0 to 3, 7 bits each
    output logic [ 3:0] second    // these copies arrive in the second channel
);
  localparam int NORTH = 0;
  localparam int EAST = 1;
  localparam int SOUTH = 2;
  localparam int WEST = 3;
  localparam int CORE = 4;
  localparam int HOST = 5;
  localparam int FIRST_SECOND_CHANNEL = 6;
  localparam int PORT = INPUT < FIRST_SECOND_CHANNEL ? INPUT : INPUT - FIRST_SECOND_CHANNEL;
  localparam logic IN_COLUMN = PORT == NORTH || PORT == SOUTH;
  localparam logic IN_ROW = PORT == EAST || PORT == WEST;
  localparam logic IN_SECOND = INPUT >= FIRST_SECOND_CHANNEL;

  logic in_columns;  // the router is in a column of the rectangle
  logic in_rows;

  assign in_columns = x0 <= x && x <= x1;
  assign in_rows    = y0 <= y && y <= y1;

  if (IN_ROW) begin : g_row
    // Goes on to its stop, and forks into the columns of its rectangle.
    assign outputs[EAST] = PORT == WEST && x != stop;
    assign outputs[WEST] = PORT == EAST && x != stop;
    assign stops[EAST*7+:7] = stop;
    assign stops[WEST*7+:7] = stop;
  end else if (IN_COLUMN) begin : g_column
    assign outputs[EAST] = 1'b0;
    assign outputs[WEST] = 1'b0;
    assign stops[EAST*7+:7] = stop;
    assign stops[WEST*7+:7] = stop;
  end else begin : g_enter_row
    logic unused_stop;  // the packet was in no ring yet
    assign unused_stop = ^stop;
    ring_run #(
        .SIZE(COLUMNS)
    ) run (
        .from  (x),
        .first (x0),
        .last  (x1),
        .up    (outputs[EAST]),
        .down  (outputs[WEST]),
        .top   (stops[EAST*7+:7]),
        .bottom(stops[WEST*7+:7])
    );
  end

  if (IN_COLUMN) begin : g_in_column
    assign outputs[SOUTH] = PORT == NORTH && y != stop;
    assign outputs[NORTH] = PORT == SOUTH && y != stop;
    assign stops[SOUTH*7+:7] = stop;
    assign stops[NORTH*7+:7] = stop;
  end else begin : g_enter_column
    logic up;
    logic down;
    assign outputs[SOUTH] = in_columns && up;
    assign outputs[NORTH] = in_columns && down;
    ring_run #(
        .SIZE(ROWS)
    ) run (
        .from  (y),
        .first (y0),
        .last  (y1),
        .up    (up),
        .down  (down),
        .top   (stops[SOUTH*7+:7]),
        .bottom(stops[NORTH*7+:7])
    );
  end

  // A packet in a column is in a column of its rectangle.
  assign outputs[CORE] = (IN_COLUMN || in_columns) && in_rows && !to_host;
  assign outputs[HOST] = (IN_COLUMN || in_columns) && in_rows && to_host;

  assign second[NORTH] = (IN_SECOND && IN_COLUMN) || y == '0;
  assign second[EAST]  = (IN_SECOND && IN_ROW) || x == 7'(COLUMNS - 1);
  assign second[SOUTH] = (IN_SECOND && IN_COLUMN) || y == 7'(ROWS - 1);
  assign second[WEST]  = (IN_SECOND && IN_ROW) || x == '0;
endmodule : torus_route

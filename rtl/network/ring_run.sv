// SPDX-License-Identifier: Apache-2.0
// The runs of a packet that enters a ring at place `from` and goes to the places `first` to `last`,
// each by the shorter way. Of two opposite places in a ring of even length the lower one decides:
// packets between them take the direct way if it is even and the closing link if it is odd.
// No timing: combinational.
module ring_run #(
    parameter int SIZE = 4  // places of the ring, at most 128
) (
    input  logic [6:0] from,
    input  logic [6:0] first,
    input  logic [6:0] last,
    output logic       up,     // there is a run upwards, to the place `top`
    output logic       down,   // there is a run downwards, to the place `bottom`
    output logic [6:0] top,
    output logic [6:0] bottom
);
  localparam logic [8:0] ONE_TURN = 9'(SIZE);
  localparam logic [8:0] TWO_TURNS = 9'(2 * SIZE);
  localparam logic [8:0] HALF = 9'(SIZE / 2);
  localparam logic HAS_OPPOSITE = SIZE % 2 == 0;  // there is a place at distance HALF both ways

  // Places count on over the closing link: the ring is unrolled to three turns, and the packet
  // enters in the second one. It runs at most from `here` to `highest` and to `lowest`.
  logic [8:0] here;
  logic [8:0] highest;
  logic [8:0] lowest;
  logic opposite_is_up;
  logic [8:0] first_here;  // the rectangle in the turn of `here`
  logic [8:0] last_here;
  logic [8:0] first_next;  // in the next turn
  logic [8:0] last_next;
  logic [8:0] last_up;     // highest place of the rectangle that may be reached upwards
  logic [8:0] last_down;
  logic [8:0] end_up;      // where the runs end
  logic [8:0] end_down;
  logic wraps_up;          // the run crosses the closing link
  logic wraps_down;

  assign opposite_is_up = 9'(from) < HALF ? !from[0] : from[0] ^ HALF[0];
  assign here           = 9'(from) + ONE_TURN;
  assign highest        = here + HALF - 9'(HAS_OPPOSITE && !opposite_is_up);
  assign lowest         = here - HALF + 9'(HAS_OPPOSITE && opposite_is_up);

  assign first_here = 9'(first) + ONE_TURN;
  assign last_here  = 9'(last) + ONE_TURN;
  assign first_next = 9'(first) + TWO_TURNS;
  assign last_next  = 9'(last) + TWO_TURNS;

  assign wraps_up = first_next <= highest;
  assign up       = wraps_up || (last_here > here && first_here <= highest);
  assign last_up  = wraps_up ? last_next : last_here;
  assign end_up   = last_up < highest ? last_up : highest;
  assign top      = 7'(end_up >= TWO_TURNS ? end_up - TWO_TURNS : end_up - ONE_TURN);

  assign wraps_down = 9'(last) >= lowest;
  assign down       = wraps_down || (first_here < here && last_here >= lowest);
  assign last_down  = wraps_down ? 9'(first) : first_here;
  assign end_down   = last_down > lowest ? last_down : lowest;
  assign bottom     = 7'(end_down >= ONE_TURN ? end_down - ONE_TURN : end_down);
endmodule : ring_run

// SPDX-License-Identifier: Apache-2.0
// A large FIFO in a memory that is read a cycle ahead, so that synthesis finds a memory of one read and
// one write port.
// Timing: a word written in cycle c can be read from c + 1 on, if it is kept by then: words count from
// the next cycle on when `keep` is high, and all words that do not count yet are dropped by `undo`.
// `skip` removes that many words from the next cycle on; there must be as many.
module stored_fifo #(
    parameter int WIDTH = 64,
    parameter int DEPTH = 4096
) (
    input  logic                       clock,
    input  logic                       reset,
    input  logic                       write,  // only if `ready`
    input  logic [WIDTH-1:0]           write_data,
    input  logic                       keep,   // all words written so far, with that of this cycle
    input  logic                       undo,
    output logic                       ready,  // there is a free place
    output logic                       valid,  // there is a word that counts
    output logic [WIDTH-1:0]           data,   // the oldest word
    input  logic [$clog2(DEPTH+1)-1:0] skip
);
  localparam int FillBits = $clog2(DEPTH + 1);
  localparam int PlaceBits = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam logic [FillBits:0] Places = (FillBits + 1)'(DEPTH);

  logic [WIDTH-1:0] places[DEPTH];
  logic [PlaceBits-1:0] head;  // place of the oldest word
  logic [FillBits-1:0] fill;   // words that count
  logic [FillBits-1:0] held;   // words that do not count yet

  logic [WIDTH-1:0] read_data;  // of the place that was the head to be
  logic [WIDTH-1:0] new_data;   // written to that place in the same cycle
  logic new_head;

  logic [FillBits:0] after_head;
  logic [FillBits:0] after_tail;
  logic [PlaceBits-1:0] next_head;
  logic [PlaceBits-1:0] tail;
  logic [FillBits-1:0] held_now;

  assign after_head = (FillBits + 1)'(head) + (FillBits + 1)'(skip);
  assign next_head  = PlaceBits'(after_head >= Places ? after_head - Places : after_head);
  assign after_tail = (FillBits + 1)'(head) + (FillBits + 1)'(fill) + (FillBits + 1)'(held);
  assign tail       = PlaceBits'(after_tail >= Places ? after_tail - Places : after_tail);
  assign held_now   = held + FillBits'(write);

  assign ready = (FillBits + 1)'(fill) + (FillBits + 1)'(held) != Places;
  assign valid = fill != '0;
  assign data  = new_head ? new_data : read_data;

  always_ff @(posedge clock) begin
    if (write) places[tail] <= write_data;
    read_data <= places[next_head];
  end

  always_ff @(posedge clock) begin
    if (reset) begin
      head     <= '0;
      fill     <= '0;
      held     <= '0;
      new_head <= 1'b0;
    end else begin
      head     <= next_head;
      fill     <= fill - skip + (keep ? held_now : '0);
      held     <= keep || undo ? '0 : held_now;
      new_head <= write && tail == next_head;
    end
    new_data <= write_data;
  end
endmodule : stored_fifo

// SPDX-License-Identifier: Apache-2.0
// A FIFO of DEPTH words, as each input of a router has one.
// Timing: a word that is written in cycle c can be read from c + LATENCY on, in which it appears at
// `data` with `valid`. The place of a word that is read in cycle c is free from c + 1 on.
module fifo #(
    parameter int WIDTH   = 64,
    parameter int DEPTH   = 4,
    parameter int LATENCY = 1    // at least 1
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             write,  // ignored unless `ready`
    input  logic [WIDTH-1:0] write_data,
    output logic             ready,  // there is a free place
    output logic             empty,  // there is no word, readable or not
    output logic             valid,  // there is a word to read
    output logic [WIDTH-1:0] data,   // the oldest word
    input  logic             read    // ignored unless `valid`
);
  localparam int FILL_BITS = $clog2(DEPTH + 1);
  localparam int PLACE_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam logic [PLACE_BITS-1:0] LAST_PLACE = PLACE_BITS'(DEPTH - 1);

  logic [WIDTH-1:0] places[DEPTH];
  logic [PLACE_BITS-1:0] head;  // place of the oldest word
  logic [PLACE_BITS-1:0] tail;  // place of the next word
  logic [FILL_BITS-1:0] fill;   // words
  logic writes;
  logic reads;

  assign ready  = fill != FILL_BITS'(DEPTH);
  assign empty  = fill == '0;
  assign data   = places[head];
  assign writes = write && ready;
  assign reads  = read && valid;

  always_ff @(posedge clock) begin
    if (reset) begin
      head <= '0;
      tail <= '0;
      fill <= '0;
    end else begin
      if (writes) tail <= tail == LAST_PLACE ? '0 : tail + 1'b1;
      if (reads) head <= head == LAST_PLACE ? '0 : head + 1'b1;
      fill <= fill + FILL_BITS'(writes) - FILL_BITS'(reads);
    end
    if (writes) places[tail] <= write_data;
  end

  if (LATENCY == 1) begin : g_direct
    assign valid = !empty;
  end else begin : g_delayed
    // Words become readable LATENCY - 1 cycles after those of a FIFO with a latency of 1.
    localparam int STAGES = LATENCY - 1;
    logic [STAGES-1:0] written;  // the newest in the lowest bit
    logic [FILL_BITS-1:0] readable;

    assign valid = readable != '0;
    always_ff @(posedge clock) begin
      if (reset) begin
        written  <= '0;
        readable <= '0;
      end else begin
        written  <= STAGES'({written, writes});
        readable <= readable + FILL_BITS'(written[STAGES-1]) - FILL_BITS'(reads);
      end
    end
  end
endmodule : fifo

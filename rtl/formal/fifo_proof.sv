// SPDX-License-Identifier: Apache-2.0
// What fifo.sv must do, for any sequence of writes, reads and resets: it takes a word exactly if it has a
// place, never more than DEPTH, and shows each word once, unchanged, in order, LATENCY cycles after it was
// written or as soon as those before it are read.
// `choose` picks any word that is written; the proof follows that one. The module does not look at data,
// so a narrow word stands for any.
module fifo_proof #(
    parameter int DEPTH   = 4,
    parameter int LATENCY = 1
) (
    input logic       clock,
    input logic       reset,
    input logic       write,
    input logic [1:0] write_data,
    input logic       read,
    input logic       choose
);
  localparam int BITS = $clog2(DEPTH + 1) + 1;
  localparam int AGE_BITS = $clog2(LATENCY + 1);

  logic ready;
  logic empty;
  logic valid;
  logic [1:0] data;

  fifo #(
      .WIDTH  (2),
      .DEPTH  (DEPTH),
      .LATENCY(LATENCY)
  ) dut (
      .clock     (clock),
      .reset     (reset),
      .write     (write),
      .write_data(write_data),
      .ready     (ready),
      .empty     (empty),
      .valid     (valid),
      .data      (data),
      .read      (read)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb if (first) assume (reset);

  // ---- The words that went in and came out, counted outside.
  logic taken;
  logic given;
  logic [BITS-1:0] words;
  logic chosen;  // the word is in the FIFO
  logic [1:0] word;
  logic [BITS-1:0] ahead;  // words before it
  logic [AGE_BITS-1:0] age;  // cycles since it was written, up to LATENCY

  assign taken = write && ready;
  assign given = read && valid;

  always_ff @(posedge clock) begin
    words <= words + BITS'(taken) - BITS'(given);
    if (!chosen) begin
      chosen <= taken && choose;
      word   <= write_data;
      ahead  <= words - BITS'(given);
      age    <= AGE_BITS'(1);
    end else begin
      if (given && ahead == '0) chosen <= 1'b0;
      if (given) ahead <= ahead - 1'b1;
      if (age != AGE_BITS'(LATENCY)) age <= age + 1'b1;
    end
    if (reset) begin
      words  <= '0;
      chosen <= 1'b0;
    end
  end

  // ---- Wires inside, for the invariants that induction needs.
  localparam int FILL_BITS = $clog2(DEPTH + 1);
  localparam int PLACE_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam int STAGES = LATENCY > 1 ? LATENCY - 1 : 1;
  (* hierconn *)wire [PLACE_BITS-1:0] \dut.head ;
  (* hierconn *)wire [PLACE_BITS-1:0] \dut.tail ;
  (* hierconn *)wire [FILL_BITS-1:0] \dut.fill ;
  (* hierconn *)wire [STAGES-1:0] \dut.g_delayed.written ;
  (* hierconn *)wire [FILL_BITS-1:0] \dut.g_delayed.readable ;
  (* hierconn *)wire [1:0] \dut.places[0] ;
  (* hierconn *)wire [1:0] \dut.places[1] ;
  (* hierconn *)wire [1:0] \dut.places[2] ;
  (* hierconn *)wire [1:0] \dut.places[3] ;
  (* hierconn *)wire [1:0] \dut.places[4] ;
  (* hierconn *)wire [1:0] \dut.places[5] ;
  (* hierconn *)wire [1:0] \dut.places[6] ;
  (* hierconn *)wire [1:0] \dut.places[7] ;

  // The place `count` places after `from`.
  function automatic logic [BITS-1:0] place_after(input logic [BITS-1:0] from, input logic [BITS-1:0] count);
    place_after = from + count >= BITS'(DEPTH) ? from + count - BITS'(DEPTH) : from + count;
  endfunction

  logic [2:0] place;  // of the word
  logic [BITS-1:0] unreadable;        // words
  logic [BITS-1:0] unreadable_ahead;  // of those before the word

  assign place = 3'(place_after(BITS'(\dut.head ), ahead));
  always_comb begin
    unreadable       = '0;
    unreadable_ahead = '0;
    if (LATENCY > 1) begin
      for (int i = 0; i < STAGES; i++) begin
        unreadable = unreadable + BITS'(\dut.g_delayed.written [i]);
        if (AGE_BITS'(i) >= age) begin
          unreadable_ahead = unreadable_ahead + BITS'(\dut.g_delayed.written [i]);
        end
      end
    end
  end

  always_comb begin
    if (!first) begin
      never_overflows : assert (words <= BITS'(DEPTH));
      takes_if_place : assert (ready == (words != BITS'(DEPTH)));
      empty_without_words : assert (empty == (words == '0));
      nothing_from_nowhere : assert (!valid || words != '0);
      in_order : assert (!chosen || ahead != '0 || !valid || data == word);
      in_time : assert (!chosen || ahead != '0 || valid == (age == AGE_BITS'(LATENCY)));

      state_places : assert (BITS'(\dut.head ) < BITS'(DEPTH) && BITS'(\dut.fill ) == words &&
                             BITS'(\dut.tail ) == place_after(BITS'(\dut.head ), words));
      state_ahead : assert (!chosen || (ahead < words && age != '0 && age <= AGE_BITS'(LATENCY)));
      state_word_0 : assert (!chosen || place != 3'd0 || \dut.places[0] == word);
      state_word_1 : assert (!chosen || place != 3'd1 || \dut.places[1] == word);
      state_word_2 : assert (!chosen || place != 3'd2 || \dut.places[2] == word);
      state_word_3 : assert (!chosen || place != 3'd3 || \dut.places[3] == word);
      state_word_4 : assert (!chosen || place != 3'd4 || \dut.places[4] == word);
      state_word_5 : assert (!chosen || place != 3'd5 || \dut.places[5] == word);
      state_word_6 : assert (!chosen || place != 3'd6 || \dut.places[6] == word);
      state_word_7 : assert (!chosen || place != 3'd7 || \dut.places[7] == word);
      if (LATENCY > 1) begin
        state_readable : assert (BITS'(\dut.g_delayed.readable ) + unreadable == words);
        state_unreadable : assert (!chosen || (age == AGE_BITS'(LATENCY)
            ? BITS'(\dut.g_delayed.readable ) > ahead
            : BITS'(\dut.g_delayed.readable ) + unreadable_ahead == ahead &&
              \dut.g_delayed.written [age-1'b1]));
      end

      full_and_read : cover (words == BITS'(DEPTH) && given);
      last_of_full : cover (chosen && ahead == BITS'(DEPTH - 1) && age == AGE_BITS'(LATENCY));
      after_all_places : cover (chosen && ahead == '0 && given && word == 2'd2 && BITS'(\dut.head ) == BITS'(DEPTH - 1));
    end
  end
endmodule : fifo_proof

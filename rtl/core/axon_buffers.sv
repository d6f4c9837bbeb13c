// SPDX-License-Identifier: Apache-2.0
// Bitmaps of the axons, in words of WIDTH axons of a group. Packets set axons in one buffer while
// another one is read; they change places at the start of a tick (`swap`). With ticks of fixed
// length and expansion lists there is a third buffer, for lists that end in the next tick.
//
// A word that holds no axon since its buffer was emptied is not `filled` and reads as 0, so that a
// buffer is emptied in one cycle: the one that was read, at `swap`.
module axon_buffers #(
    parameter int GROUP_BITS = 1,
    parameter int AXON_BITS = 1,
    parameter int WIDTH = 1,
    parameter int WORDS = 1,
    parameter int WORD_BITS = 1,
    parameter int BUFFERS = 1,
    parameter int BUFFER_BITS = 1
) (
    input  logic                   clock,
    input  logic                   reset,
    input  logic                   swap,
    // The buffers whose axons are read in the next tick, and in the one after it.
    output logic [BUFFER_BITS-1:0] arriving,
    output logic [BUFFER_BITS-1:0] following,
    // Whether axons are set for the next tick.
    output logic                   waiting,

    input  logic                   set,
    input  logic [BUFFER_BITS-1:0] set_buffer,
    input  logic [GROUP_BITS-1:0]  set_group,
    input  logic [AXON_BITS-1:0]   set_axon,

    // A word of this tick's axons; the read takes no cycle.
    input  logic [GROUP_BITS-1:0]  read_group,
    input  logic [WORD_BITS-1:0]   read_word,
    output logic [WIDTH-1:0]       read_bits
);

  localparam int DEPTH = chip_params::FAN_IN_GROUPS * WORDS;
  localparam int ADDRESS_BITS = core_params::index_bits(DEPTH);
  localparam int PLACE_BITS = core_params::index_bits(BUFFERS * DEPTH);
  localparam int BIT_BITS = core_params::index_bits(WIDTH);

  logic [BUFFERS*DEPTH-1:0] filled;
  logic [BUFFERS-1:0] holds_axons;

  // The buffer that is read in this tick.
  logic [BUFFER_BITS-1:0] current;

  function automatic logic [BUFFER_BITS-1:0] next_buffer(input logic [BUFFER_BITS-1:0] buffer);
    next_buffer = 32'(buffer) == BUFFERS - 1 ? '0 : buffer + 1'b1;
  endfunction

  function automatic logic [PLACE_BITS-1:0] place(input logic [BUFFER_BITS-1:0] buffer,
                                                  input logic [ADDRESS_BITS-1:0] address);
    place = PLACE_BITS'(32'(buffer) * DEPTH + 32'(address));
  endfunction

  assign arriving = next_buffer(current);
  assign following = next_buffer(arriving);
  assign waiting = holds_axons[arriving];

  // Setting an axon.
  logic [ADDRESS_BITS-1:0] set_address;
  logic [PLACE_BITS-1:0] set_place;
  logic [BIT_BITS-1:0] set_bit;
  logic [WIDTH-1:0] set_word;
  logic [WIDTH-1:0] stored_word;
  logic [WIDTH-1:0] set_before;
  assign set_address =
      ADDRESS_BITS'(32'(set_group) * WORDS + 32'(set_axon) / WIDTH);
  assign set_place = place(set_buffer, set_address);
  assign set_bit = BIT_BITS'(32'(set_axon) % WIDTH);
  assign set_before = filled[set_place] ? set_word : '0;

  // Reading.
  logic [PLACE_BITS-1:0] read_place;
  assign read_place = place(current, ADDRESS_BITS'(32'(read_group) * WORDS + 32'(read_word)));
  assign read_bits = filled[read_place] ? stored_word : '0;

  register_file #(
      .WIDTH(WIDTH),
      .DEPTH(BUFFERS * DEPTH),
      .READS(2)
  ) memory (
      .clock,
      .write(set),
      .write_address(set_place),
      .wdata(set_before | (WIDTH'(1) << set_bit)),
      .address({set_place, read_place}),
      .rdata({set_word, stored_word})
  );

  always_ff @(posedge clock) begin
    if (reset) begin
      current <= '0;
      filled <= '0;
      holds_axons <= '0;
    end else begin
      if (swap) begin
        current <= arriving;
        filled[32'(current)*DEPTH +: DEPTH] <= '0;
        holds_axons[current] <= 1'b0;
      end
      if (set) begin
        filled[set_place] <= 1'b1;
        holds_axons[set_buffer] <= 1'b1;
      end
    end
  end

endmodule : axon_buffers

// SPDX-License-Identifier: Apache-2.0
// The sums of the dendrites in a tick. A word of the crossbar memory adds to all lanes of one word
// of sums in a cycle. Words that nothing was added to since `clear` read as 0. The neurons of a
// batch read one sum each, without a cycle.
module dendrite_accumulators #(
    parameter int DENDRITE_BITS = 1,
    parameter int LANES = 1,
    parameter int WORDS = 1,
    parameter int WORD_BITS = 1,
    parameter int STEP_BITS = 1,
    parameter int SUM_BITS = 1,
    parameter int PORTS = 1
) (
    input  logic                           clock,
    input  logic                           reset,
    input  logic                           clear,
    input  logic                           add,
    input  logic [WORD_BITS-1:0]           add_word,
    // Signed, one for each lane.
    input  logic [LANES*STEP_BITS-1:0]     steps,

    input  logic [PORTS*DENDRITE_BITS-1:0] dendrite,
    output logic [PORTS*SUM_BITS-1:0]      sum
);


  localparam int WIDTH = LANES * SUM_BITS;

  logic [WORDS-1:0] filled;

  // The last read port is that of the word which is added to.
  logic [(PORTS+1)*WORD_BITS-1:0] addresses;
  logic [(PORTS+1)*WIDTH-1:0] words;
  assign addresses[PORTS*WORD_BITS +: WORD_BITS] = add_word;

  logic [WIDTH-1:0] old_sums;
  logic [WIDTH-1:0] new_sums;
  assign old_sums = filled[add_word] ? words[PORTS*WIDTH +: WIDTH] : '0;

  function automatic logic [WIDTH-1:0] sums_after(
      input logic [WIDTH-1:0] sums, input logic [LANES*STEP_BITS-1:0] added);
    int i;
    for (i = 0; i < LANES; i++) begin
      sums_after[i*SUM_BITS +: SUM_BITS] = sums[i*SUM_BITS +: SUM_BITS] +
          SUM_BITS'($signed(added[i*STEP_BITS +: STEP_BITS]));
    end
  endfunction

  always @* begin
    new_sums = old_sums;
    if (add) new_sums = sums_after(old_sums, steps);
  end

  register_file #(
      .WIDTH(WIDTH),
      .DEPTH(WORDS),
      .READS(PORTS + 1)
  ) memory (
      .clock,
      .write(add),
      .write_address(add_word),
      .wdata(new_sums),
      .address(addresses),
      .rdata(words)
  );

  always_ff @(posedge clock) begin
    if (reset || clear) filled <= '0;
    else if (add) filled[add_word] <= 1'b1;
  end

  for (genvar n = 0; n < PORTS; n++) begin : read
    logic [31:0] number;
    logic [WORD_BITS-1:0] word_number;
    logic [WIDTH-1:0] word;
    assign number = 32'(dendrite[n*DENDRITE_BITS +: DENDRITE_BITS]);
    assign word_number = WORD_BITS'(number / LANES);
    assign addresses[n*WORD_BITS +: WORD_BITS] = word_number;
    assign word = filled[word_number] ? words[n*WIDTH +: WIDTH] : '0;
    assign sum[n*SUM_BITS +: SUM_BITS] = word[number % LANES * SUM_BITS +: SUM_BITS];
  end

endmodule : dendrite_accumulators

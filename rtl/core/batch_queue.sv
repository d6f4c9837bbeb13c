// SPDX-License-Identifier: Apache-2.0
// Fired batches that wait to be emitted, oldest first. What is pushed in a cycle is at the head in
// the next one if the queue was empty. It is deep enough for all batches that a core can have
// waiting.
module batch_queue #(
    parameter int WIDTH = 8,
    parameter int DEPTH = 2
) (
    input  logic             clock,
    input  logic             reset,
    input  logic             push,
    input  logic [WIDTH-1:0] pushed,
    input  logic             pop,
    output logic             valid,
    output logic [WIDTH-1:0] head
);

  localparam int INDEX_BITS = core_params::index_bits(DEPTH);
  localparam int COUNT_BITS = $clog2(DEPTH + 1);

  logic [INDEX_BITS-1:0] first;
  logic [INDEX_BITS-1:0] free;
  logic [COUNT_BITS-1:0] count;

  function automatic logic [INDEX_BITS-1:0] next_index(input logic [INDEX_BITS-1:0] index);
    next_index = 32'(index) == DEPTH - 1 ? '0 : index + 1'b1;
  endfunction

  assign valid = count != 0;

  register_file #(
      .WIDTH(WIDTH),
      .DEPTH(DEPTH)
  ) entries (
      .clock,
      .write(push),
      .write_address(free),
      .wdata(pushed),
      .address(first),
      .rdata(head)
  );

  always_ff @(posedge clock) begin
    if (reset) begin
      first <= '0;
      free <= '0;
      count <= '0;
    end else begin
      if (push) free <= next_index(free);
      if (pop) first <= next_index(first);
      if (push && !pop) count <= count + 1'b1;
      else if (pop && !push) count <= count - 1'b1;
    end
  end

endmodule : batch_queue

// SPDX-License-Identifier: Apache-2.0
// Counts the free places of the FIFO at the other end of a link, for the router that sends into it.
// Timing: a packet that leaves in cycle c takes its place from c + 1 on. A place that is freed in c
// is seen from c + 1 + CYCLES on. `restart` is for an empty FIFO: all its places are seen at once.
module credit_counter #(
    parameter int PLACES = 4,
    parameter int CYCLES = 0
) (
    input  logic clock,
    input  logic reset,
    input  logic restart,
    input  logic take,      // a packet leaves for the FIFO; only if `available`
    input  logic freed,     // the FIFO frees a place
    output logic available  // the FIFO has a free place
);
  localparam int COUNT_BITS = $clog2(PLACES + 1);

  logic [COUNT_BITS-1:0] count;
  logic seen;

  assign available = count != '0;

  always_ff @(posedge clock) begin
    if (reset || restart) count <= COUNT_BITS'(PLACES);
    else count <= count + COUNT_BITS'(seen) - COUNT_BITS'(take);
  end

  if (CYCLES == 0) begin : g_direct
    assign seen = freed;
  end else begin : g_delayed
    logic [CYCLES-1:0] under_way;  // the newest in the lowest bit

    assign seen = under_way[CYCLES-1];
    always_ff @(posedge clock) begin
      if (reset || restart) under_way <= '0;
      else under_way <= CYCLES'({under_way, freed});
    end
  end
endmodule : credit_counter

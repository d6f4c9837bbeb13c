// SPDX-License-Identifier: Apache-2.0
// What the random numbers of a stochastic core begin with: the region random, and the stream of the
// tick whose work begins, from which each neuron takes a word (neuron_lane.sv).
module random_start (
    input  logic                                  clock,
    input  logic                                  bus_read,
    input  logic                                  bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [core_params::BUS_BITS-1:0]      bus_rdata,

    // The next cycle is the first one of the work of the core's tick number `tick` since reset.
    input  logic                                  begin_work,
    input  logic [core_params::BUS_BITS-1:0]      tick,
    output logic [core_params::BUS_BITS-1:0]      stream
);

  localparam int BUS_BITS = core_params::BUS_BITS;

  logic [BUS_BITS-1:0] seed;
  logic [BUS_BITS-1:0] first_tick;
  logic [BUS_BITS-1:0] next_stream;
  logic [31:0] offset;
  assign offset = 32'(bus_word) * core_params::BUS_BYTES;

  split_mix mix (.seed(seed), .index(first_tick + tick), .word(next_stream));

  always_ff @(posedge clock) begin
    if (bus_write && offset == register_map::RANDOM_SEED_OFFSET) seed <= bus_wdata;
    if (bus_write && offset == register_map::RANDOM_TICK_OFFSET) first_tick <= bus_wdata;
    if (bus_read) bus_rdata <= offset == register_map::RANDOM_SEED_OFFSET ? seed : first_tick;
    if (begin_work) stream <= next_stream;
  end

endmodule : random_start

// SPDX-License-Identifier: Apache-2.0
// The neurons: their slices of the other tables. Neuron n lies in lane n mod LANES, so that a
// batch is read at once. Reads of entries take no cycle.
module neuron_table #(
    parameter int LANES = 1,
    parameter int BATCHES = 1,
    parameter int BATCH_BITS = 1,
    parameter int LANE_BITS = 1
) (
    input  logic                                   clock,
    input  logic                                   bus_read,
    input  logic                                   bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0]  bus_word,
    input  logic [core_params::BUS_BITS-1:0]       bus_wdata,
    output logic [core_params::BUS_BITS-1:0]       bus_rdata,

    // The two words of each neuron of a batch.
    input  logic [BATCH_BITS-1:0]                  batch,
    output logic [LANES*core_params::BUS_BITS-1:0] word0,
    output logic [LANES*core_params::BUS_BITS-1:0] word1,

    // The routes of a neuron.
    input  logic [BATCH_BITS-1:0]                  route_batch,
    input  logic [LANE_BITS-1:0]                   route_lane,
    output logic [core_params::FIELD_BITS-1:0]     first_route,
    output logic [core_params::FIELD_BITS-1:0]     routes
);

  localparam int BUS_BITS = core_params::BUS_BITS;

  // The place of a bus word.
  logic [31:0]           bus_neuron;
  logic                  bus_second;
  logic [BATCH_BITS-1:0] bus_batch;
  logic [LANE_BITS-1:0]  bus_lane;
  assign bus_neuron = 32'(bus_word) / 2;
  assign bus_second = bus_word[0];
  assign bus_batch = BATCH_BITS'(bus_neuron / LANES);
  assign bus_lane = LANE_BITS'(bus_neuron % LANES);

  logic [LANES*BUS_BITS-1:0] read_words;
  logic [LANES*BUS_BITS-1:0] route_words;

  for (genvar l = 0; l < LANES; l++) begin : lane
    logic selected;
    logic [BUS_BITS-1:0] bus_word0;
    logic [BUS_BITS-1:0] bus_word1;
    assign selected = bus_lane == LANE_BITS'(l);

    register_file #(
        .WIDTH(BUS_BITS),
        .DEPTH(BATCHES),
        .READS(2)
    ) first_words (
        .clock,
        .write(bus_write && selected && !bus_second),
        .write_address(bus_batch),
        .wdata(bus_wdata),
        .address({bus_batch, batch}),
        .rdata({bus_word0, word0[l*BUS_BITS +: BUS_BITS]})
    );

    register_file #(
        .WIDTH(BUS_BITS),
        .DEPTH(BATCHES),
        .READS(3)
    ) second_words (
        .clock,
        .write(bus_write && selected && bus_second),
        .write_address(bus_batch),
        .wdata(bus_wdata),
        .address({bus_batch, batch, route_batch}),
        .rdata({bus_word1, word1[l*BUS_BITS +: BUS_BITS], route_words[l*BUS_BITS +: BUS_BITS]})
    );

    assign read_words[l*BUS_BITS +: BUS_BITS] = bus_second ? bus_word1 : bus_word0;
  end

  always_ff @(posedge clock) begin
    if (bus_read) bus_rdata <= read_words[bus_lane*BUS_BITS +: BUS_BITS];
  end

  logic [BUS_BITS-1:0] route_word;
  assign route_word = route_words[route_lane*BUS_BITS +: BUS_BITS];
  assign first_route =
      route_word[register_map::NEURON_FIRST_ROUTE_LSB +: register_map::NEURON_FIRST_ROUTE_BITS];
  assign routes = route_word[register_map::NEURON_ROUTES_LSB +: register_map::NEURON_ROUTES_BITS];

  logic unused;
  assign unused = &{1'b0, route_word};

endmodule : neuron_table

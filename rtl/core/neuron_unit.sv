// SPDX-License-Identifier: Apache-2.0
// FIRE: the neurons of the table, LANES at a time. A batch first gathers, GATHER_CYCLES a dendrite,
// until its neuron with the most dendrites is done, then compares for COMPARE_CYCLES. In its last
// cycle `fired` is high and `levels` tells which thresholds its neurons reach.
module neuron_unit #(
    parameter int DENDRITE_BITS = 1,
    parameter int SUM_BITS = 1,
    parameter int LANES = 1,
    parameter int BATCH_BITS = 1,
    parameter int LANE_COUNT_BITS = 1,
    parameter int NEURON_COUNT_BITS = 1,
    parameter int SPIKE_COUNT_BITS = 1,
    parameter int LEVELS = 1,
    parameter int VALUE_BITS = chip_params::POTENTIAL_BITS,
    parameter int THRESHOLD_BITS = 1,
    parameter int GATHER_INDEX_BITS = 1,
    parameter int THRESHOLD_INDEX_BITS = 1
) (
    input  logic                                      clock,
    input  logic                                      reset,
    // Low: nothing moves.
    input  logic                                      advance,
    // The next cycle is the first one of FIRE. Not high if no neuron is in use.
    input  logic                                      begin_fire,
    input  logic [NEURON_COUNT_BITS-1:0]              neurons_in_use,
    // Of the tick (random_start.sv).
    input  logic [core_params::BUS_BITS-1:0]          stream,

    // Tables and sums, read without a cycle.
    output logic [BATCH_BITS-1:0]                     batch,
    input  logic [LANES*core_params::BUS_BITS-1:0]    word0,
    input  logic [LANES*core_params::BUS_BITS-1:0]    word1,
    output logic [LANES*GATHER_INDEX_BITS-1:0]        gather_index,
    input  logic [LANES*core_params::GATHER_BITS-1:0] gather_entry,
    output logic [LANES*DENDRITE_BITS-1:0]            dendrite,
    input  logic [LANES*SUM_BITS-1:0]                 sum,
    output logic [LANES*LEVELS*THRESHOLD_INDEX_BITS-1:0]
        threshold_index,
    input  logic [LANES*LEVELS*THRESHOLD_BITS-1:0]
        threshold,

    output logic                                      firing,
    // The last cycle of a batch, and of FIRE.
    output logic                                      fired,
    output logic                                      last,
    // In that cycle, the numbers of its neurons and of the thresholds that they reach, otherwise 0.
    output logic [LANE_COUNT_BITS-1:0]                neurons,
    output logic [SPIKE_COUNT_BITS-1:0]               spikes,
    // Of the batch: its first neuron, the thresholds that its neurons reach, and those of them that
    // send packets.
    output logic [NEURON_COUNT_BITS-1:0]              first_neuron,
    output logic [LANES*LEVELS-1:0]                   levels,
    output logic [LANES*LEVELS-1:0]                   sent_levels,
    output logic [LANES*core_params::FIELD_BITS-1:0]  gathers,
    output logic [LANES*core_params::FIELD_BITS-1:0]  thresholds,
    // Sign-extended or cut to 32 bits each.
    output logic [LANES*32-1:0]                       potentials,

    output logic                                      neuron_fault,
    output logic                                      gather_fault,
    output logic                                      sum_fault
);

  localparam int BUS_BITS = core_params::BUS_BITS;
  localparam int FIELD_BITS = core_params::FIELD_BITS;
  localparam int GATHER_BITS = core_params::GATHER_BITS;
  localparam int INDEX_SET_BITS = LEVELS * THRESHOLD_INDEX_BITS;
  localparam int THRESHOLD_SET_BITS = LEVELS * THRESHOLD_BITS;
  localparam int CYCLE_BITS = core_params::index_bits(
      core_params::larger(chip_params::GATHER_CYCLES, chip_params::COMPARE_CYCLES));

  logic [FIELD_BITS-1:0] step;
  logic [CYCLE_BITS-1:0] cycle;

  logic [LANES-1:0] lanes_in_use;
  logic [LANES-1:0] lanes_gathering;
  logic [LANES-1:0] neuron_faults;
  logic [LANES-1:0] gather_faults;
  logic [LANES-1:0] sum_faults;

  logic gathering;
  logic step_ends;
  logic add;
  logic clear;
  logic last_batch;
  assign gathering = lanes_gathering != 0;
  assign step_ends = 32'(cycle) ==
      (gathering ? chip_params::GATHER_CYCLES : chip_params::COMPARE_CYCLES) - 1;
  assign add = advance && firing && gathering && step_ends;
  assign fired = advance && firing && !gathering && step_ends;
  assign last_batch = 32'(first_neuron) + LANES >= 32'(neurons_in_use);
  assign last = fired && last_batch;
  assign clear = begin_fire || fired;

  always_ff @(posedge clock) begin
    if (reset) firing <= 1'b0;
    else if (begin_fire) firing <= 1'b1;
    else if (last) firing <= 1'b0;
  end

  always_ff @(posedge clock) begin
    if (reset || begin_fire) begin
      batch <= '0;
      first_neuron <= '0;
      step <= '0;
      cycle <= '0;
    end else if (fired) begin
      batch <= batch + 1'b1;
      first_neuron <= first_neuron + NEURON_COUNT_BITS'(LANES);
      step <= '0;
      cycle <= '0;
    end else if (add) begin
      step <= step + 1'b1;
      cycle <= '0;
    end else if (advance && firing) begin
      cycle <= cycle + 1'b1;
    end
  end

  for (genvar l = 0; l < LANES; l++) begin : lane
    logic signed [VALUE_BITS-1:0] potential;
    logic [LEVELS-1:0] lane_levels;
    logic has_routes;
    logic [THRESHOLD_BITS-1:0] random;

    assign lanes_in_use[l] = firing && 32'(first_neuron) + l < 32'(neurons_in_use);

    if (chip_params::STOCHASTIC != 0) begin : stochastic
      random_number #(
          .THRESHOLD_BITS(THRESHOLD_BITS)
      ) number (
          .stream, .neuron(BUS_BITS'(first_neuron) + BUS_BITS'(l)), .value(random));
    end else begin : deterministic
      assign random = '0;
    end

    neuron_lane #(
        .DENDRITE_BITS(DENDRITE_BITS),
        .SUM_BITS(SUM_BITS),
        .LEVELS(LEVELS),
        .VALUE_BITS(VALUE_BITS),
        .THRESHOLD_BITS(THRESHOLD_BITS),
        .GATHER_INDEX_BITS(GATHER_INDEX_BITS),
        .THRESHOLD_INDEX_BITS(THRESHOLD_INDEX_BITS)
    ) neuron (
        .clock,
        .word0(word0[l*BUS_BITS +: BUS_BITS]),
        .word1(word1[l*BUS_BITS +: BUS_BITS]),
        .in_use(lanes_in_use[l]),
        .step,
        .add,
        .clear,
        .gathering(lanes_gathering[l]),
        .gather_index(gather_index[l*GATHER_INDEX_BITS +: GATHER_INDEX_BITS]),
        .gather_entry(gather_entry[l*GATHER_BITS +: GATHER_BITS]),
        .dendrite(dendrite[l*DENDRITE_BITS +: DENDRITE_BITS]),
        .sum(sum[l*SUM_BITS +: SUM_BITS]),
        .threshold_index(threshold_index[l*INDEX_SET_BITS +: INDEX_SET_BITS]),
        .threshold(threshold[l*THRESHOLD_SET_BITS +: THRESHOLD_SET_BITS]),
        .random,
        .levels(lane_levels),
        .has_routes,
        .gathers(gathers[l*FIELD_BITS +: FIELD_BITS]),
        .thresholds(thresholds[l*FIELD_BITS +: FIELD_BITS]),
        .potential,
        .neuron_fault(neuron_faults[l]),
        .gather_fault(gather_faults[l]),
        .sum_fault(sum_faults[l])
    );

    assign levels[l*LEVELS +: LEVELS] = lane_levels;
    assign sent_levels[l*LEVELS +: LEVELS] = has_routes ? lane_levels : '0;
    assign potentials[l*32 +: 32] = 32'(potential);
  end

  logic [LANES-1:0] fired_lanes;
  logic [LANES*LEVELS-1:0] fired_levels;
  assign fired_lanes = fired ? lanes_in_use : '0;
  assign fired_levels = fired ? levels : '0;
  bit_count #(.WIDTH(LANES)) count_neurons (.bits(fired_lanes), .count(neurons));
  bit_count #(.WIDTH(LANES * LEVELS)) count_spikes (.bits(fired_levels), .count(spikes));

  assign neuron_fault = advance && neuron_faults != 0;
  assign gather_fault = gather_faults != 0;
  assign sum_fault = sum_faults != 0;

  if (chip_params::STOCHASTIC == 0) begin : no_stream
    logic unused;
    assign unused = &{1'b0, stream};
  end

endmodule : neuron_unit

// SPDX-License-Identifier: Apache-2.0
// One neuron of a batch: adds its dendrites, one a step, and compares the potential, or a random
// number, with its thresholds. An entry that names anything outside the other tables is a fault,
// and the neuron is then empty.
module neuron_lane #(
    parameter int DENDRITE_BITS = 1,
    parameter int SUM_BITS = 1,
    parameter int LEVELS = 1,
    parameter int VALUE_BITS = chip_params::POTENTIAL_BITS,
    parameter int THRESHOLD_BITS = 1,
    parameter int GATHER_INDEX_BITS = 1,
    parameter int THRESHOLD_INDEX_BITS = 1
) (
    input  logic                                   clock,
    // The neuron's two words in the table, and whether there is such a neuron.
    input  logic [core_params::BUS_BITS-1:0]       word0,
    input  logic [core_params::BUS_BITS-1:0]       word1,
    input  logic                                   in_use,

    // Number of the gather, and the cycle in which it is added.
    input  logic [core_params::FIELD_BITS-1:0]     step,
    input  logic                                   add,
    // The next cycle is the first one of a batch.
    input  logic                                   clear,
    // A dendrite is left to be added.
    output logic                                   gathering,

    output logic [GATHER_INDEX_BITS-1:0]           gather_index,
    input  logic [core_params::GATHER_BITS-1:0]    gather_entry,
    output logic [DENDRITE_BITS-1:0]               dendrite,
    input  logic [SUM_BITS-1:0]                    sum,
    output logic [LEVELS*THRESHOLD_INDEX_BITS-1:0] threshold_index,
    input  logic [LEVELS*THRESHOLD_BITS-1:0]       threshold,
    // Compared in place of the potential on a stochastic chip.
    input  logic [THRESHOLD_BITS-1:0]              random,

    // Bit i: threshold i is reached.
    output logic [LEVELS-1:0]                      levels,
    output logic                                   has_routes,
    output logic [core_params::FIELD_BITS-1:0]     gathers,
    output logic [core_params::FIELD_BITS-1:0]     thresholds,
    output logic signed [VALUE_BITS-1:0]           potential,
    output logic                                   neuron_fault,
    output logic                                   gather_fault,
    output logic                                   sum_fault
);

  localparam int FIELD_BITS = core_params::FIELD_BITS;
  localparam int POTENTIAL_BITS = chip_params::POTENTIAL_BITS;

  // The entry.
  logic [FIELD_BITS-1:0] first_gather;
  logic [FIELD_BITS-1:0] first_threshold;
  logic [FIELD_BITS-1:0] first_route;
  logic [FIELD_BITS-1:0] entry_gathers;
  logic [FIELD_BITS-1:0] entry_thresholds;
  logic [FIELD_BITS-1:0] entry_routes;
  logic valid;
  assign first_gather = word0[register_map::NEURON_FIRST_GATHER_LSB +: FIELD_BITS];
  assign entry_gathers = word0[register_map::NEURON_GATHERS_LSB +: FIELD_BITS];
  assign first_threshold = word0[register_map::NEURON_FIRST_THRESHOLD_LSB +: FIELD_BITS];
  assign entry_thresholds = word0[register_map::NEURON_THRESHOLDS_LSB +: FIELD_BITS];
  assign first_route = word1[register_map::NEURON_FIRST_ROUTE_LSB +: FIELD_BITS];
  assign entry_routes = word1[register_map::NEURON_ROUTES_LSB +: FIELD_BITS];
  assign valid =
      32'(first_gather) + 32'(entry_gathers) <= chip_params::TERNARY_DENDRITES &&
      32'(first_threshold) + 32'(entry_thresholds) <= chip_params::MAX_THRESHOLDS &&
      32'(entry_thresholds) <= LEVELS &&
      32'(first_route) + 32'(entry_routes) <= chip_params::ROUTE_ENTRIES;
  assign neuron_fault = in_use && !valid;
  assign gathers = in_use && valid ? entry_gathers : '0;
  assign thresholds = in_use && valid ? entry_thresholds : '0;
  assign has_routes = entry_routes != 0;

  // Gather.
  logic entry_valid;
  logic [31:0] entry_dendrite;
  logic [31:0] shift;
  assign gathering = step < gathers;
  assign gather_index =
      gathering ? GATHER_INDEX_BITS'(first_gather + step) : '0;
  assign entry_dendrite = 32'(gather_entry[register_map::GATHER_DENDRITE_LSB +:
                                           register_map::GATHER_DENDRITE_BITS]);
  if (chip_params::WEIGHT_PLANES > 1) begin : shifted
    assign shift = 32'(gather_entry[register_map::GATHER_SHIFT_LSB +:
                                    register_map::GATHER_SHIFT_BITS]);
  end else begin : unshifted
    assign shift = '0;
  end
  assign entry_valid =
      entry_dendrite < chip_params::TERNARY_DENDRITES && shift < chip_params::WEIGHT_PLANES;
  assign dendrite = entry_valid ? DENDRITE_BITS'(entry_dendrite) : '0;
  assign gather_fault = add && gathering && !entry_valid;

  logic signed [VALUE_BITS-1:0] addend;
  logic signed [VALUE_BITS-1:0] next_potential;
  assign addend = entry_valid ? VALUE_BITS'($signed(sum)) <<< shift : VALUE_BITS'($signed(sum));
  assign next_potential = potential + addend;

  always_ff @(posedge clock) begin
    if (clear) potential <= '0;
    else if (add && gathering) potential <= next_potential;
  end

  // A value fits if all bits from the sign bit of POTENTIAL_BITS on are equal.
  logic [VALUE_BITS-POTENTIAL_BITS:0] addend_top;
  logic [VALUE_BITS-POTENTIAL_BITS:0] potential_top;
  assign addend_top = addend[VALUE_BITS-1:POTENTIAL_BITS-1];
  assign potential_top = next_potential[VALUE_BITS-1:POTENTIAL_BITS-1];
  assign sum_fault = add && gathering &&
      ((addend_top != '0 && addend_top != '1) || (potential_top != '0 && potential_top != '1));

  // Compare.
  localparam int COMPARED_BITS = chip_params::STOCHASTIC != 0
      ? THRESHOLD_BITS : core_params::larger(VALUE_BITS, THRESHOLD_BITS);
  logic signed [COMPARED_BITS-1:0] compared;
  if (chip_params::STOCHASTIC != 0) begin : stochastic
    assign compared = $signed(random);
  end else begin : deterministic
    assign compared = COMPARED_BITS'(potential);
    logic unused;
    assign unused = &{1'b0, random};
  end
  for (genvar i = 0; i < LEVELS; i++) begin : level
    logic compares;
    assign compares = FIELD_BITS'(i) < thresholds;
    assign threshold_index[i*THRESHOLD_INDEX_BITS +: THRESHOLD_INDEX_BITS] =
        compares ? THRESHOLD_INDEX_BITS'(first_threshold + FIELD_BITS'(i)) : '0;
    assign levels[i] = compares && compared >=
        COMPARED_BITS'($signed(threshold[i*THRESHOLD_BITS +: THRESHOLD_BITS]));
  end

  logic unused;
  assign unused = &{1'b0, word1, gather_entry};

endmodule : neuron_lane

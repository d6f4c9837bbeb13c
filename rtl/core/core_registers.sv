// SPDX-License-Identifier: Apache-2.0
// Control and status registers and event counters. Counters count in the cycle of the event.
module core_registers #(
    parameter int WEIGHT_COUNT_BITS = 1,
    parameter int LANE_COUNT_BITS = 1,
    parameter int NEURON_COUNT_BITS = 1,
    parameter int SPIKE_COUNT_BITS = 1,
    parameter int AXON_WRITE_BITS = 1
) (
    input  logic                                  clock,
    input  logic                                  reset,
    // Regions control, status and counters.
    input  logic                                  control_read,
    input  logic                                  control_write,
    input  logic                                  status_read,
    input  logic                                  counters_read,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [core_params::BUS_BITS-1:0]      bus_rdata,

    output logic                                  enabled,
    // Bit g: group g is in use.
    output logic [chip_params::FAN_IN_GROUPS-1:0] groups_in_use,
    output logic [NEURON_COUNT_BITS-1:0]          neurons_in_use,
    // A register names more groups or neurons than the core has; then none is in use.
    output logic                                  invalid,

    // State.
    input  logic                                  waiting,
    input  logic                                  fault,

    // Events of a cycle.
    input  logic                                  count_tick,
    input  logic                                  count_scan_word,
    input  logic                                  count_row_word,
    input  logic [WEIGHT_COUNT_BITS-1:0]          synaptic_operations,
    input  logic [AXON_WRITE_BITS-1:0]            axon_writes,
    input  logic [LANE_COUNT_BITS-1:0]            neuron_updates,
    input  logic [SPIKE_COUNT_BITS-1:0]           spikes,
    input  logic                                  count_packet,

    output logic [core_params::BUS_BITS-1:0]      ticks
);

  localparam int BUS_BITS = core_params::BUS_BITS;
  localparam int GROUPS = chip_params::FAN_IN_GROUPS;

  // Registers.
  logic [BUS_BITS-1:0] groups;
  logic [BUS_BITS-1:0] neurons;
  logic [31:0] offset;
  logic bus_enable;
  assign offset = 32'(bus_word) * core_params::BUS_BYTES;
  assign bus_enable = bus_wdata[0];

  always_ff @(posedge clock) begin
    if (reset) begin
      enabled <= 1'b0;
      groups <= '0;
      neurons <= '0;
    end else if (control_write) begin
      if (offset == register_map::CORE_CONTROL_ENABLE) enabled <= bus_enable;
      if (offset == register_map::CORE_CONTROL_GROUPS) groups <= bus_wdata;
      if (offset == register_map::CORE_CONTROL_NEURONS) neurons <= bus_wdata;
    end
  end

  logic groups_valid;
  logic neurons_valid;
  assign groups_valid = groups <= BUS_BITS'(GROUPS);
  assign neurons_valid = neurons <= BUS_BITS'(chip_params::MAX_NEURONS);
  assign invalid = !groups_valid || !neurons_valid;
  assign neurons_in_use = neurons_valid ? NEURON_COUNT_BITS'(neurons) : '0;
  for (genvar g = 0; g < GROUPS; g++) begin : in_use
    assign groups_in_use[g] = groups_valid && BUS_BITS'(g) < groups;
  end

  logic [BUS_BITS-1:0] state;
  assign state = (enabled ? BUS_BITS'(register_map::CORE_STATE_ENABLED) : '0) |
      (waiting ? BUS_BITS'(register_map::CORE_STATE_WAITING) : '0) |
      (fault ? BUS_BITS'(register_map::CORE_STATE_FAULT) : '0);

  // Counters.
  logic [BUS_BITS-1:0] scan_words;
  logic [BUS_BITS-1:0] row_word_reads;
  logic [BUS_BITS-1:0] synaptic_operation_count;
  logic [BUS_BITS-1:0] axon_write_count;
  logic [BUS_BITS-1:0] neuron_update_count;
  logic [BUS_BITS-1:0] spike_count;
  logic [BUS_BITS-1:0] packets;

  always_ff @(posedge clock) begin
    if (reset) begin
      ticks <= '0;
      scan_words <= '0;
      row_word_reads <= '0;
      synaptic_operation_count <= '0;
      axon_write_count <= '0;
      neuron_update_count <= '0;
      spike_count <= '0;
      packets <= '0;
    end else begin
      ticks <= ticks + BUS_BITS'(count_tick);
      scan_words <= scan_words + BUS_BITS'(count_scan_word);
      row_word_reads <= row_word_reads + BUS_BITS'(count_row_word);
      synaptic_operation_count <= synaptic_operation_count + BUS_BITS'(synaptic_operations);
      axon_write_count <= axon_write_count + BUS_BITS'(axon_writes);
      neuron_update_count <= neuron_update_count + BUS_BITS'(neuron_updates);
      spike_count <= spike_count + BUS_BITS'(spikes);
      packets <= packets + BUS_BITS'(count_packet);
    end
  end

  // Reads.
  logic [BUS_BITS-1:0] control_word;
  logic [BUS_BITS-1:0] counter;

  always @* begin
    case (offset)
      register_map::CORE_CONTROL_ENABLE: control_word = BUS_BITS'(enabled);
      register_map::CORE_CONTROL_GROUPS: control_word = groups;
      register_map::CORE_CONTROL_NEURONS: control_word = neurons;
      default: control_word = '0;
    endcase
  end

  always @* begin
    case (offset)
      register_map::CORE_COUNTER_TICKS: counter = ticks;
      register_map::CORE_COUNTER_SCAN_WORDS: counter = scan_words;
      register_map::CORE_COUNTER_ROW_WORD_READS: counter = row_word_reads;
      register_map::CORE_COUNTER_SYNAPTIC_OPERATIONS: counter = synaptic_operation_count;
      register_map::CORE_COUNTER_AXON_WRITES: counter = axon_write_count;
      register_map::CORE_COUNTER_NEURON_UPDATES: counter = neuron_update_count;
      register_map::CORE_COUNTER_SPIKES: counter = spike_count;
      register_map::CORE_COUNTER_PACKETS: counter = packets;
      default: counter = '0;
    endcase
  end

  always_ff @(posedge clock) begin
    if (control_read) bus_rdata <= control_word;
    else if (status_read) bus_rdata <= state;
    else if (counters_read) bus_rdata <= counter;
  end

endmodule : core_registers

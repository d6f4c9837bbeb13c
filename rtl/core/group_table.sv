// SPDX-License-Identifier: Apache-2.0
// The groups of axons: their dendrites and numbers of axons. Reads of an entry take no cycle. An
// entry that lies outside the crossbar, or is not in use, reads as an empty group.
module group_table #(
    parameter int GROUP_BITS = 1
) (
    input  logic                                  clock,
    input  logic                                  reset,
    input  logic                                  bus_read,
    input  logic                                  bus_write,
    input  logic [core_params::BUS_WORD_BITS-1:0] bus_word,
    input  logic [core_params::BUS_BITS-1:0]      bus_wdata,
    output logic [core_params::BUS_BITS-1:0]      bus_rdata,

    // Bit g: group g is in use.
    input  logic [chip_params::FAN_IN_GROUPS-1:0] in_use,
    // Groups that take any cycle of a tick.
    output logic [chip_params::FAN_IN_GROUPS-1:0] occupied,
    // A group in use lies outside the crossbar.
    output logic                                  invalid,

    // The group that is integrated.
    input  logic [GROUP_BITS-1:0]                 group,
    output logic [core_params::FIELD_BITS-1:0]    first_dendrite,
    output logic [core_params::FIELD_BITS-1:0]    dendrites,
    output logic [core_params::FIELD_BITS-1:0]    axons,
    // The group that follows it.
    input  logic [GROUP_BITS-1:0]                 next_group,
    output logic [core_params::FIELD_BITS-1:0]    next_first_dendrite,
    // The group of a packet; it may not exist.
    input  logic [core_params::FIELD_BITS-1:0]    packet_group,
    output logic [core_params::FIELD_BITS-1:0]    packet_group_axons
);

  localparam int GROUPS = chip_params::FAN_IN_GROUPS;
  localparam int FIELD_BITS = core_params::FIELD_BITS;

  logic [core_params::BUS_BITS-1:0] entries [0:GROUPS-1];
  // Of the entries: whether they lie inside the crossbar, and whether they take any cycle there.
  logic [GROUPS-1:0] fits;
  logic [GROUPS-1:0] takes_cycles;
  logic [GROUPS-1:0] valid;

  // What is written.
  logic [GROUP_BITS-1:0] bus_group;
  logic [FIELD_BITS-1:0] new_first_dendrite;
  logic [FIELD_BITS-1:0] new_dendrites;
  logic [FIELD_BITS-1:0] new_axons;
  logic                  new_fits;
  logic                  new_takes_cycles;

  assign bus_group = GROUP_BITS'(bus_word);
  assign new_first_dendrite = bus_wdata[register_map::GROUP_FIRST_DENDRITE_LSB +: FIELD_BITS];
  assign new_dendrites = bus_wdata[register_map::GROUP_DENDRITES_LSB +: FIELD_BITS];
  assign new_axons = bus_wdata[register_map::GROUP_AXONS_LSB +: FIELD_BITS];
  assign new_fits =
      32'(new_first_dendrite) + 32'(new_dendrites) <= chip_params::TERNARY_DENDRITES &&
      32'(new_axons) <= chip_params::AXONS;
  assign new_takes_cycles =
      new_axons != 0 && (chip_params::ROWS_OF_DENDRITES == 0 || new_dendrites != 0);

  always_ff @(posedge clock) begin
    if (bus_write) entries[bus_group] <= bus_wdata;
    if (bus_read) bus_rdata <= entries[bus_group];
  end

  always_ff @(posedge clock) begin
    if (reset) begin
      fits <= '1;
      takes_cycles <= '0;
    end else if (bus_write) begin
      fits[bus_group] <= new_fits;
      takes_cycles[bus_group] <= new_takes_cycles;
    end
  end

  assign valid = in_use & fits;
  assign occupied = valid & takes_cycles;
  assign invalid = (in_use & ~fits) != 0;

  logic [core_params::BUS_BITS-1:0] entry;
  logic [core_params::BUS_BITS-1:0] next_entry;
  logic [core_params::BUS_BITS-1:0] packet_entry;

  assign entry = valid[group] ? entries[group] : '0;
  assign first_dendrite = entry[register_map::GROUP_FIRST_DENDRITE_LSB +: FIELD_BITS];
  assign dendrites = entry[register_map::GROUP_DENDRITES_LSB +: FIELD_BITS];
  assign axons = entry[register_map::GROUP_AXONS_LSB +: FIELD_BITS];

  assign next_entry = entries[next_group];
  assign next_first_dendrite = next_entry[register_map::GROUP_FIRST_DENDRITE_LSB +: FIELD_BITS];

  logic exists;
  logic [GROUP_BITS-1:0] packet_index;
  assign packet_index = GROUP_BITS'(packet_group);
  assign exists = 32'(packet_group) < GROUPS && valid[packet_index];
  assign packet_entry = exists ? entries[packet_index] : '0;
  assign packet_group_axons = packet_entry[register_map::GROUP_AXONS_LSB +: FIELD_BITS];

  logic unused;
  assign unused = &{1'b0, bus_word, entry, next_entry, packet_entry};

endmodule : group_table

// SPDX-License-Identifier: Apache-2.0
// Packets from the router. A packet that departs in cycle s (in_valid and in_ready) arrives at a =
// s + ROUTER_LINK_CYCLES. A plain packet sets its axon in the cycle before. Entry j of a list, from
// 1, is due at a + j * WRITE_CYCLES; it is set two cycles before, since the next packet may arrive
// with the last one. A list arrives with its last entry. The port is busy for ROUTER_LINK_CYCLES,
// and for the cycles of all writes, from the departure on.
//
// With ticks of fixed length, a packet of another parity than the tick in which it arrives is late.
// A list that arrives in the next tick is set in that tick's buffer from its first entry on.
module input_port #(
    parameter int BUFFER_BITS = 1,
    parameter int LIST_BITS = 1,
    parameter int AXON_WRITE_BITS = 1
) (
    input  logic                                clock,
    input  logic                                reset,
    // Low: nothing moves.
    input  logic                                advance,
    input  logic                                enabled,
    // A tick starts with the next cycle; the parity of the present one.
    input  logic                                tick_start,
    input  logic                                parity,

    input  logic                                in_valid,
    input  logic [core_params::PACKET_BITS-1:0] in_packet,
    output logic                                in_ready,

    // Expansion table, read without a cycle.
    output logic                                find_list,
    output logic [core_params::FIELD_BITS-1:0]  list_start,
    input  logic [LIST_BITS-1:0]                list_length,
    output logic [core_params::FIELD_BITS-1:0]  entry_index,
    input  logic [core_params::FIELD_BITS-1:0]  entry_group,
    input  logic [core_params::FIELD_BITS-1:0]  entry_axon,

    // The axon of this cycle: its group, and the axons that the group has.
    output logic [core_params::FIELD_BITS-1:0]  group,
    output logic [core_params::FIELD_BITS:0]    axon,
    input  logic [core_params::FIELD_BITS-1:0]  group_axons,
    // It is set, in one of the two buffers that are not read in this tick; it comes from a list.
    output logic                                set,
    output logic [BUFFER_BITS-1:0]              set_buffer,
    output logic                                set_by_list,
    input  logic [BUFFER_BITS-1:0]              arriving,
    input  logic [BUFFER_BITS-1:0]              following,
    // Axons set by the packets that arrive.
    output logic [AXON_WRITE_BITS-1:0]          axon_writes,

    output logic                                receiving,
    // Bit p: after this cycle, a packet of parity p has not arrived yet.
    output logic [1:0]                          waiting_next,
    // Number of late packets that arrive.
    output logic [1:0]                          late,
    output logic                                axon_fault,
    output logic                                list_fault,
    output logic                                parity_fault
);

  localparam int LINK_CYCLES = chip_params::ROUTER_LINK_CYCLES;
  localparam int WRITE_CYCLES = chip_params::WRITE_CYCLES;
  localparam int TICK_CYCLES = chip_params::TICK_CYCLES;
  localparam int ENTRIES = chip_params::EXPANSION_ENTRIES;
  localparam int FIELD_BITS = core_params::FIELD_BITS;
  localparam int PACKET_BITS = core_params::PACKET_BITS;
  // An axon with a level added.
  localparam int AXON_BITS = FIELD_BITS + 1;
  // Cycles that a list takes.
  localparam int LIST_CYCLE_BITS = $clog2(core_params::larger(ENTRIES, 1) * WRITE_CYCLES + 1);

  // Departure.
  localparam int PORT_BITS =
      $clog2(core_params::larger(LINK_CYCLES, ENTRIES * WRITE_CYCLES) + 1);
  logic [PORT_BITS-1:0] port_cycles;
  logic [31:0] list_cycles;
  logic departs;
  logic in_expanded;
  assign in_ready = advance && port_cycles == 0;
  assign departs = in_valid && in_ready;
  assign in_expanded = in_packet[register_map::PACKET_EXPANDED_LSB] &&
      in_packet[register_map::PACKET_KIND_LSB +: register_map::PACKET_KIND_BITS] ==
      register_map::PACKET_KIND_BITS'(register_map::PACKET_KIND_CORE);
  assign find_list = departs && in_expanded;
  assign list_start = in_packet[register_map::PACKET_ENTRY_LSB +: FIELD_BITS];
  assign list_fault = find_list && list_length == 0;
  assign list_cycles = find_list ? 32'(list_length) * WRITE_CYCLES : '0;

  always_ff @(posedge clock) begin
    if (reset) port_cycles <= '0;
    else if (departs) port_cycles <= PORT_BITS'(
        (list_cycles > LINK_CYCLES ? list_cycles : LINK_CYCLES) - 1);
    else if (advance && port_cycles != 0) port_cycles <= port_cycles - 1'b1;
  end

  // Link. `arrives` is high in the cycle before a packet, or a list's first cycle, arrives.
  logic arrives;
  logic [PACKET_BITS-1:0] packet;
  logic packet_expanded;
  logic [LIST_BITS-1:0] packet_length;
  logic on_link;
  logic [1:0] on_link_next;
  if (LINK_CYCLES == 1) begin : short_link
    assign arrives = departs;
    assign packet = in_packet;
    assign packet_expanded = in_expanded;
    assign packet_length = list_length;
    assign on_link = 1'b0;
    assign on_link_next = '0;
  end else begin : long_link
    localparam int CYCLE_BITS = $clog2(LINK_CYCLES);
    logic [CYCLE_BITS-1:0] cycles_left;
    logic stays;
    assign on_link = cycles_left != 0;
    assign arrives = advance && 32'(cycles_left) == 1;
    always_ff @(posedge clock) begin
      if (reset) cycles_left <= '0;
      else if (departs) cycles_left <= CYCLE_BITS'(LINK_CYCLES - 1);
      else if (advance && on_link) cycles_left <= cycles_left - 1'b1;
      if (departs) begin
        packet <= in_packet;
        packet_expanded <= in_expanded;
        packet_length <= list_length;
      end
    end
    assign stays = on_link && !arrives;
    for (genvar p = 0; p < 2; p++) begin : of_parity
      assign on_link_next[p] =
          (stays && packet[register_map::PACKET_PARITY_LSB] == 1'(p)) ||
          (departs && in_packet[register_map::PACKET_PARITY_LSB] == 1'(p));
    end
  end

  // Arrival.
  logic packet_parity;
  logic begins_list;
  logic begins_late;
  logic is_late;
  logic is_dropped;
  assign packet_parity = packet[register_map::PACKET_PARITY_LSB];
  assign begins_list = arrives && packet_expanded && packet_length != 0;
  // Of a disabled core any packet is a fault, in whatever tick.
  assign is_late = enabled && packet_parity != (parity ^ begins_late);
  assign is_dropped = is_late && chip_params::LATE_DROP != 0;
  assign parity_fault = TICK_CYCLES == 0 && arrives && is_late;

  // The axon of a plain packet.
  logic packet_sets;
  logic [FIELD_BITS-1:0] packet_group;
  logic [FIELD_BITS-1:0] packet_axon;
  assign packet_sets = arrives && !packet_expanded && !is_dropped;
  assign packet_group = FIELD_BITS'(
      packet[register_map::PACKET_GROUP_LSB +: register_map::PACKET_GROUP_BITS]);
  assign packet_axon = packet[register_map::PACKET_AXON_LSB +: FIELD_BITS];

  // The list.
  logic list_sets;
  logic [AXON_BITS-1:0] list_axon;
  logic [BUFFER_BITS-1:0] list_buffer;
  logic list_arrives;
  logic list_late;
  logic [LIST_BITS-1:0] list_writes;
  logic in_list;
  logic [1:0] in_list_next;

  if (ENTRIES != 0) begin : lists

    // The list that is written. Its last entries are written before its last cycles.
    logic [LIST_CYCLE_BITS-1:0] cycles_left;
    logic [LIST_BITS-1:0] entries_left;
    logic [FIELD_BITS-1:0] entry;
    logic [register_map::PACKET_LEVEL_BITS-1:0] level;
    logic [BUFFER_BITS-1:0] buffer;
    logic list_parity;
    logic dropped;
    logic writes;
    logic [FIELD_BITS-1:0] packet_entry;
    logic [register_map::PACKET_LEVEL_BITS-1:0] packet_level;
    logic [register_map::PACKET_LEVEL_BITS-1:0] write_level;
    logic write_dropped;

    assign packet_entry = packet[register_map::PACKET_ENTRY_LSB +: FIELD_BITS];
    assign packet_level =
        packet[register_map::PACKET_LEVEL_LSB +: register_map::PACKET_LEVEL_BITS];

    if (WRITE_CYCLES == 1) begin : writes_at_once
      // The first entry is written in the cycle `begins_list`.
      assign writes = begins_list || (advance && entries_left != 0);
      assign entry_index = begins_list ? packet_entry : entry;
      assign write_level = begins_list ? packet_level : level;
      assign write_dropped = begins_list ? is_dropped : dropped;
      assign list_buffer = begins_list ? (begins_late ? following : arriving) : buffer;
      always_ff @(posedge clock) begin
        if (reset) entries_left <= '0;
        else if (begins_list) entries_left <= packet_length - 1'b1;
        else if (writes) entries_left <= entries_left - 1'b1;
        if (writes) entry <= entry_index + 1'b1;
      end
    end else begin : writes_with_pauses
      localparam int PAUSE_BITS = $clog2(WRITE_CYCLES);
      logic [PAUSE_BITS-1:0] pause;
      assign writes = advance && entries_left != 0 && pause == 0;
      assign entry_index = entry;
      assign write_level = level;
      assign write_dropped = dropped;
      assign list_buffer = buffer;
      always_ff @(posedge clock) begin
        if (reset) entries_left <= '0;
        else if (begins_list) entries_left <= packet_length;
        else if (writes) entries_left <= entries_left - 1'b1;
        if (begins_list) entry <= packet_entry;
        else if (writes) entry <= entry + 1'b1;
        if (begins_list) pause <= PAUSE_BITS'(WRITE_CYCLES - 2);
        else if (writes) pause <= PAUSE_BITS'(WRITE_CYCLES - 1);
        else if (advance && pause != 0) pause <= pause - 1'b1;
      end
    end

    always_ff @(posedge clock) begin
      if (reset) begin
        cycles_left <= '0;
      end else if (begins_list) begin
        cycles_left <= LIST_CYCLE_BITS'(32'(packet_length) * WRITE_CYCLES);
      end else if (advance && in_list) begin
        cycles_left <= cycles_left - 1'b1;
      end
      if (begins_list) begin
        level <= packet_level;
        buffer <= begins_late ? following : arriving;
        list_parity <= packet_parity;
        list_late <= is_late;
        dropped <= is_dropped;
      end
    end

    always_ff @(posedge clock) begin
      if (begins_list) list_writes <= LIST_BITS'(set && set_by_list);
      else if (set && set_by_list) list_writes <= list_writes + 1'b1;
    end

    assign list_sets = writes && !write_dropped;
    assign list_axon = AXON_BITS'(entry_axon) + AXON_BITS'(write_level);
    assign in_list = cycles_left != 0;
    assign list_arrives = advance && 32'(cycles_left) == 1;
    for (genvar p = 0; p < 2; p++) begin : of_parity
      assign in_list_next[p] =
          (in_list && !list_arrives && list_parity == 1'(p)) ||
          (begins_list && packet_parity == 1'(p));
    end

    if (TICK_CYCLES != 0) begin : fixed_ticks
      // Number of the cycle in its tick.
      localparam int CYCLE_BITS = $clog2(TICK_CYCLES + 1);
      logic [CYCLE_BITS-1:0] cycle;
      always_ff @(posedge clock) begin
        if (reset || tick_start) cycle <= '0;
        else if (advance) cycle <= cycle + 1'b1;
      end
      assign begins_late = begins_list &&
          32'(cycle) + 1 + 32'(packet_length) * WRITE_CYCLES > TICK_CYCLES;
    end else begin : barrier_ticks
      assign begins_late = 1'b0;
      logic unused;
      assign unused = &{1'b0, tick_start, following};
    end

  end else begin : no_lists
    assign begins_late = 1'b0;
    assign entry_index = '0;
    assign list_sets = 1'b0;
    assign list_axon = '0;
    assign list_buffer = '0;
    assign list_arrives = 1'b0;
    assign list_late = 1'b0;
    assign list_writes = '0;
    assign in_list = 1'b0;
    assign in_list_next = '0;
    logic unused;
    assign unused = &{1'b0, tick_start, following, entry_axon};
  end

  // The axon of this cycle.
  logic sets;
  assign sets = packet_sets || list_sets;
  assign set_by_list = list_sets;
  assign group = list_sets ? entry_group : packet_group;
  assign axon = list_sets ? list_axon : AXON_BITS'(packet_axon);
  assign set = sets && enabled && axon < AXON_BITS'(group_axons);
  assign axon_fault = sets && !set;
  assign set_buffer = list_sets ? list_buffer : arriving;

  assign axon_writes = AXON_WRITE_BITS'(set && !set_by_list) +
      (list_arrives ? AXON_WRITE_BITS'(list_writes) : '0);
  assign late = TICK_CYCLES != 0
      ? 2'(arrives && !begins_list && is_late) + 2'(list_arrives && list_late) : '0;
  assign receiving = on_link || in_list;
  assign waiting_next = on_link_next | in_list_next;

  logic unused;
  assign unused = &{1'b0, packet};

endmodule : input_port

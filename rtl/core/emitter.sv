// SPDX-License-Identifier: Apache-2.0
// EMIT: sends the packets of the fired batches, in the order of neurons, of levels, and of each
// neuron's routes. A batch that fires in a cycle has its first packet at the output in the next
// one. A packet leaves in a cycle with `out_valid` and `out_ready`, the next one EMIT_CYCLES later
// or after that.
module emitter #(
    parameter int LANES = 1,
    parameter int BATCHES = 1,
    parameter int BATCH_BITS = 1,
    parameter int LANE_BITS = 1,
    parameter int LEVELS = 1,
    parameter int LEVEL_BITS = 1,
    parameter int ROUTE_INDEX_BITS = 1
) (
    input  logic                                clock,
    input  logic                                reset,
    // Low: nothing moves.
    input  logic                                advance,
    // A tick starts with the next cycle, and the time since the last packet no longer counts.
    input  logic                                restart,

    // A batch of the tick with this parity has fired; `levels` are those that send packets.
    input  logic                                fired,
    input  logic                                parity,
    input  logic [BATCH_BITS-1:0]               batch,
    input  logic [LANES*LEVELS-1:0]             levels,

    // Tables, read without a cycle.
    output logic [BATCH_BITS-1:0]               route_batch,
    output logic [LANE_BITS-1:0]                route_lane,
    input  logic [core_params::FIELD_BITS-1:0]  first_route,
    input  logic [core_params::FIELD_BITS-1:0]  routes,
    output logic [ROUTE_INDEX_BITS-1:0]         route_index,
    input  logic [core_params::PACKET_BITS-1:0] route,

    output logic                                out_valid,
    output logic [core_params::PACKET_BITS-1:0] out_packet,
    input  logic                                out_ready,

    output logic                                sending,
    // Bit p: after this cycle, a packet of parity p is left.
    output logic [1:0]                          waiting_next,
    output logic                                sent,
    output logic                                route_fault
);

  localparam int FIELD_BITS = core_params::FIELD_BITS;
  localparam int PACKET_BITS = core_params::PACKET_BITS;
  localparam int CYCLE_BITS = core_params::index_bits(chip_params::EMIT_CYCLES);
  // With ticks of fixed length, batches of two ticks can wait.
  localparam int DEPTH = BATCHES * (chip_params::TICK_CYCLES != 0 ? 2 : 1);
  localparam int COUNT_BITS = $clog2(DEPTH + 1);

  // The oldest batch.
  logic push;
  logic pop;
  logic head_valid;
  logic head_parity;
  logic [LANES*LEVELS-1:0] head_levels;
  assign push = fired && levels != 0;

  batch_queue #(
      .WIDTH(1 + BATCH_BITS + LANES * LEVELS),
      .DEPTH(DEPTH)
  ) queue (
      .clock,
      .reset,
      .push,
      .pushed({parity, batch, levels}),
      .pop,
      .valid(head_valid),
      .head({head_parity, route_batch, head_levels})
  );

  // The next packet: the first level that has not sent all its packets, and the route.
  logic [LANES*LEVELS-1:0] done;
  logic [LANES*LEVELS-1:0] left;
  logic [LANES*LEVELS-1:0] level_bit;
  logic [LANES-1:0] lanes_left;
  logic [LEVELS-1:0] levels_left;
  logic [LEVEL_BITS-1:0] level;
  logic [FIELD_BITS-1:0] number;
  logic any_lane;
  logic any_level;
  assign left = head_levels & ~done;
  for (genvar l = 0; l < LANES; l++) begin : lane
    assign lanes_left[l] = left[l*LEVELS +: LEVELS] != 0;
    assign level_bit[l*LEVELS +: LEVELS] =
        route_lane == LANE_BITS'(l) ? LEVELS'(1) << level : '0;
  end
  find_first #(.WIDTH(LANES)) find_lane (
      .bits(lanes_left), .found(any_lane), .index(route_lane));
  assign levels_left = left[32'(route_lane)*LEVELS +: LEVELS];
  find_first #(.WIDTH(LEVELS)) find_level (
      .bits(levels_left), .found(any_level), .index(level));
  assign route_index = ROUTE_INDEX_BITS'(first_route + number);

  // Its packet: the level is added to the axon, to the output, or to the level of an axon list.
  logic to_cores;
  logic to_host;
  logic expanded;
  logic [PACKET_BITS-1:0] packet;
  assign to_cores = route[register_map::PACKET_KIND_LSB +: register_map::PACKET_KIND_BITS] ==
      register_map::PACKET_KIND_BITS'(register_map::PACKET_KIND_CORE);
  assign to_host = route[register_map::PACKET_KIND_LSB +: register_map::PACKET_KIND_BITS] ==
      register_map::PACKET_KIND_BITS'(register_map::PACKET_KIND_HOST);
  assign expanded = to_cores && route[register_map::PACKET_EXPANDED_LSB];
  assign packet = route + (expanded
      ? PACKET_BITS'(level) << register_map::PACKET_LEVEL_LSB : PACKET_BITS'(level));
  for (genvar i = 0; i < PACKET_BITS; i++) begin : bits
    assign out_packet[i] = i == register_map::PACKET_PARITY_LSB ? head_parity : packet[i];
  end

  // Whether there is such a place, and the level fits its field.
  logic in_grid;
  logic single;
  logic fits;
  logic routable;
  logic [31:0] x0;
  logic [31:0] y0;
  logic [31:0] x1;
  logic [31:0] y1;
  logic [31:0] sent_output;
  logic [31:0] sent_level;
  logic [31:0] sent_axon;
  assign x0 = 32'(route[register_map::PACKET_X0_LSB +: register_map::PACKET_X0_BITS]);
  assign y0 = 32'(route[register_map::PACKET_Y0_LSB +: register_map::PACKET_Y0_BITS]);
  assign x1 = 32'(route[register_map::PACKET_X1_LSB +: register_map::PACKET_X1_BITS]);
  assign y1 = 32'(route[register_map::PACKET_Y1_LSB +: register_map::PACKET_Y1_BITS]);
  assign in_grid =
      x0 <= x1 && y0 <= y1 && x1 < chip_params::COLUMNS && y1 < chip_params::ROWS;
  assign single = x0 == x1 && y0 == y1;

  assign sent_output = 32'(level) +
      32'(route[register_map::PACKET_OUTPUT_LSB +: register_map::PACKET_OUTPUT_BITS]);
  assign sent_level = 32'(level) +
      32'(route[register_map::PACKET_LEVEL_LSB +: register_map::PACKET_LEVEL_BITS]);
  assign sent_axon = 32'(level) +
      32'(route[register_map::PACKET_AXON_LSB +: register_map::PACKET_AXON_BITS]);

  always @* begin
    if (to_host) fits = sent_output < 1 << register_map::PACKET_OUTPUT_BITS;
    else if (expanded) fits = sent_level < 1 << register_map::PACKET_LEVEL_BITS;
    else fits = sent_axon < 1 << register_map::PACKET_AXON_BITS;
  end
  assign routable = fits &&
      (to_host || (to_cores && in_grid && (single || chip_params::MULTICAST != 0)));

  // A packet that cannot be routed is a fault, and is not sent.
  logic [CYCLE_BITS-1:0] wait_cycles;
  logic due;
  logic taken;
  logic level_ends;
  assign due = advance && head_valid && wait_cycles == 0;
  assign out_valid = due && routable;
  assign route_fault = due && !routable;
  assign sent = out_valid && out_ready;
  assign taken = sent || route_fault;
  assign level_ends = taken && 32'(number) + 1 == 32'(routes);
  assign pop = level_ends && (left & ~level_bit) == 0;
  assign sending = head_valid;

  always_ff @(posedge clock) begin
    if (reset) begin
      done <= '0;
      number <= '0;
    end else if (pop) begin
      done <= '0;
      number <= '0;
    end else if (level_ends) begin
      done <= done | level_bit;
      number <= '0;
    end else if (taken) begin
      number <= number + 1'b1;
    end
  end

  always_ff @(posedge clock) begin
    if (reset || restart) wait_cycles <= '0;
    else if (sent) wait_cycles <= CYCLE_BITS'(chip_params::EMIT_CYCLES - 1);
    else if (advance && wait_cycles != 0) wait_cycles <= wait_cycles - 1'b1;
  end

  // Waiting batches by parity.
  for (genvar p = 0; p < 2; p++) begin : of_parity
    logic [COUNT_BITS-1:0] count;
    logic [COUNT_BITS-1:0] next_count;
    assign next_count = count + COUNT_BITS'(push && parity == 1'(p)) -
        COUNT_BITS'(pop && head_parity == 1'(p));
    assign waiting_next[p] = next_count != 0;
    always_ff @(posedge clock) begin
      if (reset) count <= '0;
      else count <= next_count;
    end
  end

  logic unused;
  assign unused = &{1'b0, any_lane, any_level};

endmodule : emitter

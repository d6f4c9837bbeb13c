// SPDX-License-Identifier: Apache-2.0
// A core: scans the axons that packets set in the last tick, reads the crossbar, fires neurons and
// sends their packets (docs/timing.md, "Core"), and receives the packets of this tick.
//
// State at the start of a cycle is what the registers hold after its clock edge; what a cycle does
// is written at the edge that ends it. `tick_start` is high in the last cycle before a tick's cycle
// 0. While `hold` is high nothing moves but the configuration port, and a tick can still start.
//
// Fault codes, of the first cause:
//   1  the register GROUPS or NEURONS names more than the core has
//   2  a group in use lies outside the crossbar
//   3  a neuron's entry names anything outside the other tables
//   4  an entry of the gather table names a dendrite or a shift that does not exist
//   5  a dendrite's sum, after its shift, or a step of a gather does not fit POTENTIAL_BITS
//   6  a packet of the routing table cannot be routed, or its level does not fit
//   7  a packet arrived for an axon that does not exist, or while the core is disabled
//   8  a packet named an axon list that has no end
//   9  a packet of another tick arrived, with ticks that a barrier ends
//  10  a tick started before all axons of the one before were read
module core (
    input  logic                                         clock,
    input  logic                                         reset,
    // The memories are clear.
    output logic                                         ready,

    // Configuration: a bus word a cycle. The result of an access is there in its cycle (0 ok, 1 not
    // mapped, 2 read-only), the data of a read in the next one.
    input  logic                                         config_valid,
    input  logic                                         config_write,
    input  logic [core_params::REGION_BITS-1:0]          config_region,
    input  logic [core_params::OFFSET_BITS-1:0]          config_offset,
    input  logic [core_params::BUS_BITS-1:0]             config_wdata,
    output logic [core_params::BUS_BITS-1:0]             config_rdata,
    output logic [1:0]                                   config_result,

    // Ticks. `tick_late` counts with `tick_start`: packets of the tick before are left on the
    // board, so that the time since the core's last packet counts on.
    input  logic                                         tick_start,
    input  logic                                         tick_parity,
    input  logic                                         tick_late,
    input  logic                                         hold,
    output logic                                         enabled,
    // SCAN or READ; SCAN, READ or FIRE; any work of a tick left to be done or packet to be sent.
    output logic                                         integrating,
    output logic                                         firing,
    output logic                                         busy,
    // A packet is on the link to the core, or a list of axons is being written.
    output logic                                         receiving,
    // What the next cycle begins with if no tick starts. While a tick has started whose work has
    // not begun, `integrating_next` and `firing_next` are high too. Bit p of `waiting_next`: a
    // packet of parity p is to be sent, or is on its way into the core. `fault_next`: a fault,
    // apart from those of a tick that starts.
    output logic                                         integrating_next,
    output logic                                         firing_next,
    output logic [1:0]                                   waiting_next,
    output logic                                         fault_next,

    // Packets from the router, at their departure.
    input  logic                                         in_valid,
    input  logic [core_params::PACKET_BITS-1:0]          in_packet,
    output logic                                         in_ready,
    // Packets into the router's FIFO.
    output logic                                         out_valid,
    output logic [core_params::PACKET_BITS-1:0]          out_packet,
    input  logic                                         out_ready,

    // With ticks of fixed length: number of late packets that arrive in this cycle, at most a plain
    // one and a list.
    output logic [1:0]                                   late,
    output logic                                         fault,
    output logic [core_params::FAULT_BITS-1:0]           fault_code,

    // For observers; nothing in the core depends on these. The values count in the cycle of the
    // pulse.
    output logic                                         activity_scan,
    // The last cycle of a word: its row (an axon or a dendrite) and the nonzero synapses it drives.
    output logic                                         activity_read,
    output logic [7:0]                                   activity_group,
    output logic [15:0]                                  activity_row,
    output logic [31:0]                                  activity_nonzeros,
    output logic                                         activity_axon_write,
    output logic                                         activity_axon_expanded,
    output logic [7:0]                                   activity_axon_group,
    output logic [15:0]                                  activity_axon,
    // The last cycle of a batch of neurons.
    output logic                                         activity_fire,
    output logic [15:0]                                  activity_first_neuron,
    output logic [chip_params::NEURONS_PER_CYCLE*chip_params::THRESHOLDS_PER_DENDRITE-1:0]
        activity_levels,
    output logic [chip_params::NEURONS_PER_CYCLE*16-1:0] activity_gathers,
    output logic [chip_params::NEURONS_PER_CYCLE*16-1:0] activity_thresholds,
    output logic [chip_params::NEURONS_PER_CYCLE*32-1:0] activity_potentials
);

  localparam int REGIONS = core_params::REGIONS;
  localparam int BUS_BITS = core_params::BUS_BITS;
  localparam int BUS_BYTES = core_params::BUS_BYTES;
  localparam int FIELD_BITS = core_params::FIELD_BITS;

  // The tables: all regions that are cleared after reset.
  localparam int GATHER_WORDS = register_map::CORE_REGION_GATHER_BYTES / BUS_BYTES;
  localparam int THRESHOLD_WORDS = register_map::CORE_REGION_THRESHOLDS_BYTES / BUS_BYTES;
  localparam int EXPANSION_WORDS = register_map::CORE_REGION_EXPANSION_BYTES / BUS_BYTES;
  localparam int LARGEST_TABLE_WORDS = core_params::largest(
      core_params::largest(register_map::CORE_REGION_PLUS_PLANE_BYTES / BUS_BYTES,
                           register_map::CORE_REGION_GROUPS_BYTES / BUS_BYTES,
                           register_map::CORE_REGION_NEURONS_BYTES / BUS_BYTES),
      core_params::largest(GATHER_WORDS, THRESHOLD_WORDS, EXPANSION_WORDS),
      core_params::largest(register_map::CORE_REGION_ROUTES_BYTES / BUS_BYTES,
                           register_map::CORE_REGION_RANDOM_BYTES / BUS_BYTES, 0));

  // Groups of axons and their dendrites.
  localparam int GROUP_BITS = core_params::index_bits(chip_params::FAN_IN_GROUPS);
  localparam int AXON_BITS = core_params::index_bits(chip_params::AXONS);
  localparam int DENDRITE_BITS = core_params::index_bits(chip_params::TERNARY_DENDRITES);

  // Axon buffers: words that are scanned, or that mask a word of a dendrite's row, in one cycle. A
  // chip with ticks of fixed length and expansion lists has a third buffer (axon_buffers.sv).
  localparam int BUFFER_WIDTH = core_params::smaller(
      chip_params::ROWS_OF_DENDRITES != 0 ? chip_params::WORD_BITS : chip_params::SCAN_AXONS,
      chip_params::AXONS);
  localparam int BUFFER_WORDS = core_params::ceil_div(chip_params::AXONS, BUFFER_WIDTH);
  localparam int BUFFER_WORD_BITS = core_params::index_bits(BUFFER_WORDS);
  localparam int BUFFERS =
      chip_params::TICK_CYCLES != 0 && chip_params::EXPANSION_ENTRIES != 0 ? 3 : 2;
  localparam int BUFFER_BITS = core_params::index_bits(BUFFERS);

  // Crossbar memory: rows of axons or of physical columns, in words of WORD_BITS bits a plane.
  localparam int PLANES = chip_params::COLUMNS_PER_DENDRITE == 1 ? 2 : 1;
  localparam int CROSSBAR_ROWS =
      chip_params::ROWS_OF_DENDRITES != 0 ? chip_params::DENDRITES : chip_params::AXONS;
  localparam int ROW_LENGTH =
      chip_params::ROWS_OF_DENDRITES != 0 ? chip_params::AXONS : chip_params::DENDRITES;
  localparam int ROW_BITS = core_params::index_bits(CROSSBAR_ROWS);
  localparam int ROW_WORDS = core_params::ceil_div(ROW_LENGTH, chip_params::WORD_BITS);
  localparam int ROW_WORD_BITS = core_params::index_bits(ROW_WORDS);
  // Bits of a word that hold weights: a row can be shorter than a word.
  localparam int READ_BITS = core_params::smaller(chip_params::WORD_BITS, ROW_LENGTH);
  // Whether plus and minus bit of a ternary weight come from different words.
  localparam int SEPARATE_PAIR = chip_params::COLUMNS_PER_DENDRITE == 2 &&
      (chip_params::ROWS_OF_DENDRITES != 0 || chip_params::WORD_BITS == 1) ? 1 : 0;

  // Dendrite accumulators: those that a word of the crossbar memory feeds lie in one word.
  localparam int SUM_LANES = chip_params::ROWS_OF_DENDRITES != 0 || SEPARATE_PAIR != 0 ? 1
      : core_params::smaller(chip_params::WORD_BITS / chip_params::COLUMNS_PER_DENDRITE,
                chip_params::TERNARY_DENDRITES);
  localparam int SUM_WORDS = core_params::ceil_div(chip_params::TERNARY_DENDRITES, SUM_LANES);
  localparam int SUM_WORD_BITS = core_params::index_bits(SUM_WORDS);
  // What a word adds to a dendrite: -1, 0 or 1, or as many as a word has axons.
  localparam int STEP_BITS =
      chip_params::ROWS_OF_DENDRITES != 0 ? $clog2(READ_BITS + 1) + 1 : 2;
  // Weights that a word holds, of one dendrite or of several.
  localparam int WEIGHTS = chip_params::ROWS_OF_DENDRITES != 0 ? READ_BITS : SUM_LANES;
  localparam int WEIGHT_COUNT_BITS = $clog2(WEIGHTS + 1);
  // Every group can drive a dendrite with all its axons.
  localparam int SUM_BITS = $clog2(chip_params::AXONS * chip_params::FAN_IN_GROUPS + 1) + 1;

  // Neuron unit. Potentials have the width that the largest sum of a gather can need; the check
  // against POTENTIAL_BITS is separate.
  localparam int NEURON_LANES =
      core_params::smaller(chip_params::NEURONS_PER_CYCLE, chip_params::MAX_NEURONS);
  localparam int BATCHES = core_params::ceil_div(chip_params::MAX_NEURONS, NEURON_LANES);
  localparam int BATCH_BITS = core_params::index_bits(BATCHES);
  localparam int LANE_BITS = core_params::index_bits(NEURON_LANES);
  localparam int LANE_COUNT_BITS = $clog2(NEURON_LANES + 1);
  localparam int NEURON_COUNT_BITS = $clog2(chip_params::MAX_NEURONS + 1);
  localparam int LEVELS = chip_params::THRESHOLDS_PER_DENDRITE;
  localparam int LEVEL_BITS = core_params::index_bits(LEVELS);
  localparam int SPIKE_COUNT_BITS = $clog2(NEURON_LANES * LEVELS + 1);
  localparam int SHIFTED_BITS = SUM_BITS + chip_params::WEIGHT_PLANES - 1;
  localparam int VALUE_BITS = core_params::larger(
      SHIFTED_BITS + $clog2(chip_params::TERNARY_DENDRITES), chip_params::POTENTIAL_BITS);
  localparam int THRESHOLD_BITS = register_map::THRESHOLD_BYTES * 8;
  localparam int GATHER_INDEX_BITS =
      core_params::index_bits(GATHER_WORDS * BUS_BITS / core_params::GATHER_BITS);
  localparam int THRESHOLD_INDEX_BITS =
      core_params::index_bits(THRESHOLD_WORDS * BUS_BITS / THRESHOLD_BITS);

  // Emitter and input port.
  localparam int ROUTE_INDEX_BITS = core_params::index_bits(chip_params::ROUTE_ENTRIES);
  localparam int ENTRY_INDEX_BITS =
      core_params::index_bits(EXPANSION_WORDS * BUS_BITS / core_params::EXPANSION_BITS);
  localparam int LIST_BITS = $clog2(core_params::larger(chip_params::EXPANSION_ENTRIES, 1) + 1);
  // Axons that arrive in a cycle: with a list that ends, and with a plain packet.
  localparam int AXON_WRITE_BITS = $clog2(chip_params::EXPANSION_ENTRIES + 2);

  logic advance;
  logic begins_tick;
  assign advance = !hold;
  assign begins_tick = tick_start && enabled;

  // Configuration.
  logic [REGIONS-1:0] region_read;
  logic [REGIONS-1:0] region_write;
  logic [core_params::BUS_WORD_BITS-1:0] bus_word;
  logic [BUS_BITS-1:0] bus_wdata;
  logic [REGIONS*BUS_BITS-1:0] region_rdata;

  config_port #(
      .LARGEST_TABLE_WORDS(LARGEST_TABLE_WORDS)
  ) config_port (
      .clock,
      .reset,
      .ready,
      .valid(config_valid),
      .write(config_write),
      .region(config_region),
      .offset(config_offset),
      .wdata(config_wdata),
      .rdata(config_rdata),
      .result(config_result),
      .region_read,
      .region_write,
      .region_word(bus_word),
      .region_wdata(bus_wdata),
      .region_rdata
  );

  // Registers and counters.
  logic [chip_params::FAN_IN_GROUPS-1:0] groups_in_use;
  logic [NEURON_COUNT_BITS-1:0] neurons_in_use;
  logic control_invalid;
  logic axons_waiting;
  logic scanning;
  logic reading;
  logic add;
  logic [WEIGHT_COUNT_BITS-1:0] nonzeros;
  logic [AXON_WRITE_BITS-1:0] axon_writes;
  logic batch_fired;
  logic [LANE_COUNT_BITS-1:0] batch_neurons;
  logic [SPIKE_COUNT_BITS-1:0] batch_spikes;
  logic [NEURON_LANES*LEVELS-1:0] batch_levels;
  logic packet_sent;
  logic [BUS_BITS-1:0] ticks;
  logic [BUS_BITS-1:0] registers_rdata;

  core_registers #(
      .WEIGHT_COUNT_BITS(WEIGHT_COUNT_BITS),
      .LANE_COUNT_BITS(LANE_COUNT_BITS),
      .NEURON_COUNT_BITS(NEURON_COUNT_BITS),
      .SPIKE_COUNT_BITS(SPIKE_COUNT_BITS),
      .AXON_WRITE_BITS(AXON_WRITE_BITS)
  ) registers (
      .clock,
      .reset,
      .control_read(region_read[register_map::CORE_REGION_CONTROL]),
      .control_write(region_write[register_map::CORE_REGION_CONTROL]),
      .status_read(region_read[register_map::CORE_REGION_STATUS]),
      .counters_read(region_read[register_map::CORE_REGION_COUNTERS]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(registers_rdata),
      .enabled,
      .groups_in_use,
      .neurons_in_use,
      .invalid(control_invalid),
      .waiting(axons_waiting),
      .fault,
      .count_tick(begins_tick),
      .count_scan_word(scanning && advance),
      .count_row_word(add),
      .synaptic_operations(nonzeros),
      .axon_writes,
      .neuron_updates(batch_neurons),
      .spikes(batch_spikes),
      .count_packet(packet_sent),
      .ticks
  );

  // Groups of axons.
  logic [chip_params::FAN_IN_GROUPS-1:0] occupied_groups;
  logic group_invalid;
  logic [GROUP_BITS-1:0] group;
  logic [FIELD_BITS-1:0] first_dendrite;
  logic [FIELD_BITS-1:0] dendrites;
  logic [FIELD_BITS-1:0] axons;
  logic [GROUP_BITS-1:0] next_group;
  logic [FIELD_BITS-1:0] next_first_dendrite;
  logic [FIELD_BITS-1:0] packet_group;
  logic [FIELD_BITS-1:0] packet_group_axons;
  logic [BUS_BITS-1:0] groups_rdata;

  group_table #(
      .GROUP_BITS(GROUP_BITS)
  ) groups (
      .clock,
      .reset,
      .bus_read(region_read[register_map::CORE_REGION_GROUPS]),
      .bus_write(region_write[register_map::CORE_REGION_GROUPS]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(groups_rdata),
      .in_use(groups_in_use),
      .occupied(occupied_groups),
      .invalid(group_invalid),
      .group,
      .first_dendrite,
      .dendrites,
      .axons,
      .next_group,
      .next_first_dendrite,
      .packet_group,
      .packet_group_axons
  );

  // The parts of a tick.
  logic begin_work;
  logic begin_fire;
  logic [BUS_BITS-1:0] work_tick;
  logic parity;
  logic fire_parity;
  logic tick_pending;
  logic integrate_last;
  logic neurons_firing;
  logic fire_last;
  logic buffer_fault;

  tick_control ticks_control (
      .clock,
      .reset,
      .tick_start,
      .takes_part(enabled),
      .tick_parity,
      .ticks,
      .has_axons(occupied_groups != 0),
      .has_neurons(neurons_in_use != 0),
      .integrating,
      .integrate_last,
      .firing(neurons_firing),
      .fire_last,
      .begin_work,
      .begin_fire,
      .work_tick,
      .parity,
      .fire_parity,
      .pending(tick_pending),
      .integrating_next,
      .firing_next,
      .buffer_fault
  );

  assign integrating = scanning || reading;
  assign firing = integrating || neurons_firing;

  // SCAN and READ.
  logic [BUFFER_WORD_BITS-1:0] buffer_word;
  logic [BUFFER_WIDTH-1:0] buffer_bits;
  logic crossbar_read;
  logic [ROW_BITS-1:0] read_row;
  logic [ROW_WORD_BITS-1:0] read_row_word;
  logic [ROW_WORD_BITS-1:0] row_word;
  logic minus_half;
  logic [SUM_WORD_BITS-1:0] sum_word;

  if (chip_params::ROWS_OF_DENDRITES != 0) begin : rows_of_dendrites
    logic [DENDRITE_BITS-1:0] dendrite;
    dendrite_row_control #(
        .GROUP_BITS(GROUP_BITS),
        .DENDRITE_BITS(DENDRITE_BITS),
        .ROW_BITS(ROW_BITS),
        .ROW_WORD_BITS(ROW_WORD_BITS)
    ) control (
        .clock,
        .reset,
        .advance,
        .begin_work,
        .occupied(occupied_groups),
        .group,
        .first_dendrite,
        .dendrites,
        .axons,
        .next_group,
        .next_first_dendrite,
        .read(crossbar_read),
        .read_row,
        .read_row_word,
        .reading,
        .add,
        .dendrite,
        .minus_half,
        .row_word,
        .last(integrate_last)
    );
    assign scanning = 1'b0;
    assign buffer_word = BUFFER_WORD_BITS'(row_word);
    assign sum_word = SUM_WORD_BITS'(dendrite);
    assign activity_row = 16'(dendrite);
  end else begin : rows_of_axons
    logic [ROW_BITS-1:0] row;
    axon_row_control #(
        .GROUP_BITS(GROUP_BITS),
        .BUFFER_WIDTH(BUFFER_WIDTH),
        .BUFFER_WORD_BITS(BUFFER_WORD_BITS),
        .ROW_BITS(ROW_BITS),
        .ROW_WORD_BITS(ROW_WORD_BITS)
    ) control (
        .clock,
        .reset,
        .advance,
        .begin_work,
        .occupied(occupied_groups),
        .group,
        .first_dendrite,
        .dendrites,
        .axons,
        .buffer_word,
        .buffer_bits,
        .read(crossbar_read),
        .read_row,
        .read_row_word,
        .scanning,
        .reading,
        .add,
        .row,
        .row_word,
        .last(integrate_last)
    );
    assign next_group = group;
    // A word of one bit holds half a pair.
    assign minus_half = row_word[0];
    assign sum_word =
        SUM_WORD_BITS'(32'(row_word) / (1 + SEPARATE_PAIR));
    assign activity_row = 16'(row);
    logic unused;
    assign unused = &{1'b0, next_first_dendrite};
  end

  logic [BUFFER_BITS-1:0] arriving_buffer;
  logic [BUFFER_BITS-1:0] following_buffer;
  logic axon_set;
  logic [BUFFER_BITS-1:0] axon_buffer;
  logic axon_expanded;
  logic [FIELD_BITS:0] axon;

  axon_buffers #(
      .GROUP_BITS(GROUP_BITS),
      .AXON_BITS(AXON_BITS),
      .WIDTH(BUFFER_WIDTH),
      .WORDS(BUFFER_WORDS),
      .WORD_BITS(BUFFER_WORD_BITS),
      .BUFFERS(BUFFERS),
      .BUFFER_BITS(BUFFER_BITS)
  ) buffers (
      .clock,
      .reset,
      .swap(begins_tick),
      .arriving(arriving_buffer),
      .following(following_buffer),
      .waiting(axons_waiting),
      .set(axon_set),
      .set_buffer(axon_buffer),
      .set_group(GROUP_BITS'(packet_group)),
      .set_axon(AXON_BITS'(axon)),
      .read_group(group),
      .read_word(buffer_word),
      .read_bits(buffer_bits)
  );

  // Crossbar, adders and sums.
  logic [READ_BITS-1:0] plus;
  logic [READ_BITS-1:0] minus;
  logic [SUM_LANES*STEP_BITS-1:0] sum_steps;
  logic [2*BUS_BITS-1:0] crossbar_rdata;
  logic [NEURON_LANES*DENDRITE_BITS-1:0] gathered_dendrite;
  logic [NEURON_LANES*SUM_BITS-1:0] gathered_sum;

  crossbar_memory #(
      .PLANES(PLANES),
      .ROW_BITS(ROW_BITS),
      .ROW_WORDS(ROW_WORDS),
      .ROW_WORD_BITS(ROW_WORD_BITS),
      .READ_BITS(READ_BITS)
  ) crossbar (
      .clock,
      .bus_read({region_read[register_map::CORE_REGION_MINUS_PLANE],
                 region_read[register_map::CORE_REGION_PLUS_PLANE]}),
      .bus_write({region_write[register_map::CORE_REGION_MINUS_PLANE],
                  region_write[register_map::CORE_REGION_PLUS_PLANE]}),
      .bus_word,
      .bus_wdata,
      .bus_rdata(crossbar_rdata),
      .read(crossbar_read),
      .row(read_row),
      .row_word(read_row_word),
      .plus,
      .minus
  );

  crossbar_adders #(
      .BUFFER_WIDTH(BUFFER_WIDTH),
      .ROW_WORD_BITS(ROW_WORD_BITS),
      .READ_BITS(READ_BITS),
      .SEPARATE_PAIR(SEPARATE_PAIR),
      .LANES(SUM_LANES),
      .STEP_BITS(STEP_BITS),
      .WEIGHTS(WEIGHTS),
      .WEIGHT_COUNT_BITS(WEIGHT_COUNT_BITS)
  ) adders (
      .clock,
      .add,
      .plus,
      .minus,
      .minus_half,
      .row_word,
      .first_dendrite,
      .dendrites,
      .axons(buffer_bits),
      .steps(sum_steps),
      .nonzeros
  );

  dendrite_accumulators #(
      .DENDRITE_BITS(DENDRITE_BITS),
      .LANES(SUM_LANES),
      .WORDS(SUM_WORDS),
      .WORD_BITS(SUM_WORD_BITS),
      .STEP_BITS(STEP_BITS),
      .SUM_BITS(SUM_BITS),
      .PORTS(NEURON_LANES)
  ) accumulators (
      .clock,
      .reset,
      .clear(begin_work),
      .add,
      .add_word(sum_word),
      .steps(sum_steps),
      .dendrite(gathered_dendrite),
      .sum(gathered_sum)
  );

  // FIRE.

  logic [BATCH_BITS-1:0] batch;
  logic [BATCH_BITS-1:0] route_batch;
  logic [LANE_BITS-1:0] route_lane;
  logic [NEURON_LANES*BUS_BITS-1:0] neuron_word0;
  logic [NEURON_LANES*BUS_BITS-1:0] neuron_word1;
  logic [FIELD_BITS-1:0] first_route;
  logic [FIELD_BITS-1:0] routes;
  logic [BUS_BITS-1:0] neurons_rdata;
  logic [NEURON_LANES*GATHER_INDEX_BITS-1:0] gather_index;
  logic [NEURON_LANES*core_params::GATHER_BITS-1:0] gather_entry;
  logic [BUS_BITS-1:0] gather_rdata;
  logic [NEURON_LANES*LEVELS*THRESHOLD_INDEX_BITS-1:0] threshold_index;
  logic [NEURON_LANES*LEVELS*THRESHOLD_BITS-1:0] threshold;
  logic [BUS_BITS-1:0] thresholds_rdata;
  logic [BUS_BITS-1:0] stream;
  logic [BUS_BITS-1:0] random_rdata;
  logic [NEURON_COUNT_BITS-1:0] first_neuron;
  logic [NEURON_LANES*LEVELS-1:0] sent_levels;
  logic [NEURON_LANES*FIELD_BITS-1:0] gathers;
  logic [NEURON_LANES*FIELD_BITS-1:0] thresholds;
  logic [NEURON_LANES*32-1:0] potentials;
  logic neuron_fault;
  logic gather_fault;
  logic sum_fault;

  neuron_table #(
      .LANES(NEURON_LANES),
      .BATCHES(BATCHES),
      .BATCH_BITS(BATCH_BITS),
      .LANE_BITS(LANE_BITS)
  ) neurons (
      .clock,
      .bus_read(region_read[register_map::CORE_REGION_NEURONS]),
      .bus_write(region_write[register_map::CORE_REGION_NEURONS]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(neurons_rdata),
      .batch,
      .word0(neuron_word0),
      .word1(neuron_word1),
      .route_batch,
      .route_lane,
      .first_route,
      .routes
  );

  word_table #(
      .WORDS(GATHER_WORDS),
      .ENTRY_BITS(core_params::GATHER_BITS),
      .PORTS(NEURON_LANES),
      .INDEX_BITS(GATHER_INDEX_BITS)
  ) gather_table (
      .clock,
      .bus_read(region_read[register_map::CORE_REGION_GATHER]),
      .bus_write(region_write[register_map::CORE_REGION_GATHER]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(gather_rdata),
      .index(gather_index),
      .entry(gather_entry)
  );

  word_table #(
      .WORDS(THRESHOLD_WORDS),
      .ENTRY_BITS(THRESHOLD_BITS),
      .PORTS(NEURON_LANES * LEVELS),
      .INDEX_BITS(THRESHOLD_INDEX_BITS)
  ) threshold_table (
      .clock,
      .bus_read(region_read[register_map::CORE_REGION_THRESHOLDS]),
      .bus_write(region_write[register_map::CORE_REGION_THRESHOLDS]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(thresholds_rdata),
      .index(threshold_index),
      .entry(threshold)
  );

  if (chip_params::STOCHASTIC != 0) begin : stochastic
    random_start random (
        .clock,
        .bus_read(region_read[register_map::CORE_REGION_RANDOM]),
        .bus_write(region_write[register_map::CORE_REGION_RANDOM]),
        .bus_word,
        .bus_wdata,
        .bus_rdata(random_rdata),
        .begin_work,
        .tick(work_tick),
        .stream
    );
  end else begin : deterministic
    assign random_rdata = '0;
    assign stream = '0;
    logic unused;
    assign unused = &{1'b0, work_tick};
  end

  neuron_unit #(
      .DENDRITE_BITS(DENDRITE_BITS),
      .SUM_BITS(SUM_BITS),
      .LANES(NEURON_LANES),
      .BATCH_BITS(BATCH_BITS),
      .LANE_COUNT_BITS(LANE_COUNT_BITS),
      .NEURON_COUNT_BITS(NEURON_COUNT_BITS),
      .SPIKE_COUNT_BITS(SPIKE_COUNT_BITS),
      .LEVELS(LEVELS),
      .VALUE_BITS(VALUE_BITS),
      .THRESHOLD_BITS(THRESHOLD_BITS),
      .GATHER_INDEX_BITS(GATHER_INDEX_BITS),
      .THRESHOLD_INDEX_BITS(THRESHOLD_INDEX_BITS)
  ) neuron_unit (
      .clock,
      .reset,
      .advance,
      .begin_fire,
      .neurons_in_use,
      .stream,
      .batch,
      .word0(neuron_word0),
      .word1(neuron_word1),
      .gather_index,
      .gather_entry,
      .dendrite(gathered_dendrite),
      .sum(gathered_sum),
      .threshold_index,
      .threshold,
      .firing(neurons_firing),
      .fired(batch_fired),
      .last(fire_last),
      .first_neuron,
      .neurons(batch_neurons),
      .spikes(batch_spikes),
      .levels(batch_levels),
      .sent_levels,
      .gathers,
      .thresholds,
      .potentials,
      .neuron_fault,
      .gather_fault,
      .sum_fault
  );

  // EMIT.
  logic [ROUTE_INDEX_BITS-1:0] route_index;
  logic [core_params::PACKET_BITS-1:0] route;
  logic [BUS_BITS-1:0] routes_rdata;
  logic sending;
  logic [1:0] sending_next;
  logic route_fault;

  word_table #(
      .WORDS(chip_params::ROUTE_ENTRIES),
      .ENTRY_BITS(core_params::PACKET_BITS),
      .PORTS(1),
      .INDEX_BITS(ROUTE_INDEX_BITS)
  ) route_table (
      .clock,
      .bus_read(region_read[register_map::CORE_REGION_ROUTES]),
      .bus_write(region_write[register_map::CORE_REGION_ROUTES]),
      .bus_word,
      .bus_wdata,
      .bus_rdata(routes_rdata),
      .index(route_index),
      .entry(route)
  );

  emitter #(
      .LANES(NEURON_LANES),
      .BATCHES(BATCHES),
      .BATCH_BITS(BATCH_BITS),
      .LANE_BITS(LANE_BITS),
      .LEVELS(LEVELS),
      .LEVEL_BITS(LEVEL_BITS),
      .ROUTE_INDEX_BITS(ROUTE_INDEX_BITS)
  ) emitter (
      .clock,
      .reset,
      .advance,
      .restart(tick_start && !tick_late),
      .fired(batch_fired),
      .parity(fire_parity),
      .batch,
      .levels(sent_levels),
      .route_batch,
      .route_lane,
      .first_route,
      .routes,
      .route_index,
      .route,
      .out_valid,
      .out_packet,
      .out_ready,
      .sending,
      .waiting_next(sending_next),
      .sent(packet_sent),
      .route_fault
  );

  // Packets that arrive.
  logic find_list;
  logic [FIELD_BITS-1:0] list_start;
  logic [LIST_BITS-1:0] list_length;
  logic [FIELD_BITS-1:0] entry_index;
  logic [FIELD_BITS-1:0] entry_group;
  logic [FIELD_BITS-1:0] entry_axon;
  logic [BUS_BITS-1:0] expansion_rdata;
  logic [1:0] arriving_next;
  logic axon_fault;
  logic list_fault;
  logic parity_fault;

  if (chip_params::EXPANSION_ENTRIES != 0) begin : expansion
    expansion_table #(
        .WORDS(EXPANSION_WORDS),
        .INDEX_BITS(ENTRY_INDEX_BITS),
        .LIST_BITS(LIST_BITS)
    ) table_of_lists (
        .clock,
        .reset,
        .bus_read(region_read[register_map::CORE_REGION_EXPANSION]),
        .bus_write(region_write[register_map::CORE_REGION_EXPANSION]),
        .bus_word,
        .bus_wdata,
        .bus_rdata(expansion_rdata),
        .find(find_list),
        .start(list_start),
        .length(list_length),
        .index(ENTRY_INDEX_BITS'(entry_index)),
        .group(entry_group),
        .axon(entry_axon)
    );
    logic unused;
    assign unused = &{1'b0, entry_index};
  end else begin : no_expansion
    assign list_length = '0;
    assign entry_group = '0;
    assign entry_axon = '0;
    assign expansion_rdata = '0;
    logic unused;
    assign unused = &{1'b0, find_list, list_start, entry_index};
  end

  input_port #(
      .BUFFER_BITS(BUFFER_BITS),
      .LIST_BITS(LIST_BITS),
      .AXON_WRITE_BITS(AXON_WRITE_BITS)
  ) input_port (
      .clock,
      .reset,
      .advance,
      .enabled,
      .tick_start,
      .parity,
      .in_valid,
      .in_packet,
      .in_ready,
      .find_list,
      .list_start,
      .list_length,
      .entry_index,
      .entry_group,
      .entry_axon,
      .group(packet_group),
      .axon,
      .group_axons(packet_group_axons),
      .set(axon_set),
      .set_buffer(axon_buffer),
      .set_by_list(axon_expanded),
      .arriving(arriving_buffer),
      .following(following_buffer),
      .axon_writes,
      .receiving,
      .waiting_next(arriving_next),
      .late,
      .axon_fault,
      .list_fault,
      .parity_fault
  );

  assign busy = firing || tick_pending || sending;
  assign waiting_next = sending_next | arriving_next;

  // What a read of the bus returns.
  for (genvar r = 0; r < REGIONS; r++) begin : regions
    logic [BUS_BITS-1:0] rdata;
    if (r == register_map::CORE_REGION_CONTROL || r == register_map::CORE_REGION_STATUS ||
        r == register_map::CORE_REGION_COUNTERS) begin : of_registers
      assign rdata = registers_rdata;
    end else if (r == register_map::CORE_REGION_PLUS_PLANE) begin : of_plus_plane
      assign rdata = crossbar_rdata[0 +: BUS_BITS];
    end else if (r == register_map::CORE_REGION_MINUS_PLANE) begin : of_minus_plane
      assign rdata = crossbar_rdata[BUS_BITS +: BUS_BITS];
    end else if (r == register_map::CORE_REGION_GROUPS) begin : of_groups
      assign rdata = groups_rdata;
    end else if (r == register_map::CORE_REGION_NEURONS) begin : of_neurons
      assign rdata = neurons_rdata;
    end else if (r == register_map::CORE_REGION_GATHER) begin : of_gather
      assign rdata = gather_rdata;
    end else if (r == register_map::CORE_REGION_THRESHOLDS) begin : of_thresholds
      assign rdata = thresholds_rdata;
    end else if (r == register_map::CORE_REGION_ROUTES) begin : of_routes
      assign rdata = routes_rdata;
    end else if (r == register_map::CORE_REGION_EXPANSION) begin : of_expansion
      assign rdata = expansion_rdata;
    end else if (r == register_map::CORE_REGION_RANDOM) begin : of_random
      assign rdata = random_rdata;
    end else begin : of_none
      assign rdata = '0;
    end
    assign region_rdata[r*BUS_BITS +: BUS_BITS] = rdata;
  end

  // Faults, in the order of their codes from the last one on.
  fault_register #(.CAUSES(core_params::FAULT_CAUSES)) faults (
      .clock,
      .reset,
      .causes({
          buffer_fault,
          parity_fault,
          list_fault,
          axon_fault,
          route_fault,
          sum_fault,
          gather_fault,
          neuron_fault,
          begins_tick && group_invalid,
          begins_tick && control_invalid
      }),
      .fault,
      .code(fault_code)
  );

  // What is found when a tick starts is a fault of that tick, not of the one that ends in this
  // cycle.
  assign fault_next = fault || parity_fault || list_fault || axon_fault || route_fault ||
      sum_fault || gather_fault || neuron_fault;

  // Activity.
  assign activity_scan = scanning && advance;
  assign activity_read = add;
  assign activity_group = 8'(group);
  assign activity_nonzeros = 32'(nonzeros);
  assign activity_axon_write = axon_set;
  assign activity_axon_expanded = axon_expanded;
  assign activity_axon_group = 8'(packet_group);
  assign activity_axon = 16'(axon);
  assign activity_fire = batch_fired;
  assign activity_first_neuron = 16'(first_neuron);
  if (NEURON_LANES < chip_params::NEURONS_PER_CYCLE) begin : idle_lanes
    localparam int IDLE = chip_params::NEURONS_PER_CYCLE - NEURON_LANES;
    assign activity_levels = {{(IDLE*LEVELS){1'b0}}, batch_levels};
    assign activity_gathers = {{(IDLE*16){1'b0}}, gathers};
    assign activity_thresholds = {{(IDLE*16){1'b0}}, thresholds};
    assign activity_potentials = {{(IDLE*32){1'b0}}, potentials};
  end else begin : all_lanes
    assign activity_levels = batch_levels;
    assign activity_gathers = gathers;
    assign activity_thresholds = thresholds;
    assign activity_potentials = potentials;
  end

  logic unused;
  assign unused = &{1'b0, region_read, region_write, axon};

endmodule : core

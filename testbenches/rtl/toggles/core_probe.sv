// SPDX-License-Identifier: Apache-2.0
// Counts in each tick of a core's vectors (core_tb) what costs energy, and the bits that really toggle with
// it. Prints a line for each kind of event in a tick: tick, kind, events, toggled bits. A second top beside
// core_tb; it sees the cycle in its middle, when nothing changes.
// For chips with rows of axons and one neuron at a time.
module core_probe;
  localparam int POTENTIAL_BITS = chip_params::POTENTIAL_BITS;
  localparam int WORD_BITS = core_params::smaller(chip_params::WORD_BITS, chip_params::DENDRITES);
  localparam int SCAN_BITS = core_params::smaller(chip_params::SCAN_AXONS, chip_params::AXONS);
  localparam int LANES = core_params::smaller(chip_params::WORD_BITS / chip_params::COLUMNS_PER_DENDRITE,
                                              chip_params::TERNARY_DENDRITES);
  localparam int SUM_BITS = $clog2(chip_params::AXONS * chip_params::FAN_IN_GROUPS + 1) + 1;
  localparam int SUMS_BITS = LANES * SUM_BITS;
  localparam int LEVELS = chip_params::THRESHOLDS_PER_DENDRITE;
  localparam int THRESHOLD_BITS = register_map::THRESHOLD_BYTES * 8;

  longint axon_writes = 0, scans = 0, reads = 0, adds = 0, gathers = 0, compares = 0, routes = 0;
  longint axon_write_bits = 0, scan_bits = 0, read_bits = 0, sum_bits = 0, adder_bits = 0;
  longint gather_bits = 0, compare_bits = 0, route_bits = 0;

  // What was at the output of a memory or adder with the last event.
  logic [SCAN_BITS-1:0] last_scan = 0;
  logic [2*WORD_BITS-1:0] last_word = 0;
  logic [SUMS_BITS-1:0] last_sums = 0;
  logic [LEVELS*POTENTIAL_BITS-1:0] last_differences = 0;
  logic [63:0] last_route = 0;

  // The lowest POTENTIAL_BITS of each sum: those above them only find overflows.
  logic [SUMS_BITS-1:0] counted_bits;
  initial
    for (int i = 0; i < SUMS_BITS; i = i + 1) counted_bits[i] = i % SUM_BITS < POTENTIAL_BITS;

  // The sums that are stored when a word is added: a word that nothing was added to still holds those of an
  // earlier tick, unknown at first.
  wire [SUMS_BITS-1:0] stored = core_tb.dut.accumulators.words[SUMS_BITS+:SUMS_BITS];
  wire [SUMS_BITS-1:0] sums = core_tb.dut.accumulators.new_sums;
  wire [2*WORD_BITS-1:0] word = {core_tb.dut.minus, core_tb.dut.plus};
  wire [SCAN_BITS-1:0] scan = core_tb.dut.buffer_bits;
  wire [SCAN_BITS-1:0] axons_before = core_tb.dut.buffers.set_before;
  wire [SCAN_BITS-1:0] axon = {{(SCAN_BITS - 1) {1'b0}}, 1'b1} << core_tb.dut.buffers.set_bit;
  wire [POTENTIAL_BITS-1:0] potential =
      core_tb.dut.neuron_unit.lane[0].neuron.potential[POTENTIAL_BITS-1:0];
  wire [POTENTIAL_BITS-1:0] next_potential =
      core_tb.dut.neuron_unit.lane[0].neuron.next_potential[POTENTIAL_BITS-1:0];
  wire gathers_now = core_tb.dut.neuron_unit.lane[0].neuron.add &&
      core_tb.dut.neuron_unit.lane[0].neuron.gathering;
  wire [15:0] thresholds = core_tb.dut.activity_thresholds[15:0];
  logic [POTENTIAL_BITS-1:0] difference;

  longint tick = -1;

  task report;
    $display("probe %0d axon_write %0d %0d", tick, axon_writes, axon_write_bits);
    $display("probe %0d scan_word %0d %0d", tick, scans, scan_bits);
    $display("probe %0d row_word_read %0d %0d", tick, reads, read_bits);
    $display("probe %0d accumulate %0d %0d", tick, adds, sum_bits);
    $display("probe %0d accumulate_adder %0d %0d", tick, adds, adder_bits);
    $display("probe %0d gather %0d %0d", tick, gathers, gather_bits);
    $display("probe %0d threshold_compare %0d %0d", tick, compares, compare_bits);
    $display("probe %0d route_read %0d %0d", tick, routes, route_bits);
    axon_writes = 0; scans = 0; reads = 0; adds = 0; gathers = 0; compares = 0; routes = 0;
    axon_write_bits = 0; scan_bits = 0; read_bits = 0; sum_bits = 0; adder_bits = 0;
    gather_bits = 0; compare_bits = 0; route_bits = 0;
  endtask

  always @(negedge core_tb.clock)
    if (core_tb.in_vectors && !core_tb.stopped) begin
      if (core_tb.tick != tick) begin
        if (tick >= 0) report;
        tick = core_tb.tick;
      end
      if (core_tb.dut.activity_axon_write) begin
        axon_writes = axon_writes + 1;
        axon_write_bits = axon_write_bits + 64'($countones(axon & ~axons_before));
      end
      if (core_tb.dut.activity_scan) begin
        scans = scans + 1;
        scan_bits = scan_bits + 64'($countones(scan ^ last_scan));
        last_scan = scan;
      end
      if (core_tb.dut.activity_read) begin
        reads = reads + 1;
        read_bits = read_bits + 64'($countones(word ^ last_word));
        last_word = word;
        adds = adds + 64'(core_tb.dut.activity_nonzeros);
        sum_bits = sum_bits + 64'($countones((stored ^ sums) & counted_bits));
        adder_bits = adder_bits + 64'($countones((last_sums ^ sums) & counted_bits));
        last_sums = sums;
      end
      if (gathers_now) begin
        gathers = gathers + 1;
        gather_bits = gather_bits + 64'($countones(next_potential ^ potential));
      end
      if (core_tb.dut.activity_fire)
        for (int i = 0; i < LEVELS; i = i + 1)
          if (i < 32'(thresholds)) begin
            difference = potential - core_tb.dut.threshold[i*THRESHOLD_BITS+:POTENTIAL_BITS];
            compares = compares + 1;
            compare_bits = compare_bits +
                64'($countones(difference ^ last_differences[i*POTENTIAL_BITS+:POTENTIAL_BITS]));
            last_differences[i*POTENTIAL_BITS+:POTENTIAL_BITS] = difference;
          end
      if (core_tb.dut.packet_sent) begin
        routes = routes + 1;
        route_bits = route_bits + 64'($countones(core_tb.dut.route ^ last_route));
        last_route = core_tb.dut.route;
      end
      if (core_tb.cycle == core_vectors::CYCLES - 1) report;
    end
endmodule

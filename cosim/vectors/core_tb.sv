// SPDX-License-Identifier: Apache-2.0
// Replays the vectors of a core and compares its pins in every cycle: its configuration first, then the
// lines of inputs and expected outputs, each of which holds for a number of cycles (package core_vectors
// has the sizes and the columns). Ends with PASS, or at the first difference with FAIL and a status other
// than 0.
module core_tb;
  localparam int RESET_CYCLES = 4;
  localparam int READY_LIMIT = 1 << 24;  // a core clears its memories after reset, word by word

  localparam int IN_RESET = 0;
  localparam int IN_CLEARING = 1;
  localparam int IN_CONFIGURATION = 2;
  localparam int IN_VECTORS = 3;

  // The files.
  logic [95:0] configuration[0:core_vectors::CONFIG_WORDS - 1];
  logic [core_vectors::INPUT_BITS-1:0] inputs[0:core_vectors::INPUT_LINES - 1];
  logic [core_vectors::EXPECTED_BITS-1:0] expected[0:core_vectors::EXPECTED_LINES - 1];

  logic clock = 0;
  always #1 clock = ~clock;

  // What drives the core in this cycle, and what is expected of it.
  int phase = IN_RESET;
  logic [95:0] configured = 0;
  logic [core_vectors::INPUT_BITS-1:0] driven = 0;
  logic [core_vectors::EXPECTED_BITS-1:0] right = 0;

  // Used by the testbench alone.
  int waited = 0;
  int word = 0;
  int input_line = 0;
  int expected_line = 0;
  longint input_left = 0;  // further cycles of the line
  longint expected_left = 0;
  logic [core_vectors::INPUT_BITS-1:0] next_driven = 0;
  logic [core_vectors::EXPECTED_BITS-1:0] next_right = 0;
  longint cycle = 0;
  longint tick = core_vectors::FIRST_TICK - 1;
  longint tick_cycle = 0;
  longint packets_in = 0;
  longint packets_out = 0;
  longint words_read = 0;
  bit stopped = 0;
  bit failed = 0;

  wire in_vectors = phase == IN_VECTORS;
  wire in_configuration = phase == IN_CONFIGURATION;

  wire reset = phase == IN_RESET;
  wire tick_start = in_vectors && driven[core_vectors::TICK_START_LSB];
  wire tick_parity = driven[core_vectors::TICK_PARITY_LSB];
  wire tick_late = driven[core_vectors::TICK_LATE_LSB];
  wire in_valid = in_vectors && driven[core_vectors::IN_VALID_LSB];
  wire [63:0] in_packet = driven[core_vectors::IN_PACKET_LSB+:64];
  wire out_ready = in_vectors && driven[core_vectors::OUT_READY_LSB];
  wire config_valid = in_configuration || (in_vectors && driven[core_vectors::CONFIG_VALID_LSB]);
  wire config_write = in_configuration || driven[core_vectors::CONFIG_WRITE_LSB];
  wire [31:0] config_address =
      in_configuration ? configured[95:64] : driven[core_vectors::CONFIG_ADDRESS_LSB+:32];
  wire [63:0] config_wdata =
      in_configuration ? configured[63:0] : driven[core_vectors::CONFIG_WDATA_LSB+:64];

  wire ready;
  wire [63:0] config_rdata;
  wire [1:0] config_result;
  wire enabled;
  wire integrating;
  wire busy;
  wire firing;
  wire receiving;
  wire in_ready;
  wire out_valid;
  wire [63:0] out_packet;
  wire [1:0] late;
  wire fault;

  // Its other outputs are for a chip and for observers.
  /* verilator lint_off PINMISSING */
  core dut (
      .clock(clock),
      .reset(reset),
      .ready(ready),
      .config_valid(config_valid),
      .config_write(config_write),
      .config_region(config_address[31:28]),
      .config_offset(config_address[27:0]),
      .config_wdata(config_wdata),
      .config_rdata(config_rdata),
      .config_result(config_result),
      .tick_start(tick_start),
      .tick_parity(tick_parity),
      .tick_late(tick_late),
      .hold(1'b0),
      .enabled(enabled),
      .integrating(integrating),
      .busy(busy),
      .firing(firing),
      .receiving(receiving),
      .in_valid(in_valid),
      .in_packet(in_packet),
      .in_ready(in_ready),
      .out_valid(out_valid),
      .out_packet(out_packet),
      .out_ready(out_ready),
      .late(late),
      .fault(fault)
  );
  /* verilator lint_on PINMISSING */

  // Compares a pin; a value that is not known differs from any.
  task compare(input [8*16-1:0] pin, input [63:0] found, input [63:0] value);
    if (found !== value && !failed) begin
      failed = 1;
      if (!in_vectors)
        $display("FAIL: word %0d of core_config.hex: %0s: expected %0h, found %0h", word, pin, value,
                 found);
      else if (tick < core_vectors::FIRST_TICK)
        $display("FAIL: cycle %0d of the vectors: %0s: expected %0h, found %0h", cycle, pin, value,
                 found);
      else
        $display("FAIL: tick %0d, cycle %0d (cycle %0d of the vectors): %0s: expected %0h, found %0h",
                 tick, tick_cycle, cycle, pin, value, found);
    end
  endtask

  task compare_pins;
    compare("in_ready", {63'b0, in_ready}, {63'b0, right[core_vectors::IN_READY_LSB]});
    compare("out_valid", {63'b0, out_valid}, {63'b0, right[core_vectors::OUT_VALID_LSB]});
    if (right[core_vectors::OUT_VALID_LSB])
      compare("out_packet", out_packet, right[core_vectors::OUT_PACKET_LSB+:64]);
    compare("enabled", {63'b0, enabled}, {63'b0, right[core_vectors::ENABLED_LSB]});
    compare("integrating", {63'b0, integrating}, {63'b0, right[core_vectors::INTEGRATING_LSB]});
    compare("busy", {63'b0, busy}, {63'b0, right[core_vectors::BUSY_LSB]});
    compare("firing", {63'b0, firing}, {63'b0, right[core_vectors::FIRING_LSB]});
    compare("receiving", {63'b0, receiving}, {63'b0, right[core_vectors::RECEIVING_LSB]});
    compare("late", {62'b0, late}, {62'b0, right[core_vectors::LATE_LSB+:2]});
    compare("fault", {63'b0, fault}, {63'b0, right[core_vectors::FAULT_LSB]});
    if (config_valid) compare("config_result", {62'b0, config_result}, 0);
    if (right[core_vectors::CONFIG_RVALID_LSB])
      compare("config_rdata", config_rdata, right[core_vectors::CONFIG_RDATA_LSB+:64]);
  endtask

  task count_pins;
    if (in_valid && in_ready) packets_in = packets_in + 1;
    if (out_valid && out_ready) packets_out = packets_out + 1;
    if (right[core_vectors::CONFIG_RVALID_LSB]) words_read = words_read + 1;
    cycle = cycle + 1;
    tick_cycle = tick_cycle + 1;
    if (tick_start) begin
      tick = tick + 1;
      tick_cycle = 0;
    end
  endtask

  // Determines the lines of the next cycle. A line of 0 or an unknown number of cycles was not read.
  task find_next;
    if (input_left == 0) begin
      next_driven = inputs[input_line];
      input_line = input_line + 1;
      input_left = {32'b0, next_driven[core_vectors::INPUT_CYCLES_LSB+:32]};
    end
    if (expected_left == 0) begin
      next_right = expected[expected_line];
      expected_line = expected_line + 1;
      expected_left = {32'b0, next_right[core_vectors::EXPECTED_CYCLES_LSB+:32]};
    end
    if (!failed && (!(input_left > 0) || !(expected_left > 0))) begin
      failed = 1;
      $display("FAIL: a line of core_inputs.hex or core_expected.hex is missing");
    end
    input_left = input_left - 1;
    expected_left = expected_left - 1;
  endtask

  task pass;
    stopped = 1;
    $display("PASS: %0d cycles, %0d ticks; packets: %0d in, %0d out; counters and states read: %0d",
             cycle, core_vectors::TICKS, packets_in, packets_out, words_read);
    $finish;
  endtask

  initial begin
    $readmemh("core_config.hex", configuration);
    $readmemh("core_inputs.hex", inputs);
    $readmemh("core_expected.hex", expected);
  end

  always @(posedge clock)
    if (!stopped) begin
      case (phase)
        IN_RESET: begin
          waited = waited + 1;
          if (waited == RESET_CYCLES) begin
            waited = 0;
            phase <= IN_CLEARING;
          end
        end
        IN_CLEARING: begin
          waited = waited + 1;
          if (ready === 1) begin
            configured <= configuration[0];
            phase <= IN_CONFIGURATION;
          end else if (waited == READY_LIMIT) begin
            failed = 1;
            $display("FAIL: ready is %b, %0d cycles after reset", ready, waited);
          end
        end
        IN_CONFIGURATION: begin
          compare("config_result", {62'b0, config_result}, 0);
          word = word + 1;
          if (word < core_vectors::CONFIG_WORDS) begin
            configured <= configuration[word];
          end else begin
            find_next;
            driven <= next_driven;
            right <= next_right;
            phase <= IN_VECTORS;
          end
        end
        default: begin
          compare_pins;
          count_pins;
          if (cycle == core_vectors::CYCLES) begin
            if (!failed) pass;
          end else begin
            find_next;
            driven <= next_driven;
            right <= next_right;
          end
        end
      endcase
      if (failed) begin
        stopped = 1;
        $fatal(1);
      end
    end
endmodule

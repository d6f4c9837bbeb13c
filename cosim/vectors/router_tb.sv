// SPDX-License-Identifier: Apache-2.0
// Replays the vectors of a router and compares its pins in every cycle. Each line of the files holds for a
// number of cycles (package router_vectors has the sizes and the columns). Ends with PASS, or at the first
// difference with FAIL and a status other than 0.
module router_tb;
  localparam int RESET_CYCLES = 4;
  localparam int PORTS = chip_params::PORTS;
  localparam int INPUTS = chip_params::INPUTS;
  localparam int CHANNELS = INPUTS > PORTS ? 2 : 1;
  localparam int COLUMN = 4;  // bits of a column of one bit
  localparam logic [PORTS-1:0] LINKS = PORTS'(router_vectors::LINKS);
  localparam logic [PORTS-1:0] SOURCES = PORTS'(router_vectors::SOURCES);

  // The files.
  logic [router_vectors::INPUT_BITS-1:0] inputs[0:router_vectors::INPUT_LINES - 1];
  logic [router_vectors::EXPECTED_BITS-1:0] expected[0:router_vectors::EXPECTED_LINES - 1];

  logic clock = 0;
  always #1 clock = ~clock;

  // What drives the router in this cycle, and what is expected of it.
  logic reset = 1;
  logic [router_vectors::INPUT_BITS-1:0] driven = 0;
  logic [router_vectors::EXPECTED_BITS-1:0] right = 0;

  // Used by the testbench alone.
  int waited = 0;
  int input_line = 0;
  int expected_line = 0;
  longint input_left = 0;  // further cycles of the line
  longint expected_left = 0;
  logic [router_vectors::INPUT_BITS-1:0] next_driven = 0;
  logic [router_vectors::EXPECTED_BITS-1:0] next_right = 0;
  longint cycle = 0;
  longint tick = router_vectors::FIRST_TICK - 1;
  longint tick_cycle = 0;
  longint packets_in = 0;
  longint packets_out = 0;
  bit stopped = 0;
  bit failed = 0;

  wire restart = !reset && driven[router_vectors::RESTART_LSB];
  wire [INPUTS-1:0] in_valid;
  wire [INPUTS*64-1:0] in_flit = driven[router_vectors::IN_FLIT_0_LSB+:INPUTS*64];
  wire [PORTS-1:0] out_ready;
  wire [PORTS*CHANNELS-1:0] out_freed;

  for (genvar i = 0; i < INPUTS; i++) begin : g_input
    assign in_valid[i] = !reset && driven[router_vectors::IN_VALID_0_LSB+COLUMN*i];
  end
  for (genvar o = 0; o < PORTS; o++) begin : g_output
    assign out_ready[o] = !reset && driven[router_vectors::OUT_READY_0_LSB+COLUMN*o];
  end
  for (genvar c = 0; c < PORTS * CHANNELS; c++) begin : g_channel
    assign out_freed[c] = !reset && driven[router_vectors::OUT_FREED_0_LSB+COLUMN*c];
  end

  wire [INPUTS-1:0] in_ready;
  wire [INPUTS-1:0] freed;
  wire [PORTS-1:0] out_valid;
  wire [PORTS*64-1:0] out_flit;
  wire [PORTS-1:0] out_second;
  wire empty;

  // Its other outputs are for the network and for observers.
  /* verilator lint_off PINMISSING */
  router dut (
      .clock(clock),
      .reset(reset),
      .restart(restart),
      .x(7'(router_vectors::X)),
      .y(7'(router_vectors::Y)),
      .level(3'(router_vectors::LEVEL)),
      .is_link(LINKS),
      .in_valid(in_valid),
      .in_flit(in_flit),
      .in_ready(in_ready),
      .freed(freed),
      .out_valid(out_valid),
      .out_flit(out_flit),
      .out_second(out_second),
      .out_ready(out_ready),
      .out_freed(out_freed),
      .empty(empty)
  );
  /* verilator lint_on PINMISSING */

  // Compares a pin of a port; a value that is not known differs from any.
  task compare(input [8*16-1:0] pin, input int port, input [63:0] found, input [63:0] value);
    if (found !== value && !failed) begin
      failed = 1;
      $display("FAIL: tick %0d, cycle %0d (cycle %0d of the vectors): %0s %0d: expected %0h, found %0h",
               tick, tick_cycle, cycle, pin, port, value, found);
    end
  endtask

  task compare_pins;
    compare("empty", 0, {63'b0, empty}, {63'b0, right[router_vectors::EMPTY_LSB]});
    for (int i = 0; i < INPUTS; i++) begin
      // Routers at the other ends of links count the places themselves.
      if (i < PORTS && SOURCES[i])
        compare("in_ready", i, {63'b0, in_ready[i]},
                {63'b0, right[router_vectors::IN_READY_0_LSB+COLUMN*i]});
      compare("freed", i, {63'b0, freed[i]}, {63'b0, right[router_vectors::FREED_0_LSB+COLUMN*i]});
    end
    for (int o = 0; o < PORTS; o++) begin
      // A packet that waits for `out_ready` may show itself, or not.
      compare("departs", o, {63'b0, out_valid[o] && out_ready[o]},
              {63'b0, right[router_vectors::DEPARTS_0_LSB+COLUMN*o]});
      if (right[router_vectors::DEPARTS_0_LSB+COLUMN*o]) begin
        compare("out_flit", o, out_flit[o*64+:64], right[router_vectors::OUT_FLIT_0_LSB+64*o+:64]);
        if (CHANNELS > 1)
          compare("out_second", o, {63'b0, out_second[o]},
                  {63'b0, right[router_vectors::OUT_SECOND_0_LSB+COLUMN*o]});
      end
    end
  endtask

  task count_pins;
    for (int i = 0; i < INPUTS; i++) if (in_valid[i]) packets_in = packets_in + 1;
    for (int o = 0; o < PORTS; o++)
      if (out_valid[o] && out_ready[o]) packets_out = packets_out + 1;
    cycle = cycle + 1;
    tick_cycle = tick_cycle + 1;
    if (driven[router_vectors::TICK_START_LSB]) begin
      tick = tick + 1;
      tick_cycle = 0;
    end
  endtask

  // Determines the lines of the next cycle. A line of 0 or an unknown number of cycles was not read.
  task find_next;
    if (input_left == 0) begin
      next_driven = inputs[input_line];
      input_line = input_line + 1;
      input_left = {32'b0, next_driven[router_vectors::INPUT_CYCLES_LSB+:32]};
    end
    if (expected_left == 0) begin
      next_right = expected[expected_line];
      expected_line = expected_line + 1;
      expected_left = {32'b0, next_right[router_vectors::EXPECTED_CYCLES_LSB+:32]};
    end
    if (!failed && (!(input_left > 0) || !(expected_left > 0))) begin
      failed = 1;
      $display("FAIL: a line of router_inputs.hex or router_expected.hex is missing");
    end
    input_left = input_left - 1;
    expected_left = expected_left - 1;
  endtask

  task pass;
    stopped = 1;
    $display("PASS: %0d cycles, %0d ticks; packets: %0d in, %0d out", cycle, router_vectors::TICKS,
             packets_in, packets_out);
    $finish;
  endtask

  initial begin
    $readmemh("router_inputs.hex", inputs);
    $readmemh("router_expected.hex", expected);
  end

  always @(posedge clock)
    if (!stopped) begin
      waited = waited + 1;
      if (reset) begin
        if (waited == RESET_CYCLES) begin
          find_next;
          driven <= next_driven;
          right <= next_right;
          reset <= 0;
        end
      end else begin
        compare_pins;
        count_pins;
        if (cycle == router_vectors::CYCLES) begin
          if (!failed) pass;
        end else begin
          find_next;
          driven <= next_driven;
          right <= next_right;
        end
      end
      if (failed) begin
        stopped = 1;
        $fatal(1);
      end
    end
endmodule

// SPDX-License-Identifier: Apache-2.0
// Counts in each tick of a router's vectors (router_tb) the packets that pass to each output, and the bits
// that really toggle with them: at the output, and in the place of a FIFO that a packet takes. Prints a line
// for each output and for all FIFOs in a tick: tick, kind, events, toggled bits. A second top beside
// router_tb; it sees the cycle in its middle, when nothing changes.
module router_probe;
  localparam int PORTS = chip_params::PORTS;
  localparam int INPUTS = chip_params::INPUTS;

  longint departures[PORTS];
  longint departure_bits[PORTS];
  longint entries = 0;
  longint entry_bits = 0;
  logic [PORTS*64-1:0] last_flits = 0;
  logic [63:0] flit;

  // Of the input FIFOs: a packet enters, and the bits that differ from what its place held.
  wire [INPUTS-1:0] enters;
  wire [INPUTS*64-1:0] changed;
  for (genvar i = 0; i < INPUTS; i = i + 1) begin : g_input
    assign enters[i] = router_tb.dut.g_input[i].queue.writes;
    assign changed[i*64+:64] = router_tb.dut.g_input[i].queue.write_data ^
        router_tb.dut.g_input[i].queue.places[router_tb.dut.g_input[i].queue.tail];
  end

  longint tick = -1;

  task report;
    for (int o = 0; o < PORTS; o = o + 1) begin
      $display("probe %0d output%0d %0d %0d", tick, o, departures[o], departure_bits[o]);
      departures[o] = 0;
      departure_bits[o] = 0;
    end
    $display("probe %0d fifos %0d %0d", tick, entries, entry_bits);
    entries = 0;
    entry_bits = 0;
  endtask

  initial
    for (int o = 0; o < PORTS; o = o + 1) begin
      departures[o] = 0;
      departure_bits[o] = 0;
    end

  always @(negedge router_tb.clock)
    if (!router_tb.reset && !router_tb.stopped) begin
      if (router_tb.tick != tick) begin
        if (tick >= 0) report;
        tick = router_tb.tick;
      end
      for (int o = 0; o < PORTS; o = o + 1)
        if (router_tb.dut.out_valid[o] && router_tb.dut.out_ready[o]) begin
          flit = router_tb.dut.out_flit[o*64+:64];
          departures[o] = departures[o] + 1;
          departure_bits[o] = departure_bits[o] + 64'($countones(flit ^ last_flits[o*64+:64]));
          last_flits[o*64+:64] = flit;
        end
      for (int i = 0; i < INPUTS; i = i + 1)
        if (enters[i]) begin
          entries = entries + 1;
          entry_bits = entry_bits + 64'($countones(changed[i*64+:64]));
        end
      if (router_tb.cycle == router_vectors::CYCLES - 1) report;
    end
endmodule

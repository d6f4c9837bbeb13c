// SPDX-License-Identifier: Apache-2.0
// A board of one or more chips: all cores, the network, host port, tick barrier and configuration bus.
// Timing: docs/timing.md. `reset` is synchronous, and masks what the host sees at once. After a reset
// the cores clear their memories; accesses wait until that is done (`ready`).
module chip (
    input  logic clock,
    input  logic reset,
    output logic ready,

    // Configuration bus (config_bus.sv)
    input  logic        config_valid,
    input  logic        config_write,
    input  logic [63:0] config_address,
    input  logic [31:0] config_words,
    input  logic [63:0] config_wdata,
    output logic        config_next,
    output logic [63:0] config_rdata,
    output logic        config_done,
    output logic [ 2:0] config_response,

    // Stream of the host port (host_port.sv)
    input  logic        spikes_valid,
    input  logic        spikes_write,
    input  logic [63:0] spikes_address,
    input  logic [31:0] spikes_words,
    input  logic [63:0] spikes_wdata,
    output logic        spikes_next,
    output logic [63:0] spikes_rdata,
    output logic        spikes_done,
    output logic [ 2:0] spikes_response,

    output logic interrupt_line,

    // For observers
    output logic                          tick_running,
    output logic [                  63:0] tick_number,
    output logic                          tick_started,  // in cycle 0
    output logic                          fault,         // has stopped the chip
    output logic [chip_params::CORES-1:0] core_firing,   // SCAN, READ or FIRE
    // Packets of the previous tick that arrive, a number of two bits for each core
    output logic [chip_params::CORES*2-1:0] core_late,
    output logic                            host_late,
    output logic [chip_params::ROUTERS*chip_params::PORTS-1:0] departures  // of routers, by output
);
  localparam int Cores = chip_params::CORES;
  localparam int Ports = chip_params::ROUTERS * chip_params::PORTS;
  localparam int Lanes = chip_params::NEURONS_PER_CYCLE;

  logic board_reset;
  logic register_reset;
  assign board_reset = reset || register_reset;

  // ---- Configuration.
  logic unit_write;
  logic unit_last;
  logic [3:0] unit_region;
  logic [27:0] unit_offset;
  logic [63:0] unit_wdata;
  logic board_valid;
  logic [63:0] board_rdata;
  logic [63:0] committed;
  logic [Cores-1:0] core_valid;
  logic [Cores*64-1:0] core_rdata;

  config_bus bus (
      .clock          (clock),
      .reset          (board_reset),
      .refuse         (reset),
      .ready          (ready),
      .config_valid   (config_valid),
      .config_write   (config_write),
      .config_address (config_address),
      .config_words   (config_words),
      .config_wdata   (config_wdata),
      .config_next    (config_next),
      .config_rdata   (config_rdata),
      .config_done    (config_done),
      .config_response(config_response),
      .unit_write     (unit_write),
      .unit_region    (unit_region),
      .unit_offset    (unit_offset),
      .unit_wdata     (unit_wdata),
      .unit_last      (unit_last),
      .core_valid     (core_valid),
      .board_valid    (board_valid),
      .core_rdata     (core_rdata),
      .board_rdata    (board_rdata),
      .committed      (committed)
  );

  // ---- Ticks.
  logic tick_start;
  logic tick_end;
  logic tick_late;
  logic tick_parity;
  logic running;
  logic pending;  // interrupt
  logic restart;  // a tick starts and nothing is late
  logic network_idle;
  logic host_idle;
  logic host_fault_next;
  logic [1:0] host_waiting_next;
  logic [1:0] network_waiting_next;
  logic [1:0] waiting_next;
  logic [Cores-1:0] core_ready;
  logic [Cores-1:0] core_busy;
  logic [Cores-1:0] core_receiving;
  logic [Cores-1:0] core_integrating_next;
  logic [Cores-1:0] core_firing_next;
  logic [Cores-1:0] core_fault_next;
  logic [Cores-1:0] core_waiting_even;  // packets of even ticks
  logic [Cores-1:0] core_waiting_odd;

  assign restart      = tick_start && !tick_late;
  assign interrupt_line = pending && !reset;
  assign tick_running = running && !reset;

  always_ff @(posedge clock) ready <= !board_reset && &core_ready;

  assign waiting_next =
      {|core_waiting_odd, |core_waiting_even} | host_waiting_next | network_waiting_next;

  tick_barrier barrier (
      .clock           (clock),
      .reset           (board_reset),
      .config_valid    (board_valid),
      .config_write    (unit_write),
      .config_last     (unit_last),
      .config_region   (unit_region),
      .config_offset   (unit_offset),
      .config_wdata    (unit_wdata),
      .config_rdata    (board_rdata),
      .register_reset  (register_reset),
      .quiet           (~|core_busy && ~|core_receiving && network_idle && host_idle),
      .waiting_next    (waiting_next),
      .firing_next     (|core_firing_next),
      .integrating_next(|core_integrating_next),
      .fault_next      (|core_fault_next || host_fault_next),
      .tick_start      (tick_start),
      .tick_end        (tick_end),
      .tick_late       (tick_late),
      .tick_parity     (tick_parity),
      .running         (running),
      .started         (tick_started),
      .number          (tick_number),
      .committed       (committed),
      .stopped         (fault),
      .interrupt_line  (pending)
  );

  // Between ticks of fixed length, and after a fault, what is late stands still.
  logic hold;
  logic network_clock;

  if (chip_params::TICK_CYCLES == 0) begin : g_barrier
    assign hold          = 1'b0;
    assign network_clock = clock;
  end else begin : g_fixed
    assign hold = !running;

    clock_gate gate (
        .clock (clock),
        .enable(running || restart || board_reset),
        .gated (network_clock)
    );
  end

  // ---- Cores, network, host port.
  logic [Cores-1:0] send_valid;
  logic [Cores*64-1:0] send_packet;
  logic [Cores-1:0] send_ready;
  logic [Cores-1:0] receive_valid;
  logic [Cores*64-1:0] receive_packet;
  logic [Cores-1:0] receive_ready;
  logic host_send_valid;
  logic [63:0] host_send_packet;
  logic host_send_ready;
  logic host_receive_valid;
  logic [63:0] host_receive_packet;
  logic host_receive_ready;
  logic [Ports-1:0] leaving_router;
  logic [Ports*64-1:0] departing;
  logic [Ports*4-1:0] departing_from;
  logic [chip_params::ROUTERS*chip_params::INPUTS-1:0] leaving;

  for (genvar i = 0; i < Cores; i++) begin : g_core
    // Only observers use these.
    logic unused_enabled, unused_integrating, unused_fault;
    logic [1:0] unused_result;
    logic [3:0] unused_fault_code;
    logic unused_scan, unused_read, unused_write, unused_expanded, unused_fire;
    logic [7:0] unused_group, unused_axon_group;
    logic [15:0] unused_row, unused_axon, unused_first_neuron;
    logic [31:0] unused_nonzeros;
    logic [Lanes*chip_params::THRESHOLDS_PER_DENDRITE-1:0] unused_levels;
    logic [Lanes*16-1:0] unused_gathers, unused_thresholds;
    logic [Lanes*32-1:0] unused_potentials;

    core core (
        .clock                 (clock),
        .reset                 (board_reset),
        .ready                 (core_ready[i]),
        .config_valid          (core_valid[i]),
        .config_write          (unit_write),
        .config_region         (unit_region),
        .config_offset         (unit_offset),
        .config_wdata          (unit_wdata),
        .config_rdata          (core_rdata[i*64+:64]),
        .config_result         (unused_result),
        .tick_start            (tick_start),
        .tick_parity           (tick_parity),
        .tick_late             (tick_late),
        .hold                  (hold),
        .enabled               (unused_enabled),
        .integrating           (unused_integrating),
        .busy                  (core_busy[i]),
        .firing                (core_firing[i]),
        .receiving             (core_receiving[i]),
        .integrating_next      (core_integrating_next[i]),
        .firing_next           (core_firing_next[i]),
        .waiting_next          ({core_waiting_odd[i], core_waiting_even[i]}),
        .in_valid              (receive_valid[i]),
        .in_packet             (receive_packet[i*64+:64]),
        .in_ready              (receive_ready[i]),
        .out_valid             (send_valid[i]),
        .out_packet            (send_packet[i*64+:64]),
        .out_ready             (send_ready[i]),
        .late                  (core_late[i*2+:2]),
        .fault                 (unused_fault),
        .fault_code            (unused_fault_code),
        .fault_next            (core_fault_next[i]),
        .activity_scan         (unused_scan),
        .activity_read         (unused_read),
        .activity_group        (unused_group),
        .activity_row          (unused_row),
        .activity_nonzeros     (unused_nonzeros),
        .activity_axon_write   (unused_write),
        .activity_axon_expanded(unused_expanded),
        .activity_axon_group   (unused_axon_group),
        .activity_axon         (unused_axon),
        .activity_fire         (unused_fire),
        .activity_first_neuron (unused_first_neuron),
        .activity_levels       (unused_levels),
        .activity_gathers      (unused_gathers),
        .activity_thresholds   (unused_thresholds),
        .activity_potentials   (unused_potentials)
    );
  end

  network network (
      .clock             (network_clock),
      .reset             (board_reset),
      .tick_start        (restart),
      .in_valid          (send_valid),
      .in_flit           (send_packet),
      .in_ready          (send_ready),
      .out_valid         (receive_valid),
      .out_flit          (receive_packet),
      .out_ready         (receive_ready),
      .host_in_valid     (host_send_valid),
      .host_in_flit      (host_send_packet),
      .host_in_ready     (host_send_ready),
      .host_out_valid    (host_receive_valid),
      .host_out_flit     (host_receive_packet),
      .host_out_ready    (host_receive_ready),
      .idle              (network_idle),
      .waiting_next      (network_waiting_next),
      .activity_departure(leaving_router),
      .activity_flit     (departing),
      .activity_input    (departing_from),
      .activity_left     (leaving)
  );

  host_port host (
      .clock          (clock),
      .network_clock  (network_clock),
      .reset          (board_reset),
      .refuse         (reset),
      .spikes_valid   (spikes_valid),
      .spikes_write   (spikes_write),
      .spikes_address (spikes_address),
      .spikes_words   (spikes_words),
      .spikes_wdata   (spikes_wdata),
      .spikes_next    (spikes_next),
      .spikes_rdata   (spikes_rdata),
      .spikes_done    (spikes_done),
      .spikes_response(spikes_response),
      .running        (running),
      .tick_end       (tick_end),
      .restart        (restart),
      .tick_number    (tick_number),
      .committed      (committed),
      .idle           (host_idle),
      .waiting_next   (host_waiting_next),
      .late           (host_late),
      .fault_next     (host_fault_next),
      .in_valid       (host_send_valid),
      .in_packet      (host_send_packet),
      .in_ready       (host_send_ready),
      .out_valid      (host_receive_valid),
      .out_packet     (host_receive_packet),
      .out_ready      (host_receive_ready)
  );

  // Without a clock, what is about to leave does not.
  assign departures = running ? leaving_router : '0;

  logic unused;
  assign unused = &{1'b0, departing, departing_from, leaving};
endmodule : chip

// SPDX-License-Identifier: Apache-2.0
// What the tick barrier must do behind the configuration bus (tick_barrier.sv, config_bus.sv), for any
// accesses and any chip: with a barrier a tick ends in the cycle BARRIER_CYCLES - 1 after the first quiet
// one, and in no cycle that is not quiet; a tick of fixed length ends after exactly TICK_CYCLES, and no
// other one starts with something that is later than one tick. Ticks run only if they are committed, never
// after a fault, and without a gap if the next one is committed. An enabled interrupt shows on the line.
// chip_params says which of the two the chip has.
module tick_barrier_proof (
    input logic        clock,
    input logic        reset,
    input logic        config_valid,
    input logic        config_write,
    input logic [63:0] config_address,
    input logic [31:0] config_words,
    input logic [63:0] config_wdata,
    input logic        quiet,
    input logic [ 1:0] waiting_next,
    input logic        firing_next,
    input logic        integrating_next,
    input logic        fault_next
);
  localparam int CORES = chip_params::CORES;
  localparam int TICK = chip_params::TICK_CYCLES;

  logic config_next;
  logic [63:0] unused_rdata;
  logic config_done;
  logic [2:0] unused_response;
  logic unit_write;
  logic unit_last;
  logic [3:0] unit_region;
  logic [27:0] unit_offset;
  logic [63:0] unit_wdata;
  logic [CORES-1:0] unused_core_valid;
  logic board_valid;
  logic [63:0] board_rdata;
  logic register_reset;
  logic tick_start;
  logic tick_end;
  logic tick_late;
  logic tick_parity;
  logic running;
  logic started;
  logic [63:0] number;
  logic [63:0] committed;
  logic stopped;
  logic interrupt_line;
  logic restarts;
  assign restarts = reset || register_reset;

  config_bus bus (
      .clock          (clock),
      .reset          (restarts),
      .refuse         (reset),
      .ready          (1'b1),
      .config_valid   (config_valid),
      .config_write   (config_write),
      .config_address (config_address),
      .config_words   (config_words),
      .config_wdata   (config_wdata),
      .config_next    (config_next),
      .config_rdata   (unused_rdata),
      .config_done    (config_done),
      .config_response(unused_response),
      .unit_write     (unit_write),
      .unit_region    (unit_region),
      .unit_offset    (unit_offset),
      .unit_wdata     (unit_wdata),
      .unit_last      (unit_last),
      .core_valid     (unused_core_valid),
      .board_valid    (board_valid),
      .core_rdata     ('0),
      .board_rdata    (board_rdata),
      .committed      (committed)
  );

  tick_barrier dut (
      .clock           (clock),
      .reset           (restarts),
      .config_valid    (board_valid),
      .config_write    (unit_write),
      .config_last     (unit_last),
      .config_region   (unit_region),
      .config_offset   (unit_offset),
      .config_wdata    (unit_wdata),
      .config_rdata    (board_rdata),
      .register_reset  (register_reset),
      .quiet           (quiet),
      .waiting_next    (waiting_next),
      .firing_next     (firing_next),
      .integrating_next(integrating_next),
      .fault_next      (fault_next),
      .tick_start      (tick_start),
      .tick_end        (tick_end),
      .tick_late       (tick_late),
      .tick_parity     (tick_parity),
      .running         (running),
      .started         (started),
      .number          (number),
      .committed       (committed),
      .stopped         (stopped),
      .interrupt_line  (interrupt_line)
  );

  // ---- A request is held until it is done; its word until the bus takes it.
  logic first = 1'b1;
  logic held;
  logic held_word;
  logic was_write;
  logic [63:0] was_address;
  logic [31:0] was_words;
  logic [63:0] was_wdata;

  always_ff @(posedge clock) begin
    first       <= 1'b0;
    held        <= config_valid && !config_done && !restarts;
    held_word   <= config_valid && !config_done && !config_next && !restarts;
    was_write   <= config_write;
    was_address <= config_address;
    was_words   <= config_words;
    was_wdata   <= config_wdata;
  end
  always_comb begin
    if (first) assume (reset);
    if (held) begin
      assume (config_valid && config_write == was_write && config_address == was_address &&
              config_words == was_words);
    end
    if (held_word) assume (config_wdata == was_wdata);
  end

  // ---- The tick, counted outside.
  logic runs;
  logic [7:0] cycle;   // of the tick
  logic [7:0] silent;  // quiet cycles of it
  logic was_end;
  logic was_start;
  logic failed;
  logic [63:0] ticks;  // that have ended

  always_ff @(posedge clock) begin
    runs      <= !restarts && (tick_start || (runs && !tick_end));
    cycle     <= tick_start ? '0 : cycle + 1'b1;
    silent    <= tick_start ? '0 : silent + 8'(quiet);
    was_start <= tick_start && !restarts;
    was_end   <= tick_end && !restarts;
    failed    <= !restarts && (failed || (tick_end && fault));
    ticks     <= restarts ? '0 : ticks + 64'(tick_end);
  end

  // ---- Interrupts: what accesses enable and clear, at their end.
  localparam logic [63:0] BOARD = 64'(register_map::CHIP_UNIT) << register_map::ADDRESS_UNIT_LSB |
      64'(register_map::CHIP_REGION_CONTROL) << register_map::ADDRESS_REGION_LSB;
  localparam logic [63:0] ENABLE = BOARD + 64'(register_map::CHIP_CONTROL_INTERRUPT_ENABLE);
  localparam logic [63:0] CLEAR = BOARD + 64'(register_map::CHIP_CONTROL_INTERRUPT_CLEAR);
  logic [31:0] word;  // of the access
  logic writes;
  logic [1:0] held_enable;  // words of an access that has not ended
  logic has_enable;
  logic [1:0] held_clear;
  logic has_clear;
  logic writes_enable;
  logic writes_clear;
  logic [1:0] new_enable;
  logic [1:0] new_clear;
  logic [1:0] enabled;
  logic [1:0] pending;
  logic fault;

  assign writes        = config_next && config_write;
  assign writes_enable = writes && config_address + {29'd0, word, 3'd0} == ENABLE;
  assign writes_clear  = writes && config_address + {29'd0, word, 3'd0} == CLEAR;
  assign new_enable    = writes_enable ? config_wdata[1:0] : has_enable ? held_enable : enabled;
  assign new_clear     = writes_clear ? config_wdata[1:0] : has_clear ? held_clear : 2'b00;

  always_ff @(posedge clock) begin
    word        <= !config_valid || config_done ? '0 : word + 32'(config_next);
    has_enable  <= !config_done && (writes_enable || has_enable);
    has_clear   <= !config_done && (writes_clear || has_clear);
    held_enable <= new_enable;
    held_clear  <= new_clear;
    if (config_done) enabled <= new_enable;
    pending <= (pending | {tick_end && fault, tick_end}) & ~(config_done ? new_clear : 2'b00);
    if (restarts) begin
      word       <= '0;
      has_enable <= 1'b0;
      has_clear  <= 1'b0;
      enabled    <= '0;
      pending    <= '0;
    end
  end

  // ---- What docs/timing.md calls late, with ticks of fixed length.
  logic late;
  logic too_late;  // by two ticks
  assign late     = TICK != 0 && (firing_next || waiting_next != 2'b00);
  assign too_late = TICK != 0 && (integrating_next || waiting_next[!ticks[0]]);
  assign fault    = fault_next || too_late || (late && chip_params::LATE_FAIL != 0);

  // ---- Wires inside, for the invariants that induction needs.
  localparam int WORD_BITS = $clog2(chip_params::MAX_BURST_BYTES / 8 + 1);
  localparam int DELAY_BITS =
      chip_params::BUS_LATENCY_CYCLES > 0 ? $clog2(chip_params::BUS_LATENCY_CYCLES + 1) : 1;
  localparam int BARRIER_BITS = $clog2(chip_params::BARRIER_CYCLES + 1);
  localparam int TICK_BITS = $clog2(TICK + 2);
  (* hierconn *)wire [1:0] \dut.status ;
  (* hierconn *)wire [1:0] \dut.enabled ;
  (* hierconn *)wire \dut.has_committed ;
  (* hierconn *)wire \dut.has_enable ;
  (* hierconn *)wire \dut.has_clear ;
  (* hierconn *)wire [63:0] \dut.held_committed ;
  (* hierconn *)wire [1:0] \dut.held_enable ;
  (* hierconn *)wire [1:0] \dut.held_clear ;
  (* hierconn *)wire [WORD_BITS-1:0] \bus.word ;
  (* hierconn *)wire [DELAY_BITS-1:0] \bus.delay ;
  (* hierconn *)wire \bus.refused ;
  (* hierconn *)wire [BARRIER_BITS-1:0] \dut.g_barrier.count ;
  (* hierconn *)wire [TICK_BITS-1:0] \dut.g_fixed.cycle ;

  always_comb begin
    if (!first) begin
      done_within_committed : assert (number <= committed);
      counts_ticks : assert (number == ticks);
      runs_if_committed : assert (!running || number < committed);
      no_gap : assert (running || stopped || number == committed);
      starts_after_the_last : assert (!tick_start || !runs || tick_end);
      runs_from_start_to_end : assert (running == runs && started == was_start);
      parity_of_the_tick : assert (!tick_start || tick_parity == (ticks[0] ^ tick_end));
      stops_at_a_fault : assert (stopped == failed && (!failed || (!running && !tick_start)));
      shows_enabled_interrupts : assert (interrupt_line == ((pending & enabled) != 2'b00));
      if (TICK == 0) begin
        ends_when_quiet : assert (!tick_end || quiet);
        waits_for_the_barrier : assert (tick_end == (runs && quiet && silent == 8'(chip_params::BARRIER_CYCLES - 1)));
        state_count : assert (!runs || 8'(\dut.g_barrier.count ) == silent);
        state_silent : assert (silent < 8'(chip_params::BARRIER_CYCLES) || !runs);

        barrier_and_next_tick : cover (tick_end && tick_start && ticks == 64'd1 && cycle > silent);
      end else begin
        exact_length : assert (tick_end == (runs && cycle == 8'(TICK - 1)));
        tells_what_is_late : assert (!tick_start || tick_late == late);
        never_two_ticks_late : assert (!tick_start || !runs || !too_late);
        stops_if_late : assert (!tick_start || !runs || !late || chip_params::LATE_FAIL == 0);
        state_cycle : assert (!runs || (8'(\dut.g_fixed.cycle ) == cycle && cycle < 8'(TICK)));

        fixed_and_next_tick : cover (tick_end && tick_start && ticks == 64'd1);
        if (chip_params::LATE_FAIL == 0) late_and_next_tick : cover (tick_end && tick_start && tick_late);
      end
      state_pending : assert (\dut.status == pending && \dut.enabled == enabled);
      state_enable : assert (\dut.has_enable == has_enable && (!has_enable || \dut.held_enable == held_enable));
      state_clear : assert (\dut.has_clear == has_clear && (!has_clear || \dut.held_clear == held_clear));
      state_committed : assert (!\dut.has_committed || \dut.held_committed >= committed);
      state_value : assert (!held || !was_write || was_address != BOARD || word != '0 || \bus.delay == '0 ||
          (held_word && was_wdata >= committed));
      state_delay : assert (\bus.delay == '0 || held);
      state_access : assert (!(has_enable || has_clear || \dut.has_committed ) ||
          (held && was_write && was_address[63:28] == BOARD[63:28] && word != '0));
      state_taken : assert ((word == '0 && \bus.delay == '0) || reset || !\bus.refused );
      state_word : assert (32'(\bus.word ) == word && (word == '0 || (held && word < was_words)));

      stopped_by_a_fault : cover (stopped && interrupt_line && pending == 2'b11);
      cleared : cover (ticks == 64'd1 && pending == '0);
      written_in_one_access : cover (config_done && has_enable && writes_clear);
    end
  end
endmodule : tick_barrier_proof

// SPDX-License-Identifier: Apache-2.0
// Starts the ticks that the host has committed, and ends them: BARRIER_CYCLES after the first cycle in
// which everything is quiet, or after TICK_CYCLES. Holds the registers of the board itself.
// Timing: `tick_start` is high in the last cycle before cycle 0 of a tick, which is the last cycle of
// the tick before (`tick_end`) or of the access that commits it. A tick that has ended is seen in the
// registers, and at the interrupt line, from the next cycle on. Words written by an access take effect
// together, at the end of its last cycle; a word that is read shows the register's value at the end of
// the access.
module tick_barrier (
    input logic clock,
    input logic reset,

    // Accesses from the bus, a word a cycle, which it has checked
    input  logic        config_valid,
    input  logic        config_write,
    input  logic        config_last,    // word of the access
    input  logic [ 3:0] config_region,
    input  logic [27:0] config_offset,
    input  logic [63:0] config_wdata,
    output logic [63:0] config_rdata,   // in the next cycle
    output logic        register_reset,  // the host resets the board: high in the access's last cycle

    // What is left to do in a tick
    input  logic       quiet,            // nothing, in this cycle
    input  logic [1:0] waiting_next,     // packets by parity, of those that the next cycle begins with:
    input  logic       firing_next,      // any core in SCAN, READ or FIRE
    input  logic       integrating_next, // any core in SCAN or READ
    input  logic       fault_next,       // any fault

    output logic        tick_start,
    output logic        tick_end,
    output logic        tick_late,    // with tick_start: something is late
    output logic        tick_parity,  // with tick_start: of the tick that starts
    output logic        running,
    output logic        started,      // in cycle 0
    output logic [63:0] number,       // of the tick that runs, or of the next one
    output logic [63:0] committed,    // the first tick that is not committed
    output logic        stopped,      // by a fault
    output logic        interrupt_line
);
  localparam int InterruptBits = $clog2(register_map::INTERRUPT_ERROR + 1);  // the highest bit
  localparam logic [InterruptBits-1:0] TickDone = InterruptBits'(register_map::INTERRUPT_TICK_DONE);
  localparam logic [InterruptBits-1:0] Error = InterruptBits'(register_map::INTERRUPT_ERROR);
  localparam logic [3:0] Status = 4'(register_map::CHIP_REGION_STATUS);

  // ---- Registers that the host writes.
  logic write_control;
  logic write_committed;
  logic write_enable;
  logic write_clear;
  // Words of an access that has not ended.
  logic has_committed;
  logic has_enable;
  logic has_clear;
  logic [63:0] held_committed;
  logic [InterruptBits-1:0] held_enable;
  logic [InterruptBits-1:0] held_clear;
  // With the word of this cycle.
  logic [63:0] given_committed;
  logic [InterruptBits-1:0] given_enable;
  logic [InterruptBits-1:0] given_clear;

  logic ends;
  logic [63:0] new_committed;
  logic [63:0] new_number;
  logic [InterruptBits-1:0] status;
  logic [InterruptBits-1:0] enabled;
  logic [InterruptBits-1:0] raised;
  logic [InterruptBits-1:0] cleared;
  logic fault;

  assign write_control   = config_valid && config_write && config_region != Status;
  assign write_committed = write_control &&
      config_offset == 28'(register_map::CHIP_CONTROL_TICKS_COMMITTED);
  assign write_enable = write_control &&
      config_offset == 28'(register_map::CHIP_CONTROL_INTERRUPT_ENABLE);
  assign write_clear = write_control &&
      config_offset == 28'(register_map::CHIP_CONTROL_INTERRUPT_CLEAR);
  // The last register, so no word of an access follows.
  assign register_reset = write_control && config_wdata[0] &&
      config_offset == 28'(register_map::CHIP_CONTROL_RESET);

  assign ends            = write_control && config_last;
  assign given_committed = write_committed ? config_wdata : held_committed;
  assign given_enable    = write_enable ? config_wdata[InterruptBits-1:0] : held_enable;
  assign given_clear     = write_clear ? config_wdata[InterruptBits-1:0] : held_clear;
  assign new_committed   = ends && (write_committed || has_committed) ? given_committed : committed;
  assign cleared         = ends && (write_clear || has_clear) ? given_clear : '0;

  always_ff @(posedge clock) begin
    if (reset) begin
      has_committed <= 1'b0;
      has_enable    <= 1'b0;
      has_clear     <= 1'b0;
    end else if (write_control) begin
      has_committed <= !config_last && (write_committed || has_committed);
      has_enable    <= !config_last && (write_enable || has_enable);
      has_clear     <= !config_last && (write_clear || has_clear);
    end
    held_committed <= given_committed;
    held_enable    <= given_enable;
    held_clear     <= given_clear;
  end

  // ---- Ticks.
  assign new_number  = number + 64'(tick_end);
  assign tick_start  = (tick_end ? !fault : !running && !stopped) && new_committed > new_number;
  assign tick_parity = new_number[0];

  if (chip_params::TICK_CYCLES == 0) begin : g_barrier
    localparam int Bits = $clog2(chip_params::BARRIER_CYCLES + 1);
    localparam logic [Bits-1:0] Last = Bits'(chip_params::BARRIER_CYCLES - 1);
    logic [Bits-1:0] count;  // cycles in which everything was quiet

    assign tick_end  = running && quiet && count == Last;
    assign tick_late = 1'b0;
    assign fault     = fault_next;

    always_ff @(posedge clock) begin
      if (reset || tick_start) count <= '0;
      else if (running && quiet) count <= count + 1'b1;
    end

    logic unused;
    assign unused = &{1'b0, waiting_next, firing_next, integrating_next};
  end else begin : g_fixed
    localparam int Bits = $clog2(chip_params::TICK_CYCLES + 1);
    localparam logic [Bits-1:0] Last = Bits'(chip_params::TICK_CYCLES - 1);
    logic [Bits-1:0] cycle;  // of the tick
    logic late;
    logic too_late;  // for two axon buffers and a bit of parity

    assign tick_end  = running && cycle == Last;
    assign late      = firing_next || waiting_next != 2'b00;
    assign too_late  = integrating_next || waiting_next[!number[0]];
    assign tick_late = late;
    assign fault     = fault_next || too_late || (late && chip_params::LATE_FAIL != 0);

    always_ff @(posedge clock) begin
      if (reset || tick_start) cycle <= '0;
      else if (running) cycle <= cycle + 1'b1;
    end

    logic unused;
    assign unused = &{1'b0, quiet};
  end

  assign raised         = tick_end ? TickDone | (fault ? Error : '0) : '0;
  assign interrupt_line = (status & enabled) != '0;

  always_ff @(posedge clock) begin
    if (reset) begin
      running   <= 1'b0;
      started   <= 1'b0;
      stopped   <= 1'b0;
      number    <= '0;
      committed <= '0;
      status    <= '0;
      enabled   <= '0;
    end else begin
      running   <= tick_start || (running && !tick_end);
      started   <= tick_start;
      stopped   <= stopped || (tick_end && fault);
      number    <= new_number;
      committed <= new_committed;
      status    <= (status | raised) & ~cleared;
      if (ends && (write_enable || has_enable)) enabled <= given_enable;
    end
  end

  // ---- Reads. TICKS_DONE is not the last word of an access that reads both registers of its region.
  logic reads_status;
  logic reads_last;
  logic [27:0] read_offset;

  always_ff @(posedge clock) begin
    reads_status <= config_region == Status;
    reads_last   <= config_last;
    read_offset  <= config_offset;
  end

  always @* begin
    config_rdata = '0;
    if (reads_status) begin
      if (read_offset == 28'(register_map::CHIP_STATUS_TICKS_DONE)) begin
        config_rdata = reads_last ? number : new_number;
      end else begin
        config_rdata = 64'(status);
      end
    end else if (read_offset == 28'(register_map::CHIP_CONTROL_TICKS_COMMITTED)) begin
      config_rdata = committed;
    end else if (read_offset == 28'(register_map::CHIP_CONTROL_INTERRUPT_ENABLE)) begin
      config_rdata = 64'(enabled);
    end
  end
endmodule : tick_barrier

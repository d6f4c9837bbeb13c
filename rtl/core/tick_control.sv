// SPDX-License-Identifier: Apache-2.0
// The parts of a tick: SCAN and READ (`integrating`), then FIRE. A tick that starts while the
// neurons of the one before still fire waits for their last cycle; its axons are taken when it
// starts.
module tick_control (
    input  logic                             clock,
    input  logic                             reset,
    // A tick starts with the next cycle; whether the core takes part in it.
    input  logic                             tick_start,
    input  logic                             takes_part,
    input  logic                             tick_parity,
    // Ticks that the core took part in, since reset.
    input  logic [core_params::BUS_BITS-1:0] ticks,

    input  logic                             has_axons,
    input  logic                             has_neurons,
    input  logic                             integrating,
    input  logic                             integrate_last,
    input  logic                             firing,
    input  logic                             fire_last,

    // The next cycle is the first one of a tick's work, or of FIRE.
    output logic                             begin_work,
    output logic                             begin_fire,
    // Number since reset of the tick whose work begins.
    output logic [core_params::BUS_BITS-1:0] work_tick,
    // Parities of the tick that started last, and of the one whose neurons fire.
    output logic                             parity,
    output logic                             fire_parity,

    output logic                             pending,
    output logic                             integrating_next,
    output logic                             firing_next,
    // A tick starts while the axons of the one before are still read, or not yet.
    output logic                             buffer_fault
);

  logic begins_tick;
  logic work_ends;
  logic idle;
  assign begins_tick = tick_start && takes_part;
  assign work_ends = (integrate_last && !has_neurons) || fire_last;
  assign idle = !integrating && !firing;
  assign begin_work = (begins_tick || pending) && (idle || work_ends);
  assign begin_fire = has_neurons && (integrate_last || (begin_work && !has_axons));
  assign work_tick = pending ? ticks - 1'b1 : ticks;

  // What the next cycle begins with if no tick starts.
  logic left;
  assign left = !idle && !work_ends;
  assign integrating_next =
      (integrating && !integrate_last) || (pending && (left || has_axons));
  assign firing_next = left || (pending && (has_axons || has_neurons));
  assign buffer_fault = begins_tick && integrating_next;

  always_ff @(posedge clock) begin
    if (reset) begin
      pending <= 1'b0;
      parity <= 1'b0;
      fire_parity <= 1'b0;
    end else begin
      if (begin_work) pending <= pending && begins_tick;
      else if (begins_tick) pending <= 1'b1;
      if (tick_start) parity <= tick_parity;
      if (begin_work) fire_parity <= pending ? parity : tick_parity;
    end
  end

endmodule : tick_control

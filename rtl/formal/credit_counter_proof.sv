// SPDX-License-Identifier: Apache-2.0
// What a credit counter must do between a router and a FIFO of the next one (credit_counter.sv, link.sv,
// fifo.sv), for any packets: it counts the places of the FIFO that no packet holds or is under way to,
// less the credits under way back; so it never exceeds the FIFO's depth nor goes below zero, and a packet
// always finds a place. A place that is freed in cycle c is seen in c + 1 + CREDIT_CYCLES.
module credit_counter_proof #(
    parameter int PLACES        = 4,
    parameter int LATENCY       = 1,
    parameter int LINK_CYCLES   = 1,
    parameter int CREDIT_CYCLES = 0
) (
    input logic clock,
    input logic reset,
    input logic restart,  // a tick starts
    input logic offer,    // a packet waits for the link
    input logic read      // the next router sends the packet at the head of its FIFO
);
  localparam int BITS = $clog2(PLACES + 1) + 2;

  logic available;
  logic link_ready;
  logic link_idle;
  logic arrives;
  logic fifo_ready;
  logic fifo_empty;
  logic fifo_valid;
  logic take;
  logic freed;
  // The data do not matter here.
  logic unused_flit, unused_idle_next, unused_flit_next, unused_data;

  assign take  = offer && available && link_ready;
  assign freed = read && fifo_valid;

  credit_counter #(
      .PLACES(PLACES),
      .CYCLES(CREDIT_CYCLES)
  ) dut (
      .clock    (clock),
      .reset    (reset),
      .restart  (restart),
      .take     (take),
      .freed    (freed),
      .available(available)
  );

  link #(
      .WIDTH (1),
      .CYCLES(LINK_CYCLES)
  ) line (
      .clock    (clock),
      .reset    (reset),
      .in_valid (offer && available),
      .in_flit  (1'b0),
      .in_ready (link_ready),
      .out_valid(arrives),
      .out_flit (unused_flit),
      .idle     (link_idle),
      .idle_next(unused_idle_next),
      .flit_next(unused_flit_next)
  );

  fifo #(
      .WIDTH  (1),
      .DEPTH  (PLACES),
      .LATENCY(LATENCY)
  ) queue (
      .clock     (clock),
      .reset     (reset),
      .write     (arrives),
      .write_data(1'b0),
      .ready     (fifo_ready),
      .empty     (fifo_empty),
      .valid     (fifo_valid),
      .data      (unused_data),
      .read      (freed)
  );

  logic first = 1'b1;
  always_ff @(posedge clock) first <= 1'b0;
  always_comb begin
    if (first) assume (reset);
    // The network restarts only when it is empty, and no packet leaves in that cycle.
    assume (!restart || (fifo_empty && link_idle && !offer));
  end

  // ---- Packets in the FIFO and on the link, and credits under way, counted outside.
  localparam int STAGES = CREDIT_CYCLES > 0 ? CREDIT_CYCLES : 1;
  logic [BITS-1:0] held;
  logic on_link;
  logic [STAGES-1:0] returning;
  logic [BITS-1:0] credits;

  always_ff @(posedge clock) begin
    held      <= held + BITS'(arrives) - BITS'(freed);
    on_link   <= take || (on_link && !arrives);
    returning <= STAGES'({returning, freed});
    if (reset || restart) begin
      held      <= '0;
      on_link   <= 1'b0;
      returning <= '0;
    end
  end
  always_comb begin
    credits = '0;
    for (int i = 0; i < STAGES; i++) credits = credits + BITS'(CREDIT_CYCLES > 0 && returning[i]);
  end

  // ---- Wires inside.
  localparam int COUNT_BITS = $clog2(PLACES + 1);
  localparam int LINK_BITS = $clog2(LINK_CYCLES + 1);
  localparam int FIFO_STAGES = LATENCY > 1 ? LATENCY - 1 : 1;
  (* hierconn *)wire [COUNT_BITS-1:0] \dut.count ;
  (* hierconn *)wire [STAGES-1:0] \dut.g_delayed.under_way ;
  (* hierconn *)wire [LINK_BITS-1:0] \line.left ;
  (* hierconn *)wire [COUNT_BITS-1:0] \queue.fill ;
  (* hierconn *)wire [FIFO_STAGES-1:0] \queue.g_delayed.written ;
  (* hierconn *)wire [COUNT_BITS-1:0] \queue.g_delayed.readable ;

  logic [BITS-1:0] unreadable;
  always_comb begin
    unreadable = '0;
    for (int i = 0; i < FIFO_STAGES; i++) begin
      unreadable = unreadable + BITS'(LATENCY > 1 && \queue.g_delayed.written [i]);
    end
  end

  always_comb begin
    if (!first) begin
      never_overfills : assert (!arrives || fifo_ready);
      at_most_all : assert (BITS'(\dut.count ) <= BITS'(PLACES));
      counts_free_places : assert (BITS'(\dut.count ) + BITS'(on_link) + held + credits == BITS'(PLACES));

      state_held : assert (held <= BITS'(PLACES) && BITS'(\queue.fill ) == held);
      state_link : assert (on_link == !link_idle);
      if (CREDIT_CYCLES > 0) state_credits : assert (\dut.g_delayed.under_way == returning);
      if (LATENCY > 1) begin
        state_readable : assert (BITS'(\queue.g_delayed.readable ) + unreadable == held);
      end

      fifo_is_full : cover (held == BITS'(PLACES) && freed);
      waits_for_a_place : cover (offer && link_ready && !available);
      if (PLACES > 1) taken_and_freed : cover (take && freed);
    end
  end
endmodule : credit_counter_proof

// SPDX-License-Identifier: Apache-2.0
// The board's end of the spike link to the host: stores input packets until their tick and output
// packets until the host reads them, both by tick.
// Timing: an access takes a cycle a word and is answered in its last cycle (`spikes_done`); a word that
// is read appears in the cycle after its own. A refused access changes nothing. The packets of a tick
// enter the network from cycle 0 on, at HOST_MILLICYCLES. A packet that leaves the network in cycle s
// is here at the start of s + ROUTER_LINK_CYCLES.
module host_port (
    input logic clock,
    input logic network_clock,  // stands still with the network
    input logic reset,
    input logic refuse,         // the chip is held in reset

    // Stream to the host: registers of register_map, a word a cycle. A request is held until it is
    // done; its next word follows in the cycle after `spikes_next`.
    input  logic        spikes_valid,
    input  logic        spikes_write,
    input  logic [63:0] spikes_address,
    input  logic [31:0] spikes_words,
    input  logic [63:0] spikes_wdata,
    output logic        spikes_next,
    output logic [63:0] spikes_rdata,
    output logic        spikes_done,
    output logic [ 2:0] spikes_response,

    // Ticks
    input  logic        running,
    input  logic        tick_end,    // last cycle of a tick
    input  logic        restart,     // a tick begins and nothing is late
    input  logic [63:0] tick_number,
    input  logic [63:0] committed,   // the first tick that is not committed
    output logic        idle,        // all packets of this tick are sent, and none is under way here
    output logic [ 1:0] waiting_next,  // by parity: packets that the next cycle begins with
    output logic        late,        // a packet of the previous tick arrives
    output logic        fault_next,  // packets do not fit, now or before

    // Network
    output logic        in_valid,
    output logic [63:0] in_packet,
    input  logic        in_ready,
    input  logic        out_valid,
    input  logic [63:0] out_packet,
    output logic        out_ready
);
  localparam int CountBits = $clog2(chip_params::HOST_FIFO_DEPTH + 1);
  localparam int LinkBits = $clog2(chip_params::ROUTER_LINK_CYCLES + 1);
  localparam int Parity = register_map::PACKET_PARITY_LSB;
  localparam logic [63:0] ParityMask = 64'd1 << Parity;

  // ---- Packets from the host, with the number of their tick.
  logic store;
  logic store_last;
  logic store_refused;
  logic input_ready;
  logic input_valid;
  logic [63:0] input_tick;
  logic [63:0] input_packet;
  logic sent;
  logic send_ready;

  stored_fifo #(
      .WIDTH(128),
      .DEPTH(chip_params::HOST_FIFO_DEPTH)
  ) inputs (
      .clock     (clock),
      .reset     (reset),
      .write     (store),
      .write_data({committed, spikes_wdata}),
      .keep      (store_last),
      .undo      (store_refused),
      .ready     (input_ready),
      .valid     (input_valid),
      .data      ({input_tick, input_packet}),
      .skip      (CountBits'(sent))
  );

  // Late packets precede those of the running tick.
  logic due;
  assign due = running && input_valid && input_tick <= tick_number;

  rate_limiter #(
      .MILLICYCLES(chip_params::HOST_MILLICYCLES)
  ) send_limiter (
      .clock  (network_clock),
      .reset  (reset),
      .restart(restart),
      .take   (sent),
      .ready  (send_ready)
  );

  assign in_valid = due && send_ready;
  assign sent     = in_valid && in_ready;

  assign in_packet = (input_packet & ~ParityMask) | (input_tick[0] ? ParityMask : '0);

  // ---- Packets to the host.
  logic taken;  // a packet leaves the network
  logic receive_ready;
  logic arrived;
  logic [63:0] arrived_packet;
  logic under_way;       // a packet is on the link
  logic under_way_next;
  logic parity_next;     // of that packet

  rate_limiter #(
      .MILLICYCLES(chip_params::HOST_MILLICYCLES)
  ) receive_limiter (
      .clock  (network_clock),
      .reset  (reset),
      .restart(restart),
      .take   (taken),
      .ready  (receive_ready)
  );

  assign out_ready = running && receive_ready && !under_way;
  assign taken     = out_valid && out_ready;

  if (chip_params::ROUTER_LINK_CYCLES == 1) begin : g_direct
    assign arrived        = taken;
    assign arrived_packet = out_packet;
    assign under_way      = 1'b0;
    assign under_way_next = 1'b0;
    assign parity_next    = 1'b0;
  end else begin : g_link
    logic [LinkBits-1:0] left;  // cycles until the packet on the link is here
    logic [63:0] packet;

    assign arrived        = running && left == LinkBits'(1);
    assign arrived_packet = packet;
    assign under_way      = left != '0;
    assign under_way_next = taken || (under_way && !arrived);
    assign parity_next    = taken ? out_packet[Parity] : packet[Parity];

    always_ff @(posedge network_clock) begin
      if (reset) left <= '0;
      else if (taken) left <= LinkBits'(chip_params::ROUTER_LINK_CYCLES - 1);
      else if (under_way) left <= left - 1'b1;
      if (taken) packet <= out_packet;
    end
  end

  assign idle = !due && !under_way;

  // A packet that is sent in this cycle waits in the network in the next one.
  assign waiting_next[0] = (due && !input_tick[0]) || (under_way_next && !parity_next);
  assign waiting_next[1] = (due && input_tick[0]) || (under_way_next && parity_next);

  logic kept;
  assign late = arrived && arrived_packet[Parity] != tick_number[0];
  assign kept = arrived && !(late && chip_params::LATE_DROP != 0);

  logic output_ready;
  logic output_write;
  logic unused_output_valid;
  logic [63:0] output_packet;
  logic [CountBits-1:0] output_skip;

  assign output_write = kept && output_ready;

  stored_fifo #(
      .WIDTH(64),
      .DEPTH(chip_params::HOST_FIFO_DEPTH)
  ) outputs (
      .clock     (clock),
      .reset     (reset),
      .write     (output_write),
      .write_data(arrived_packet),
      .keep      (output_write),
      .undo      (1'b0),
      .ready     (output_ready),
      .valid     (unused_output_valid),
      .data      (output_packet),
      .skip      (output_skip)
  );

  // The number of packets of each finished tick.
  logic [CountBits-1:0] arrivals;  // in this tick
  logic [CountBits-1:0] arrivals_now;
  logic counts_ready;
  logic counts_write;
  logic counts_valid;
  logic [CountBits-1:0] oldest_count;
  logic next_output;

  assign arrivals_now = arrivals + CountBits'(output_write);
  assign counts_write = tick_end && counts_ready;

  stored_fifo #(
      .WIDTH(CountBits),
      .DEPTH(chip_params::HOST_FIFO_DEPTH)
  ) counts (
      .clock     (clock),
      .reset     (reset),
      .write     (counts_write),
      .write_data(arrivals_now),
      .keep      (counts_write),
      .undo      (1'b0),
      .ready     (counts_ready),
      .valid     (counts_valid),
      .data      (oldest_count),
      .skip      (CountBits'(next_output))
  );

  logic fault;
  assign fault_next = fault || (kept && !output_ready) || (tick_end && !counts_ready);

  // ---- The stream.
  logic [31:0] word;  // of the access
  logic is_data;
  logic is_count;
  logic is_next;
  logic valid_packet;
  logic last;
  logic refused;
  logic step;
  logic read_output;
  logic [CountBits-1:0] outputs_read;  // of the oldest finished tick
  logic [CountBits-1:0] outputs_left;
  logic reads_count;
  logic [CountBits-1:0] count_read;
  logic [63:0] packet_read;

  assign is_data  = spikes_address == 64'(register_map::HOST_PORT_DATA);
  assign is_count = spikes_address == 64'(register_map::HOST_PORT_OUTPUT_COUNT);
  assign is_next  = spikes_address == 64'(register_map::HOST_PORT_NEXT_OUTPUT);

  assign outputs_left = counts_valid ? oldest_count - outputs_read : '0;

  input_check check (
      .packet(spikes_wdata),
      .valid (valid_packet)
  );

  always @* begin
    spikes_response = 3'(register_map::RESPONSE_OK);
    if (refuse) begin
      spikes_response = 3'(register_map::RESPONSE_GENERIC_ERROR);
    end else if (spikes_write && is_next) begin
      if (!counts_valid) spikes_response = 3'(register_map::RESPONSE_GENERIC_ERROR);
    end else if (is_data) begin
      if (spikes_write) begin
        if (!valid_packet || !input_ready) begin
          spikes_response = 3'(register_map::RESPONSE_GENERIC_ERROR);
        end
      end else if (word == '0 && spikes_words > 32'(outputs_left)) begin
        spikes_response = 3'(register_map::RESPONSE_GENERIC_ERROR);
      end
    end else if (spikes_write || !is_count || spikes_words != 32'd1) begin
      spikes_response = 3'(register_map::RESPONSE_ADDRESS_ERROR);
    end
  end

  assign refused     = spikes_response != 3'(register_map::RESPONSE_OK);
  assign last        = !is_data || word == spikes_words - 32'd1;
  assign step        = spikes_valid && !refused;
  assign spikes_next = step;
  assign spikes_done = spikes_valid && (refused || last);

  assign store         = step && spikes_write && is_data;
  assign store_last    = store && last;
  assign store_refused = spikes_valid && refused;
  assign read_output   = step && !spikes_write && is_data;
  assign next_output   = step && spikes_write && is_next;
  assign output_skip   = next_output ? outputs_left : CountBits'(read_output);
  assign spikes_rdata  = reads_count ? 64'(count_read) : packet_read;

  always_ff @(posedge clock) begin
    if (reset) begin
      word         <= '0;
      arrivals     <= '0;
      outputs_read <= '0;
      fault        <= 1'b0;
    end else begin
      if (spikes_valid) word <= refused || last ? '0 : word + 1'b1;
      arrivals <= tick_end ? '0 : arrivals_now;
      if (next_output) outputs_read <= '0;
      else if (read_output) outputs_read <= outputs_read + 1'b1;
      fault <= fault_next;
    end
    reads_count <= is_count;
    count_read  <= outputs_left;
    packet_read <= output_packet;
  end
endmodule : host_port

// SPDX-License-Identifier: Apache-2.0
// Any core, in the place of rtl/core/core.sv in proofs about the chip: it works for as long as it likes from
// the start of a tick on, sends any packets meanwhile, accepts packets whenever it likes, and takes any
// number of cycles to receive one.
module core (
    input  logic        clock,
    input  logic        reset,
    output logic        ready,
    input  logic        config_valid,
    input  logic        config_write,
    input  logic [ 3:0] config_region,
    input  logic [27:0] config_offset,
    input  logic [63:0] config_wdata,
    output logic [63:0] config_rdata,
    output logic [ 1:0] config_result,
    input  logic        tick_start,
    input  logic        tick_parity,
    input  logic        tick_late,
    input  logic        hold,
    output logic        enabled,
    output logic        integrating,
    output logic        firing,
    output logic        busy,
    output logic        receiving,
    output logic        integrating_next,
    output logic        firing_next,
    output logic [ 1:0] waiting_next,
    output logic        fault_next,
    input  logic        in_valid,
    input  logic [63:0] in_packet,
    output logic        in_ready,
    output logic        out_valid,
    output logic [63:0] out_packet,
    input  logic        out_ready,
    output logic [ 1:0] late,
    output logic        fault,
    output logic [ 3:0] fault_code,
    output logic        activity_scan,
    output logic        activity_read,
    output logic [ 7:0] activity_group,
    output logic [15:0] activity_row,
    output logic [31:0] activity_nonzeros,
    output logic        activity_axon_write,
    output logic        activity_axon_expanded,
    output logic [ 7:0] activity_axon_group,
    output logic [15:0] activity_axon,
    output logic        activity_fire,
    output logic [15:0] activity_first_neuron,
    output logic [chip_params::NEURONS_PER_CYCLE*chip_params::THRESHOLDS_PER_DENDRITE-1:0]
        activity_levels,
    output logic [chip_params::NEURONS_PER_CYCLE*16-1:0] activity_gathers,
    output logic [chip_params::NEURONS_PER_CYCLE*16-1:0] activity_thresholds,
    output logic [chip_params::NEURONS_PER_CYCLE*32-1:0] activity_potentials
);
  // What the core likes, in each cycle.
  (* anyseq *) logic finishes;
  (* anyseq *) logic receives;
  (* anyseq *) logic accepts;
  (* anyseq *) logic sends;
  (* anyseq *) logic [9:0] packet_bits;
  (* anyseq *) logic fails;

  logic works;
  logic takes;

  assign busy       = works;
  assign out_valid  = works && sends;
  assign in_ready   = accepts && !takes;
  assign receiving  = takes;
  assign fault_next = fails;

  always_ff @(posedge clock) begin
    works <= !reset && (tick_start || (works && !finishes));
    takes <= !reset && ((in_valid && in_ready) || takes) && receives;
  end

  // The bits that routers look at, of places on a board of 4 x 4.
  assign out_packet =
      64'(packet_bits[1:0]) << register_map::PACKET_KIND_LSB |
      64'(packet_bits[3:2]) << register_map::PACKET_X0_LSB |
      64'(packet_bits[5:4]) << register_map::PACKET_Y0_LSB |
      64'(packet_bits[7:6]) << register_map::PACKET_X1_LSB |
      64'(packet_bits[9:8]) << register_map::PACKET_Y1_LSB;

  // What does not matter here.
  assign ready                  = 1'b1;
  assign config_rdata           = '0;
  assign config_result          = '0;
  assign enabled                = 1'b1;
  assign integrating            = 1'b0;
  assign firing                 = 1'b0;
  assign integrating_next       = 1'b0;
  assign firing_next            = 1'b0;
  assign waiting_next           = '0;
  assign late                   = '0;
  assign fault                  = 1'b0;
  assign fault_code             = '0;
  assign activity_scan          = 1'b0;
  assign activity_read          = 1'b0;
  assign activity_group         = '0;
  assign activity_row           = '0;
  assign activity_nonzeros      = '0;
  assign activity_axon_write    = 1'b0;
  assign activity_axon_expanded = 1'b0;
  assign activity_axon_group    = '0;
  assign activity_axon          = '0;
  assign activity_fire          = 1'b0;
  assign activity_first_neuron  = '0;
  assign activity_levels        = '0;
  assign activity_gathers       = '0;
  assign activity_thresholds    = '0;
  assign activity_potentials    = '0;
endmodule : core

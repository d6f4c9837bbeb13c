// SPDX-License-Identifier: Apache-2.0
// The configuration bus: forwards accesses to the registers of cores and board by the address map.
// Timing: an access takes BUS_LATENCY_CYCLES and then a cycle for each word. In a word's cycle
// `config_next` is high: the master gives the word that is written in that cycle, and gets the one that
// is read in the next one. `config_done` is high in the last cycle, with the response. A request is held
// until it is done. A refused access is answered in its first cycle, in which the master may withdraw
// it: it changes nothing. An access waits until the memories of the cores are clear (`ready`).
module config_bus (
    input logic clock,
    input logic reset,
    input logic refuse,  // the chip is held in reset
    input logic ready,

    input  logic        config_valid,
    input  logic        config_write,
    input  logic [63:0] config_address,
    input  logic [31:0] config_words,
    input  logic [63:0] config_wdata,
    output logic        config_next,
    output logic [63:0] config_rdata,
    output logic        config_done,
    output logic [ 2:0] config_response,

    // To all targets, a word a cycle
    output logic                         unit_write,
    output logic [                  3:0] unit_region,
    output logic [                 27:0] unit_offset,
    output logic [                 63:0] unit_wdata,
    output logic                         unit_last,
    output logic [chip_params::CORES-1:0] core_valid,
    output logic                         board_valid,
    // Words read, in the next cycle
    input  logic [chip_params::CORES*64-1:0] core_rdata,
    input  logic [                     63:0] board_rdata,

    input logic [63:0] committed  // the board's register
);
  localparam int Cores = chip_params::CORES;
  localparam int MaxWords = chip_params::MAX_BURST_BYTES / 8;
  localparam int WordBits = $clog2(MaxWords + 1);
  localparam int DelayBits =
      chip_params::BUS_LATENCY_CYCLES > 0 ? $clog2(chip_params::BUS_LATENCY_CYCLES + 1) : 1;
  localparam logic [DelayBits-1:0] Latency = DelayBits'(chip_params::BUS_LATENCY_CYCLES);
  localparam int ChipBits = register_map::ADDRESS_CHIP_BITS;
  localparam int UnitBits = register_map::ADDRESS_UNIT_BITS;
  localparam int RegionBits = register_map::ADDRESS_REGION_BITS;
  localparam int OffsetBits = register_map::ADDRESS_OFFSET_BITS;
  localparam int ChipEnd = register_map::ADDRESS_CHIP_LSB + ChipBits;

  logic [DelayBits-1:0] delay;  // cycles of the latency that are over
  logic [WordBits-1:0] word;    // that is transferred, or will be first
  logic first;                  // cycle of an access

  // ---- The address.
  logic [ChipBits-1:0] chip;
  logic [UnitBits-1:0] unit;
  logic [RegionBits-1:0] region;
  logic [OffsetBits-1:0] offset;
  logic reserved;
  logic [Cores-1:0] core;  // that it names
  logic board;             // it names the board itself

  assign chip     = config_address[register_map::ADDRESS_CHIP_LSB+:ChipBits];
  assign unit     = config_address[register_map::ADDRESS_UNIT_LSB+:UnitBits];
  assign region   = config_address[register_map::ADDRESS_REGION_LSB+:RegionBits];
  assign offset   = config_address[register_map::ADDRESS_OFFSET_LSB+:OffsetBits];
  assign reserved = config_address[63:ChipEnd] != '0;
  assign board    = !reserved && chip == '0 && unit == UnitBits'(register_map::CHIP_UNIT);

  // A core's number on the board is row by row; its unit is its number on its chip.
  for (genvar i = 0; i < Cores; i++) begin : g_core
    localparam int X = i % chip_params::COLUMNS;
    localparam int Y = i / chip_params::COLUMNS;
    localparam int BoardColumns = chip_params::COLUMNS / chip_params::CHIP_COLUMNS;
    localparam int Chip = Y / chip_params::CHIP_ROWS * BoardColumns + X / chip_params::CHIP_COLUMNS;
    localparam int Unit =
        Y % chip_params::CHIP_ROWS * chip_params::CHIP_COLUMNS + X % chip_params::CHIP_COLUMNS;
    assign core[i] = !reserved && chip == ChipBits'(Chip) && unit == UnitBits'(Unit);
  end

  // ---- The region.
  logic [31:0] region_bytes;
  logic read_only;

  always @* begin
    region_bytes = '0;
    read_only    = 1'b0;
    if (board) begin
      case (region)
        RegionBits'(register_map::CHIP_REGION_CONTROL): begin
          region_bytes = 32'(register_map::CHIP_REGION_CONTROL_BYTES);
        end
        RegionBits'(register_map::CHIP_REGION_STATUS): begin
          region_bytes = 32'(register_map::CHIP_REGION_STATUS_BYTES);
          read_only    = 1'b1;
        end
        default: ;
      endcase
    end else if (core != '0) begin
      case (region)
        RegionBits'(register_map::CORE_REGION_CONTROL): begin
          region_bytes = 32'(register_map::CORE_REGION_CONTROL_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_STATUS): begin
          region_bytes = 32'(register_map::CORE_REGION_STATUS_BYTES);
          read_only    = 1'b1;
        end
        RegionBits'(register_map::CORE_REGION_COUNTERS): begin
          region_bytes = 32'(register_map::CORE_REGION_COUNTERS_BYTES);
          read_only    = 1'b1;
        end
        RegionBits'(register_map::CORE_REGION_PLUS_PLANE): begin
          region_bytes = 32'(register_map::CORE_REGION_PLUS_PLANE_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_MINUS_PLANE): begin
          region_bytes = 32'(register_map::CORE_REGION_MINUS_PLANE_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_GROUPS): begin
          region_bytes = 32'(register_map::CORE_REGION_GROUPS_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_NEURONS): begin
          region_bytes = 32'(register_map::CORE_REGION_NEURONS_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_GATHER): begin
          region_bytes = 32'(register_map::CORE_REGION_GATHER_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_THRESHOLDS): begin
          region_bytes = 32'(register_map::CORE_REGION_THRESHOLDS_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_ROUTES): begin
          region_bytes = 32'(register_map::CORE_REGION_ROUTES_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_EXPANSION): begin
          region_bytes = 32'(register_map::CORE_REGION_EXPANSION_BYTES);
        end
        RegionBits'(register_map::CORE_REGION_RANDOM): begin
          region_bytes = 32'(register_map::CORE_REGION_RANDOM_BYTES);
        end
        default: ;
      endcase
    end
  end

  // ---- Whether an access is refused, in its first cycle.
  logic bad_burst;
  logic first_unmapped;  // its first word
  logic last_unmapped;   // its last word
  logic bad_value;

  assign bad_burst = config_words == '0 || config_words > 32'(MaxWords) || config_address[2:0] != '0;
  assign first_unmapped = 32'(offset) >= region_bytes;
  assign last_unmapped = 32'(offset) + {config_words[28:0], 3'b000} > region_bytes;
  assign bad_value = board && config_write && config_wdata < committed &&
      region == RegionBits'(register_map::CHIP_REGION_CONTROL) &&
      offset == OffsetBits'(register_map::CHIP_CONTROL_TICKS_COMMITTED);

  always @* begin
    if (bad_burst) begin
      config_response = 3'(register_map::RESPONSE_BURST_ERROR);
    end else if (refuse) begin
      config_response = 3'(register_map::RESPONSE_GENERIC_ERROR);
    end else if (first_unmapped || (!board && last_unmapped)) begin
      config_response = 3'(register_map::RESPONSE_ADDRESS_ERROR);
    end else if (config_write && read_only) begin
      config_response = 3'(register_map::RESPONSE_COMMAND_ERROR);
    end else if (first && bad_value) begin
      config_response = 3'(register_map::RESPONSE_GENERIC_ERROR);
    end else if (last_unmapped) begin
      config_response = 3'(register_map::RESPONSE_ADDRESS_ERROR);
    end else begin
      config_response = 3'(register_map::RESPONSE_OK);
    end
  end

  // ---- The cycles of an access.
  logic refused;
  logic step;
  logic last;

  assign first       = delay == '0 && word == '0;
  assign refused     = config_response != 3'(register_map::RESPONSE_OK);
  assign step        = config_valid && !refused && (ready || !first);
  assign last        = delay == Latency && 32'(word) == config_words - 32'd1;
  assign config_next = step && delay == Latency;
  assign config_done = (config_valid && refused) || (step && last);

  always_ff @(posedge clock) begin
    if (reset || config_done) begin
      delay <= '0;
      word  <= '0;
    end else if (step) begin
      if (delay == Latency) word <= word + 1'b1;
      else delay <= delay + 1'b1;
    end
  end

  assign unit_write  = config_write;
  assign unit_region = 4'(region);
  assign unit_offset = 28'(offset) + (28'(word) << 3);
  assign unit_wdata  = config_wdata;
  assign unit_last   = last;
  assign core_valid  = config_next ? core : '0;
  assign board_valid = config_next && board;

  // ---- The word that was read.
  logic [Cores-1:0] read_core;
  logic read_board;

  always_ff @(posedge clock) begin
    read_core  <= core;
    read_board <= board;
  end

  onehot_mux #(
      .INPUTS(Cores + 1),
      .WIDTH (64)
  ) read_mux (
      .select({read_board, read_core}),
      .words ({board_rdata, core_rdata}),
      .word  (config_rdata)
  );
endmodule : config_bus

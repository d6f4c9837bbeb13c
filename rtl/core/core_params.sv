// SPDX-License-Identifier: Apache-2.0
// Formats that the parts of the core share, and functions for their sizes. The sizes that follow
// from the chip's parameters are in core.sv.
//
// Combinational processes are `always @*`: Icarus 11 can loop forever through three of
// `always_comb`.
package core_params;

  // Bits that number things 0 .. count - 1, at least one.
  function automatic int index_bits(input int count);
    index_bits = count > 1 ? $clog2(count) : 1;
  endfunction

  function automatic int smaller(input int a, input int b);
    smaller = a < b ? a : b;
  endfunction

  function automatic int larger(input int a, input int b);
    larger = a > b ? a : b;
  endfunction

  function automatic int largest(input int a, input int b, input int c);
    largest = larger(a, larger(b, c));
  endfunction

  function automatic int ceil_div(input int a, input int b);
    ceil_div = (a + b - 1) / b;
  endfunction

  // Configuration bus.
  localparam int BUS_BITS = 64;
  localparam int BUS_BYTES = BUS_BITS / 8;
  // Offset within a region, in bus words.
  localparam int OFFSET_BITS = 28;
  localparam int BUS_WORD_BITS = OFFSET_BITS - 3;
  localparam int REGION_BITS = 4;
  localparam int REGIONS = 1 << REGION_BITS;

  // Bus words of a region, 0 if the core does not have it.
  function automatic int region_words(input int region);
    region_words = 0;
    if (region == register_map::CORE_REGION_CONTROL)
      region_words = register_map::CORE_REGION_CONTROL_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_STATUS)
      region_words = register_map::CORE_REGION_STATUS_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_COUNTERS)
      region_words = register_map::CORE_REGION_COUNTERS_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_PLUS_PLANE)
      region_words = register_map::CORE_REGION_PLUS_PLANE_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_MINUS_PLANE)
      region_words = register_map::CORE_REGION_MINUS_PLANE_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_GROUPS)
      region_words = register_map::CORE_REGION_GROUPS_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_NEURONS)
      region_words = register_map::CORE_REGION_NEURONS_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_GATHER)
      region_words = register_map::CORE_REGION_GATHER_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_THRESHOLDS)
      region_words = register_map::CORE_REGION_THRESHOLDS_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_ROUTES)
      region_words = register_map::CORE_REGION_ROUTES_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_EXPANSION)
      region_words = register_map::CORE_REGION_EXPANSION_BYTES / BUS_BYTES;
    else if (region == register_map::CORE_REGION_RANDOM)
      region_words = register_map::CORE_REGION_RANDOM_BYTES / BUS_BYTES;
  endfunction

  localparam int PACKET_BITS = 64;
  // Number fields of tables and packets: axon, dendrite, entry of a table.
  localparam int FIELD_BITS = 16;

  // Entries of the gather and of the expansion table.
  localparam int GATHER_BITS = 16;
  localparam int EXPANSION_BITS = 32;

  // Causes of a fault, by which core.sv numbers them.
  localparam int FAULT_BITS = 4;
  localparam int FAULT_CAUSES = 10;

endpackage : core_params

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/chip_description.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// A chip file with the keys that have no default: 4 x 2 small cores.
inline const std::string kChipFile =
    "name: tiny\n"
    "clock: 100 MHz\n"
    "voltage: 0.8 V\n"
    "mesh: {columns: 4, rows: 2}\n"
    "core:\n"
    "  axons: 64\n"
    "  dendrites: 32\n"
    "  synapse: ternary\n"
    "  fan_in_groups: 8\n"
    "  thresholds_per_dendrite: 4\n"
    "  potential_bits: 16\n"
    "  route_entries: 100\n"
    "  timing: {scan_axons_per_cycle: 64, word_bits: 256, neurons_per_cycle: 1,\n"
    "           gather_cycles_per_group: 1, compare_cycles: 1, emit_cycles_per_packet: 1}\n"
    "router: {fifo_depth: 4, pipeline_cycles: 1, link_cycles: 2}\n"
    "host_port: {cycles_per_packet: 6, x: 3, y: 1}\n"
    "sync: {barrier_cycles: 8}\n"
    "bus: {bytes_per_cycle: 8, latency_cycles: 4, max_burst_bytes: 1024}\n";

/// Returns the chip of configs/chips/NAME.yaml.
arch::ChipDescription chip_file(const std::string& name);

/// Returns a chip of 3 x 2 cores with 200 axons and 512 dendrites each, with the timing of the
/// reference chip.
arch::ChipDescription small_chip();

/// Returns a chip of 12 x 12 cores that are so small that small networks reach all their limits.
arch::ChipDescription chip_of_small_cores();

/// Returns a random chip or board of any topology with small cores, so that small networks need
/// several fan-in groups and many cores, and some do not fit. With Range::kAll single chips of a
/// few large cores, boards that grow, dead cores and links, and all else that a chip file accepts.
arch::ChipDescription random_chip(Random& random, Range range = Range::kUsual);

/// Doubles what a core has, as far as it is allowed.
void enlarge_cores(arch::ChipDescription& chip);

}  // namespace spikeloom::test

// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/support/chips.h"

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::test {

arch::ChipDescription chip_file(const std::string& name) {
  return arch::load_chip(SPIKELOOM_SOURCE_DIR "/configs/chips/" + name + ".yaml");
}

arch::ChipDescription small_chip() {
  arch::ChipDescription chip{};
  chip.name = "small";
  chip.clock_hz = 252e6;
  chip.voltage_v = 0.9;
  chip.mesh = {3, 2};
  chip.core.axons = 200;
  chip.core.dendrites = 512;
  chip.core.synapse = arch::Synapse::kTernary;
  chip.core.fan_in_groups = 4;
  chip.core.thresholds_per_dendrite = 4;
  chip.core.potential_bits = 16;
  chip.core.route_entries = 64;
  chip.core.timing = {64, 256, 1, 1, 1, 1};
  chip.router = {4, 1, 1};
  chip.host_port = {6, 0, 0};
  chip.sync.barrier_cycles = 8;
  chip.bus = {8, 4, 1024};
  return chip;
}

arch::ChipDescription chip_of_small_cores() {
  arch::ChipDescription chip = small_chip();
  chip.mesh = {12, 12};
  chip.core.axons = 48;
  chip.core.dendrites = 40;
  chip.core.fan_in_groups = 16;
  chip.core.route_entries = 200;
  chip.bus.max_burst_bytes = 64;
  return chip;
}

arch::ChipDescription random_chip(Random& random) {
  arch::ChipDescription chip = small_chip();
  chip.name = "random";
  if (random.chance(50)) {
    chip.topology = arch::TopologyKind::kQuadtree;
    chip.mesh = random.chance(50) ? arch::MeshDescription{8, 8} : arch::MeshDescription{4, 4};
  } else {
    chip.mesh = {random.between(4, 10), random.between(4, 10)};
  }
  // A small chip is always part of a board with more chips.
  const int min_chips = chip.mesh.cores() < 36 ? 2 : 1;
  chip.board = {random.between(min_chips, 2), random.between(min_chips, 3)};
  chip.inter_chip.link_cycles = random.between(1, 4);
  chip.inter_chip.flit_bits = random.chance(50) ? 32 : 64;
  chip.core.synapse = random.chance(50) ? arch::Synapse::kTernary : arch::Synapse::kBinaryPair;
  chip.core.axons = random.between(20, 120);
  chip.core.dendrites =
      random.between(10, 80) * (chip.core.synapse == arch::Synapse::kTernary ? 1 : 2);
  chip.core.fan_in_groups = random.between(4, 64);
  chip.core.thresholds_per_dendrite = random.between(1, 4);
  chip.core.route_entries = random.chance(30) ? random.between(8, 120) : random.between(120, 1024);
  chip.core.timing.scan_axons_per_cycle = 1 << random.between(3, 6);
  chip.core.timing.word_bits = 1 << random.between(3, 8);
  chip.core.timing.neurons_per_cycle = random.between(1, 3);
  chip.core.timing.gather_cycles_per_group = random.between(0, 2);
  chip.core.timing.compare_cycles = random.between(1, 2);
  chip.core.timing.emit_cycles_per_packet = random.between(1, 3);
  chip.router = {random.between(1, 4), random.between(1, 3), random.between(1, 6)};
  if (random.chance(30)) chip.router.arbitration = arch::Arbitration::kFixedPriority;
  chip.host_port = {double(random.between(1, 6)), random.between(0, chip.grid().columns - 1),
                    random.between(0, chip.grid().rows - 1)};
  if (chip.topology == arch::TopologyKind::kQuadtree) {
    chip.host_port.level = random.between(0, arch::top_level(chip));
  }
  chip.sync = {random.between(1, 16)};
  chip.bus = {8, 4, 256};
  if (random.chance(50)) chip.core.expansion = {random.between(16, 4096), random.between(1, 3), 25};
  if (chip.topology == arch::TopologyKind::kMesh && random.chance(50)) {
    chip.topology = arch::TopologyKind::kTorus;
  }
  if (random.chance(50)) chip.core.weight_planes = random.between(2, 8);
  if (random.chance(30)) chip.core.timing.cycles_per_word = random.between(2, 5);
  if (random.chance(30)) chip.core.rows = arch::CrossbarRows::kDendrites;
  if (random.chance(30)) chip.host_port.multicast = false;
  if (random.chance(30)) chip.sync.ticks_per_image = random.between(2, 4);
  if (chip.topology == arch::TopologyKind::kQuadtree && random.chance(30)) {
    chip.trunk.cycles_per_packet = double(random.between(1000, 4000)) / 1e3;
  }
  return chip;
}

}  // namespace spikeloom::test

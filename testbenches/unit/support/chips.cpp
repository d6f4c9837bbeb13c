// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/support/chips.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/bit_field.h"
#include "spikeloom/base/error.h"

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

namespace {

/// Adds dead cores and links, unless the host could then use nothing.
void add_defects(Random& random, arch::ChipDescription& chip) {
  const arch::ChipDescription whole = chip;
  // Each once, in the direction that comes first.
  std::vector<arch::Link> links;
  for (const arch::Link& link : arch::list_links(chip)) {
    const bool known = std::any_of(links.begin(), links.end(), [&](const arch::Link& other) {
      return (other.from == link.from && other.to == link.to) ||
             (other.from == link.to && other.to == link.from);
    });
    if (!known && !link.is_trunk()) links.push_back(link);
  }
  // Some links of a board that grows do not stay where they are.
  const int dead_links = chip.board.grow ? 0 : random.between(0, 2);
  std::set<int> dead;
  for (int i = 0; i < dead_links && !links.empty(); ++i) {
    dead.insert(random.between(0, static_cast<int>(links.size()) - 1));
  }
  for (const int i : dead) {
    const arch::Link& link = links[static_cast<std::size_t>(i)];
    chip.defects.links.push_back({link.from, link.to});
  }
  const int cores = chip.grid().cores();
  dead.clear();
  for (int i = random.between(0, std::min(4, cores - 1)); i > 0; --i) {
    dead.insert(random.between(0, cores - 1));
  }
  for (const int core : dead) {
    chip.defects.cores.push_back({chip.grid().x(core), chip.grid().y(core)});
  }
  try {
    arch::chip_from_json(to_json(chip), "chip");
  } catch (const base::UserError&) {
    chip = whole;
  }
}

/// Makes a board one chip, which may grow to a board again.
void make_single(Random& random, arch::ChipDescription& chip) {
  chip.board = {1, 1, random.chance(40)};
  const bool tree = chip.topology == arch::TopologyKind::kQuadtree;
  const int side = tree ? 1 << random.between(1, 2) : 0;
  chip.mesh = tree ? arch::MeshDescription{side, side}
                   : arch::MeshDescription{random.between(1, 4), random.between(1, 4)};
  chip.host_port.x = random.between(0, chip.mesh.columns - 1);
  chip.host_port.y = random.between(0, chip.mesh.rows - 1);
  chip.host_port.level = tree ? random.between(0, arch::top_level(chip)) : 0;
}

void widen_core(Random& random, arch::CoreDescription& core) {
  if (random.chance(40)) {
    core.axons = random.between(64, 1024);
    core.dendrites = 2 * random.between(40, 400);
    core.fan_in_groups = random.between(16, 256);
    core.route_entries = random.between(256, 8192);
  }
  if (random.chance(40)) core.thresholds_per_dendrite = random.between(5, 64);
  core.potential_bits = random.chance(20) ? random.between(6, 15) : random.between(16, 32);
  arch::CoreTiming& timing = core.timing;
  if (random.chance(20)) timing.scan_axons_per_cycle = random.between(1, 1024);
  if (random.chance(20)) timing.word_bits = 1 << random.between(0, 12);
  if (random.chance(20)) timing.neurons_per_cycle = random.between(1, 64);
  if (random.chance(20)) timing.gather_cycles_per_group = random.between(0, 9);
  if (random.chance(20)) timing.compare_cycles = random.between(1, 9);
  if (random.chance(20)) timing.emit_cycles_per_packet = random.between(1, 20);
  core.protection = static_cast<arch::Protection>(random.between(0, 2));
  if (core.expansion.entries > 0) {
    // A group, an axon and the end of the list.
    const int bits = base::bits_for(core.fan_in_groups) + base::bits_for(core.axons) + 1;
    core.expansion.entry_bits = std::max(core.expansion.entry_bits, bits);
  }
}

void widen(Random& random, arch::ChipDescription& chip) {
  if (random.chance(35)) make_single(random, chip);
  widen_core(random, chip.core);
  chip.clock_hz = random.chance(50) ? 252e6 : 1e9;
  chip.idle_core = static_cast<arch::IdleCore>(random.between(0, 2));
  if (random.chance(25)) chip.router.fifo_depth = random.between(1, 32);
  if (random.chance(25)) chip.router.pipeline_cycles = random.between(1, 9);
  if (random.chance(35)) chip.router.flit_bits = random.between(1, arch::Packet::kBits);
  if (random.chance(35)) chip.inter_chip.flit_bits = random.between(1, arch::Packet::kBits);
  if (random.chance(25)) chip.router.credit_cycles = random.between(1, 6);
  if (random.chance(20)) chip.router.multicast = false;
  if (random.chance(25)) {
    chip.host_port.cycles_per_packet = double(random.between(1000, 9000)) / 1e3;
  }
  if (random.chance(25)) chip.sync.barrier_cycles = random.between(1, 500);
  if (random.chance(25)) {
    chip.sync.pipeline = false;
    chip.sync.ticks_per_image = 1;
  }
  chip.sync.late_spikes = static_cast<arch::LateSpikes>(random.between(0, 2));
  if (random.chance(25)) {
    chip.bus = {random.between(1, 64), random.between(0, 20), 8 * random.between(1, 512)};
  }
  if (random.chance(25)) add_defects(random, chip);
}

}  // namespace

void enlarge_cores(arch::ChipDescription& chip) {
  arch::CoreDescription& core = chip.core;
  core.axons = std::min(core.axons * 2, 4096);
  core.dendrites = std::min(core.dendrites * 2, 4096);
  core.fan_in_groups = std::min(core.fan_in_groups * 2, arch::Packet::kMaxGroups);
  core.route_entries = std::min(core.route_entries * 2, 65535);
}

arch::ChipDescription random_chip(Random& random, Range range) {
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
  if (range == Range::kAll) widen(random, chip);
  return chip;
}

}  // namespace spikeloom::test

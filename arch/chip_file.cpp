// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/chip_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/dead_links.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/base/bit_field.h"

namespace spikeloom::arch {
namespace {

constexpr int kMaxCycles = 1024;

int read_int(const base::ConfigMap& map, std::string_view key, int min, int max) {
  return static_cast<int>(map.integer(key, {min, max}));
}

bool power_of_two(int value) { return (value & (value - 1)) == 0; }

CoreTiming read_core_timing(const base::ConfigMap& map) {
  CoreTiming timing{};
  timing.scan_axons_per_cycle = read_int(map, "scan_axons_per_cycle", 1, Packet::kMaxAxons);
  timing.word_bits = read_int(map, "word_bits", 1, 65536);
  timing.neurons_per_cycle = read_int(map, "neurons_per_cycle", 1, 65536);
  timing.gather_cycles_per_group = read_int(map, "gather_cycles_per_group", 0, kMaxCycles);
  timing.compare_cycles = read_int(map, "compare_cycles", 1, kMaxCycles);
  timing.emit_cycles_per_packet = read_int(map, "emit_cycles_per_packet", 1, kMaxCycles);
  timing.cycles_per_word =
      static_cast<int>(map.integer("cycles_per_word", {1, kMaxCycles}, timing.cycles_per_word));
  return timing;
}

ExpansionDescription read_expansion(const base::ConfigMap& map) {
  ExpansionDescription expansion;
  expansion.entries = read_int(map, "entries", 0, 65536);
  expansion.cycles_per_write = read_int(map, "cycles_per_write", 1, kMaxCycles);
  expansion.entry_bits = read_int(map, "entry_bits", 1, 32);
  return expansion;
}

CoreDescription read_core(const base::ConfigMap& map) {
  CoreDescription core{};
  core.axons = read_int(map, "axons", 1, Packet::kMaxAxons);
  core.dendrites = read_int(map, "dendrites", 1, 65535);
  core.synapse = map.choice<Synapse>("synapse");
  core.fan_in_groups = read_int(map, "fan_in_groups", 1, Packet::kMaxGroups);
  core.thresholds_per_dendrite = read_int(map, "thresholds_per_dendrite", 1, 64);
  core.potential_bits = read_int(map, "potential_bits", 2, 32);
  core.route_entries = read_int(map, "route_entries", 1, 65535);
  core.timing = read_core_timing(map.map("timing"));
  core.rows = map.choice<CrossbarRows>("rows", core.rows);
  core.weight_planes = static_cast<int>(
      map.integer("weight_planes", {1, GatherEntry::kMaxWeightPlanes}, core.weight_planes));
  core.neuron = map.choice<Neuron>("neuron", core.neuron);
  core.protection = map.choice<Protection>("protection", core.protection);
  if (map.has("axon_expansion")) core.expansion = read_expansion(map.map("axon_expansion"));
  return core;
}

/// Checks that the keys of board, topology and host port are consistent.
void check_board(base::ConfigFile& file, const ChipDescription& chip) {
  // Packets need coordinates for all cores, the bus needs addresses for all chips.
  const int max_columns = (Packet::kMaxCoordinate + 1) / chip.mesh.columns;
  const int max_rows = (Packet::kMaxCoordinate + 1) / chip.mesh.rows;
  if (chip.board.columns > max_columns) {
    file.error("board.columns", fmt::format("got {}, allowed 1..{} (mesh.columns)",
                                            chip.board.columns, max_columns));
  }
  if (chip.board.rows > max_rows) {
    file.error("board.rows",
               fmt::format("got {}, allowed 1..{} (mesh.rows)", chip.board.rows, max_rows));
  }
  if (chip.board.chips() > kMaxChips) {
    file.error("board", fmt::format("got {} x {} chips, allowed at most {}", chip.board.columns,
                                    chip.board.rows, kMaxChips));
  }
  if (const auto reason = refusal(chip.topology, chip.mesh)) {
    file.error("mesh", fmt::format("got {} x {}, but topology: {} {}", chip.mesh.columns,
                                   chip.mesh.rows, name(chip.topology), *reason));
  }
  const MeshDescription grid = chip.grid();
  if (chip.host_port.x >= grid.columns) {
    file.error("host_port.x", fmt::format("got {}, allowed 0..{} (mesh.columns, board.columns)",
                                          chip.host_port.x, grid.columns - 1));
  }
  if (chip.host_port.y >= grid.rows) {
    file.error("host_port.y", fmt::format("got {}, allowed 0..{} (mesh.rows, board.rows)",
                                          chip.host_port.y, grid.rows - 1));
  }
  const double trunk = chip.trunk.cycles_per_packet;
  if (chip.trunk.exists() && !has_levels(chip.topology)) {
    file.error(
        "trunk.cycles_per_packet",
        fmt::format("got {}, but topology: {} has no root: allowed 0", trunk, name(chip.topology)));
  } else if (chip.trunk.exists() && trunk < 1.0) {
    file.error("trunk.cycles_per_packet",
               fmt::format("got {}, allowed 0, or 1..{}", trunk, kMaxCycles));
  }
  if (!has_levels(chip.topology) && chip.host_port.level != 0) {
    file.error("host_port.level", fmt::format("got {}, but topology: {} has no levels, allowed 0",
                                              chip.host_port.level, name(chip.topology)));
  } else if (chip.host_port.level > top_level(chip)) {
    file.error("host_port.level", fmt::format("got {}, allowed 0..{} (the root)",
                                              chip.host_port.level, top_level(chip)));
  }
}

/// Checks that the keys are consistent with each other.
void check_across(base::ConfigFile& file, const ChipDescription& chip) {
  check_board(file, chip);
  if (plane_row_bytes(chip.core) * static_cast<std::uint64_t>(chip.core.axons) > kMaxRegionBytes) {
    file.error("core.axons",
               fmt::format("got {} with {} dendrites, allowed at most {} bytes per plane",
                           chip.core.axons, chip.core.dendrites, kMaxRegionBytes));
  }
  if (chip.core.dendrites % chip.core.columns_per_dendrite() != 0) {
    file.error("core.dendrites",
               fmt::format("got {}, but synapse: {} uses columns in pairs, allowed even numbers",
                           chip.core.dendrites, name(chip.core.synapse)));
  }
  if (chip.core.max_thresholds() > 65536) {
    file.error(
        "core.thresholds_per_dendrite",
        fmt::format("got {} for {} ternary dendrites, allowed at most 65536 thresholds per core",
                    chip.core.thresholds_per_dendrite, chip.core.ternary_dendrites()));
  }
  if (const int max = GatherEntry::max_dendrites(chip.core.weight_planes);
      chip.core.ternary_dendrites() > max) {
    file.error("core.weight_planes",
               fmt::format("got {} for {} ternary dendrites, allowed 1, or at most {} dendrites",
                           chip.core.weight_planes, chip.core.ternary_dendrites(), max));
  }
  const int entry_bits =
      base::bits_for(chip.core.fan_in_groups) + base::bits_for(chip.core.axons) + 1;
  if (chip.core.expansion.entries > 0 && chip.core.expansion.entry_bits < entry_bits) {
    file.error("core.axon_expansion.entry_bits",
               fmt::format("got {}, but a group, an axon and the end-of-list bit take {} bits",
                           chip.core.expansion.entry_bits, entry_bits));
  }
  if (!chip.sync.pipeline && chip.sync.ticks_per_image != 1) {
    file.error("sync.ticks_per_image",
               fmt::format("got {}, but pipeline: false, with which an image enters when the one "
                           "before has left: allowed 1",
                           chip.sync.ticks_per_image));
  }
  if (chip.bus.max_burst_bytes % kBusWordBytes != 0) {
    file.error("bus.max_burst_bytes", fmt::format("got {}, allowed multiples of {}",
                                                  chip.bus.max_burst_bytes, kBusWordBytes));
  }
  if (!power_of_two(chip.core.timing.word_bits)) {
    file.error("core.timing.word_bits",
               fmt::format("got {}, allowed powers of two", chip.core.timing.word_bits));
  }
}

BoardDescription read_board(const base::ConfigMap& map) {
  BoardDescription board;
  board.columns = static_cast<int>(map.integer("columns", {1, Packet::kMaxCoordinate + 1}, 1));
  board.rows = static_cast<int>(map.integer("rows", {1, Packet::kMaxCoordinate + 1}, 1));
  board.grow = map.boolean("grow", false);
  return board;
}

RouterDescription read_router(const base::ConfigMap& map) {
  RouterDescription router{};
  router.fifo_depth = read_int(map, "fifo_depth", 1, 255);
  router.pipeline_cycles = read_int(map, "pipeline_cycles", 1, kMaxCycles);
  router.link_cycles = read_int(map, "link_cycles", 1, kMaxCycles);
  router.flit_bits = static_cast<int>(map.integer("flit_bits", {1, Packet::kBits}, Packet::kBits));
  router.arbitration = map.choice<Arbitration>("arbitration", router.arbitration);
  router.multicast = map.boolean("multicast", true);
  router.credit_cycles = static_cast<int>(map.integer("credit_cycles", {0, kMaxCycles}, 0));
  return router;
}

/// The keys have default values only if there are no such links: on a board of one chip that does
/// not grow.
InterChipDescription read_inter_chip(const base::ConfigMap& map, const BoardDescription& board) {
  const auto default_value = [&board](std::int64_t value) {
    return board.chips() == 1 && !board.grow ? std::optional<std::int64_t>(value) : std::nullopt;
  };
  InterChipDescription links;
  links.link_cycles = static_cast<int>(
      map.integer("link_cycles", {1, kMaxCycles}, default_value(links.link_cycles)));
  links.flit_bits = static_cast<int>(
      map.integer("flit_bits", {1, Packet::kBits}, default_value(links.flit_bits)));
  return links;
}

/// Reads names of `items` as their numbers, in ascending order. `range` says which are allowed.
std::vector<std::size_t> read_items(base::ConfigFile& file, const base::ConfigMap& map,
                                    const char* key,
                                    const std::map<std::string, std::size_t>& items,
                                    const std::string& range) {
  std::set<std::size_t> found;
  const base::ConfigMap list = map.list(key);
  for (const std::string& i : list.keys()) {
    const std::string name = list.text(i);
    const auto item = items.find(name);
    if (item == items.end()) {
      file.error(list.path(i), fmt::format("got {}, allowed {}", name, range));
    } else if (!found.insert(item->second).second) {
      file.error(list.path(i), fmt::format("{} is listed twice", name));
    }
  }
  return {found.begin(), found.end()};
}

void read_dead_cores(base::ConfigFile& file, const base::ConfigMap& map, ChipDescription& chip) {
  std::map<std::string, std::size_t> names;
  const int cores = chip.grid().cores();
  for (int core = 0; core < cores; ++core) {
    names.emplace(core_name(chip, core), static_cast<std::size_t>(core));
  }
  const std::string range = fmt::format("{} to {}", core_name(chip, 0), core_name(chip, cores - 1));
  for (const std::size_t core : read_items(file, map, "cores", names, range)) {
    chip.defects.cores.push_back(
        {chip.grid().x(static_cast<int>(core)), chip.grid().y(static_cast<int>(core))});
  }
}

bool joins_neighbours(const Link& link) {
  return link.from.level != link.to.level ||
         std::abs(link.from.x - link.to.x) + std::abs(link.from.y - link.to.y) == 1;
}

void read_dead_links(base::ConfigFile& file, const base::ConfigMap& map, ChipDescription& chip) {
  // A trunk is no link between two routers, and without it nothing could be sent.
  const std::vector<Link> links = list_joined_pairs(chip);
  std::map<std::string, std::size_t> names;
  for (std::size_t i = 0; i < links.size(); ++i) {
    names.emplace(link_name(links[i].from, links[i].to), i);
    names.emplace(link_name(links[i].to, links[i].from), i);
  }
  for (const std::size_t i : read_items(file, map, "links", names, allowed_pairs(links))) {
    const Link& link = links[i];
    if (chip.board.grow && !joins_neighbours(link)) {
      file.error(map.path("links"),
                 fmt::format("{} closes a ring, which is longer on a larger board: allowed with "
                             "board.grow: false",
                             link_name(link.from, link.to)));
    }
    chip.defects.links.push_back({link.from, link.to});
  }
}

/// Checks that the host can reach something.
void check_usable(base::ConfigFile& file, const ChipDescription& chip) {
  const RouterPlace host = host_place(chip);
  const DeadLinks dead(chip);
  bool reached = false;
  for (const Link& link : list_links(chip)) {
    reached = reached ||
              (link.from == host && !link.is_trunk() && dead.at(link.index) == DeadLinks::kNone);
  }
  if (dead.any() && !reached) {
    file.error("defects.links",
               fmt::format("all links of the host port's router {} are listed, allowed all but one",
                           text(host)));
    return;
  }
  const UsableCores cores(chip);
  if (cores.count() == 0) {
    file.error("defects", fmt::format("no core can be used: of {}, {}", chip.grid().cores(),
                                      cores.missing(chip)));
  }
}

/// Reads the defects, whose names depend on all that makes the board. If something else is wrong,
/// skips them.
void read_defects(base::ConfigFile& file, const base::ConfigMap& map, ChipDescription& chip) {
  const bool readable = file.good();
  for (const char* key : {"cores", "links"}) {
    // A key that is not given is known, too.
    if (!readable || !map.has(key)) map.skip(key);
  }
  if (!readable) return;
  if (map.has("cores")) read_dead_cores(file, map, chip);
  if (map.has("links")) read_dead_links(file, map, chip);
  if (file.good() && chip.defects.any()) check_usable(file, chip);
}

double in_millicycles(double cycles) { return std::round(cycles * 1e3) / 1e3; }

TrunkDescription read_trunk(const base::ConfigMap& map) {
  return {in_millicycles(map.real("cycles_per_packet", {0.0, double{kMaxCycles}}, 0.0))};
}

HostPortDescription read_host_port(const base::ConfigMap& map) {
  HostPortDescription host{};
  host.cycles_per_packet = in_millicycles(map.real("cycles_per_packet", {1.0, double{kMaxCycles}}));
  host.x = read_int(map, "x", 0, Packet::kMaxCoordinate);
  host.y = read_int(map, "y", 0, Packet::kMaxCoordinate);
  host.level = static_cast<int>(map.integer("level", {0, Packet::kMaxCoordinate}, host.level));
  host.multicast = map.boolean("multicast", host.multicast);
  return host;
}

}  // namespace

ChipDescription load_chip(const std::string& path, const std::vector<base::Override>& overrides) {
  base::ConfigFile file(path, "chip", overrides);
  return read_chip(file);
}

ChipDescription read_chip(base::ConfigFile& file) {
  const base::ConfigMap root = file.root();
  ChipDescription chip{};
  chip.name = root.text("name");
  chip.clock_hz = root.quantity("clock", base::Unit::kHertz, {1e3, 1e11});
  chip.voltage_v = root.quantity("voltage", base::Unit::kVolt, {0.2, 5.0});

  chip.idle_core = root.choice<IdleCore>("idle_core", chip.idle_core);

  const base::ConfigMap mesh = root.map("mesh");
  chip.mesh.columns = read_int(mesh, "columns", 1, Packet::kMaxCoordinate + 1);
  chip.mesh.rows = read_int(mesh, "rows", 1, Packet::kMaxCoordinate + 1);

  chip.core = read_core(root.map("core"));

  chip.topology =
      static_cast<TopologyKind>(root.choice("topology", topology_names(), std::size_t{0}));
  chip.board = read_board(root.map("board"));
  chip.inter_chip = read_inter_chip(root.map("inter_chip"), chip.board);
  chip.router = read_router(root.map("router"));
  chip.trunk = read_trunk(root.map("trunk"));
  chip.host_port = read_host_port(root.map("host_port"));

  const base::ConfigMap sync = root.map("sync");
  chip.sync.barrier_cycles = read_int(sync, "barrier_cycles", 1, 1 << 20);
  chip.sync.pipeline = sync.boolean("pipeline", true);
  chip.sync.ticks_per_image =
      static_cast<int>(sync.integer("ticks_per_image", {1, 1 << 16}, chip.sync.ticks_per_image));
  chip.sync.tick_cycles = static_cast<int>(sync.integer("tick_cycles", {0, 1 << 30}, 0));
  chip.sync.late_spikes = sync.choice<LateSpikes>("late_spikes", chip.sync.late_spikes);

  const base::ConfigMap bus = root.map("bus");
  chip.bus.bytes_per_cycle = read_int(bus, "bytes_per_cycle", 1, 4096);
  chip.bus.latency_cycles = read_int(bus, "latency_cycles", 0, kMaxCycles);
  chip.bus.max_burst_bytes = read_int(bus, "max_burst_bytes", kBusWordBytes, 1 << 20);

  if (file.good()) check_across(file, chip);
  read_defects(file, root.map("defects"), chip);
  file.finish();
  return chip;
}

}  // namespace spikeloom::arch

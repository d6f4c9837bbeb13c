// SPDX-License-Identifier: Apache-2.0
#include "common/chip_description.h"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/address_map.h"

namespace spikeloom::common {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CoreTiming, scan_axons_per_cycle, word_bits, neurons_per_cycle,
                                   gather_cycles_per_group, compare_cycles, emit_cycles_per_packet)
NLOHMANN_JSON_SERIALIZE_ENUM(Synapse, {{Synapse::kTernary, "ternary"},
                                       {Synapse::kBinaryPair, "binary_pair"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CoreDescription, axons, dendrites, synapse, fan_in_groups,
                                   thresholds_per_dendrite, potential_bits, route_entries, timing)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MeshDescription, columns, rows)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RouterDescription, fifo_depth, pipeline_cycles, link_cycles)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostPortDescription, cycles_per_packet, x, y)
NLOHMANN_JSON_SERIALIZE_ENUM(LateSpikes, {{LateSpikes::kFail, "fail"},
                                          {LateSpikes::kDrop, "drop"},
                                          {LateSpikes::kNextTick, "next_tick"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SyncDescription, barrier_cycles, pipeline, tick_cycles,
                                   late_spikes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BusDescription, bytes_per_cycle, latency_cycles, max_burst_bytes)

namespace {

constexpr int kMaxCycles = 1024;

int read_int(const ConfigMap& map, std::string_view key, int least, int most) {
  return static_cast<int>(map.integer(key, {least, most}));
}

bool power_of_two(int value) { return (value & (value - 1)) == 0; }

CoreTiming read_core_timing(const ConfigMap& map) {
  CoreTiming timing{};
  timing.scan_axons_per_cycle = read_int(map, "scan_axons_per_cycle", 1, Packet::kMaxAxons);
  timing.word_bits = read_int(map, "word_bits", 1, 65536);
  timing.neurons_per_cycle = read_int(map, "neurons_per_cycle", 1, 65536);
  timing.gather_cycles_per_group = read_int(map, "gather_cycles_per_group", 0, kMaxCycles);
  timing.compare_cycles = read_int(map, "compare_cycles", 1, kMaxCycles);
  timing.emit_cycles_per_packet = read_int(map, "emit_cycles_per_packet", 1, kMaxCycles);
  return timing;
}

CoreDescription read_core(const ConfigMap& map) {
  CoreDescription core{};
  core.axons = read_int(map, "axons", 1, Packet::kMaxAxons);
  core.dendrites = read_int(map, "dendrites", 1, 65535);
  core.synapse = static_cast<Synapse>(map.choice("synapse", {"ternary", "binary_pair"}));
  core.fan_in_groups = read_int(map, "fan_in_groups", 1, Packet::kMaxGroups);
  core.thresholds_per_dendrite = read_int(map, "thresholds_per_dendrite", 1, 64);
  core.potential_bits = read_int(map, "potential_bits", 2, 32);
  core.route_entries = read_int(map, "route_entries", 1, 65535);
  core.timing = read_core_timing(map.map("timing"));
  return core;
}

/// What keys must fulfil together.
void check_across(ConfigFile& file, const ChipDescription& chip) {
  if (chip.host_port.x >= chip.mesh.columns) {
    file.error("host_port.x", fmt::format("got {}, allowed 0..{} (mesh.columns)", chip.host_port.x,
                                          chip.mesh.columns - 1));
  }
  if (chip.host_port.y >= chip.mesh.rows) {
    file.error("host_port.y", fmt::format("got {}, allowed 0..{} (mesh.rows)", chip.host_port.y,
                                          chip.mesh.rows - 1));
  }
  if (plane_row_bytes(chip.core) * static_cast<std::uint64_t>(chip.core.axons) > kMaxRegionBytes) {
    file.error("core.axons", fmt::format("got {} with {} dendrites, allowed {} bytes a plane",
                                         chip.core.axons, chip.core.dendrites, kMaxRegionBytes));
  }
  if (chip.core.synapse == Synapse::kBinaryPair && chip.core.dendrites % 2 != 0) {
    file.error("core.dendrites", fmt::format("got {}, but synapse: binary_pair takes columns in "
                                             "pairs: give an even number",
                                             chip.core.dendrites));
  }
  if (chip.core.max_thresholds() > 65536) {
    file.error("core.thresholds_per_dendrite",
               fmt::format("got {} for {} ternary dendrites, allowed 65536 thresholds a core",
                           chip.core.thresholds_per_dendrite, chip.core.ternary_dendrites()));
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

}  // namespace

ChipDescription load_chip(const std::string& path, const std::vector<Override>& overrides) {
  ConfigFile file(path, "chip", overrides);
  const ConfigMap root = file.root();
  ChipDescription chip{};
  chip.name = root.text("name");
  chip.clock_hz = root.quantity("clock", Unit::kHertz, {1e3, 1e11});
  chip.voltage_v = root.quantity("voltage", Unit::kVolt, {0.2, 5.0});

  const ConfigMap mesh = root.map("mesh");
  chip.mesh.columns = read_int(mesh, "columns", 1, Packet::kMaxCoordinate + 1);
  chip.mesh.rows = read_int(mesh, "rows", 1, Packet::kMaxCoordinate + 1);

  chip.core = read_core(root.map("core"));

  const ConfigMap router = root.map("router");
  chip.router.fifo_depth = read_int(router, "fifo_depth", 1, 255);
  chip.router.pipeline_cycles = read_int(router, "pipeline_cycles", 1, kMaxCycles);
  chip.router.link_cycles = read_int(router, "link_cycles", 1, kMaxCycles);

  const ConfigMap host = root.map("host_port");
  chip.host_port.cycles_per_packet = read_int(host, "cycles_per_packet", 1, kMaxCycles);
  chip.host_port.x = read_int(host, "x", 0, Packet::kMaxCoordinate);
  chip.host_port.y = read_int(host, "y", 0, Packet::kMaxCoordinate);

  const ConfigMap sync = root.map("sync");
  chip.sync.barrier_cycles = read_int(sync, "barrier_cycles", 1, 1 << 20);
  chip.sync.pipeline = sync.boolean("pipeline", true);
  chip.sync.tick_cycles = static_cast<int>(sync.integer("tick_cycles", {0, 1 << 30}, 0));
  chip.sync.late_spikes =
      static_cast<LateSpikes>(sync.choice("late_spikes", {"fail", "drop", "next_tick"}, 0));

  const ConfigMap bus = root.map("bus");
  chip.bus.bytes_per_cycle = read_int(bus, "bytes_per_cycle", 1, 4096);
  chip.bus.latency_cycles = read_int(bus, "latency_cycles", 0, kMaxCycles);
  chip.bus.max_burst_bytes = read_int(bus, "max_burst_bytes", kBusWordBytes, 1 << 20);

  if (file.good()) check_across(file, chip);
  file.finish();
  return chip;
}

nlohmann::json to_json(const ChipDescription& chip) {
  return {{"name", chip.name},           {"clock_hz", chip.clock_hz}, {"voltage_v", chip.voltage_v},
          {"mesh", chip.mesh},           {"core", chip.core},         {"router", chip.router},
          {"host_port", chip.host_port}, {"sync", chip.sync},         {"bus", chip.bus}};
}

ChipDescription chip_from_json(const nlohmann::json& json) {
  ChipDescription chip{};
  json.at("name").get_to(chip.name);
  json.at("clock_hz").get_to(chip.clock_hz);
  json.at("voltage_v").get_to(chip.voltage_v);
  json.at("mesh").get_to(chip.mesh);
  json.at("core").get_to(chip.core);
  json.at("router").get_to(chip.router);
  json.at("host_port").get_to(chip.host_port);
  json.at("sync").get_to(chip.sync);
  json.at("bus").get_to(chip.bus);
  return chip;
}

}  // namespace spikeloom::common

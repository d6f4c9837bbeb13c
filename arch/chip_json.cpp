// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/chip_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/units.h"

namespace spikeloom::arch {
namespace {

// Keys added later are written only if they are not the default: files of chips without them stay
// the same.
nlohmann::json to_json(const CoreDescription& core) {
  const CoreTiming& timing = core.timing;
  const ExpansionDescription& expansion = core.expansion;
  nlohmann::json json = {{"axons", core.axons},
                         {"dendrites", core.dendrites},
                         {"synapse", name(core.synapse)},
                         {"fan_in_groups", core.fan_in_groups},
                         {"thresholds_per_dendrite", core.thresholds_per_dendrite},
                         {"potential_bits", core.potential_bits},
                         {"route_entries", core.route_entries},
                         {"timing",
                          {{"scan_axons_per_cycle", timing.scan_axons_per_cycle},
                           {"word_bits", timing.word_bits},
                           {"neurons_per_cycle", timing.neurons_per_cycle},
                           {"gather_cycles_per_group", timing.gather_cycles_per_group},
                           {"compare_cycles", timing.compare_cycles},
                           {"emit_cycles_per_packet", timing.emit_cycles_per_packet}}},
                         {"expansion",
                          {{"entries", expansion.entries},
                           {"cycles_per_write", expansion.cycles_per_write},
                           {"entry_bits", expansion.entry_bits}}}};
  if (core.rows != CrossbarRows::kAxons) json["rows"] = name(core.rows);
  if (core.neuron != Neuron::kThreshold) json["neuron"] = name(core.neuron);
  if (core.protection != Protection::kNone) json["protection"] = name(core.protection);
  if (core.weight_planes != 1) json["weight_planes"] = core.weight_planes;
  if (timing.cycles_per_word != 1) json["timing"]["cycles_per_word"] = timing.cycles_per_word;
  return json;
}

nlohmann::json to_json(const RouterDescription& router) {
  nlohmann::json json = {
      {"fifo_depth", router.fifo_depth},   {"pipeline_cycles", router.pipeline_cycles},
      {"link_cycles", router.link_cycles}, {"flit_bits", router.flit_bits},
      {"multicast", router.multicast},     {"arbitration", name(router.arbitration)}};
  if (router.credit_cycles != 0) json["credit_cycles"] = router.credit_cycles;
  return json;
}

nlohmann::json to_json(const HostPortDescription& host) {
  nlohmann::json json = {{"cycles_per_packet", host.cycles_per_packet},
                         {"x", host.x},
                         {"y", host.y},
                         {"level", host.level}};
  if (!host.multicast) json["multicast"] = host.multicast;
  return json;
}

nlohmann::json to_json(const SyncDescription& sync) {
  nlohmann::json json = {{"barrier_cycles", sync.barrier_cycles},
                         {"pipeline", sync.pipeline},
                         {"tick_cycles", sync.tick_cycles},
                         {"late_spikes", name(sync.late_spikes)}};
  if (sync.ticks_per_image != 1) json["ticks_per_image"] = sync.ticks_per_image;
  return json;
}

nlohmann::json to_json(const ChipDescription& chip, const DefectDescription& defects) {
  nlohmann::json json = {{"cores", nlohmann::json::array()}, {"links", nlohmann::json::array()}};
  for (const DeadCore& core : defects.cores) {
    json["cores"].push_back(core_name(chip, chip.grid().core_at(core.x, core.y)));
  }
  for (const DeadLink& link : defects.links) {
    json["links"].push_back(link_name(link.from, link.to));
  }
  return json;
}

/// Renames the key `from` to `to`, if it exists.
void rename(nlohmann::json& map, const char* from, const char* to) {
  const auto found = map.find(from);
  if (found == map.end()) return;
  nlohmann::json value = std::move(*found);
  map.erase(found);
  map[to] = std::move(value);
}

/// Likewise, and appends the unit to a number.
void rename(nlohmann::json& map, const char* from, const char* to, base::Unit unit) {
  rename(map, from, to);
  const auto found = map.find(to);
  if (found == map.end() || !found->is_number()) return;
  *found = fmt::format("{} {}", found->get<double>(), base::symbol(unit));
}

/// Converts `chip` to the keys and values of a chip file.
nlohmann::json as_in_file(nlohmann::json chip) {
  if (!chip.is_object()) return chip;
  rename(chip, "clock_hz", "clock", base::Unit::kHertz);
  rename(chip, "voltage_v", "voltage", base::Unit::kVolt);
  const auto core = chip.find("core");
  if (core != chip.end() && core->is_object()) rename(*core, "expansion", "axon_expansion");
  return chip;
}

}  // namespace

nlohmann::json to_json(const ChipDescription& chip) {
  nlohmann::json json = {
      {"name", chip.name},
      {"clock_hz", chip.clock_hz},
      {"voltage_v", chip.voltage_v},
      {"mesh", {{"columns", chip.mesh.columns}, {"rows", chip.mesh.rows}}},
      {"core", to_json(chip.core)},
      {"router", to_json(chip.router)},
      {"host_port", to_json(chip.host_port)},
      {"sync", to_json(chip.sync)},
      {"bus",
       {{"bytes_per_cycle", chip.bus.bytes_per_cycle},
        {"latency_cycles", chip.bus.latency_cycles},
        {"max_burst_bytes", chip.bus.max_burst_bytes}}},
      {"topology", name(chip.topology)},
      {"board", {{"columns", chip.board.columns}, {"rows", chip.board.rows}}},
      {"inter_chip",
       {{"link_cycles", chip.inter_chip.link_cycles}, {"flit_bits", chip.inter_chip.flit_bits}}},
      {"idle_core", name(chip.idle_core)}};
  if (chip.defects.any()) json["defects"] = to_json(chip, chip.defects);
  if (chip.trunk.exists()) json["trunk"] = {{"cycles_per_packet", chip.trunk.cycles_per_packet}};
  return json;
}

ChipDescription chip_from_json(const nlohmann::json& json, const std::string& source) {
  base::ConfigFile file = base::ConfigFile::from_json(as_in_file(json), source, "chip");
  return read_chip(file);
}

}  // namespace spikeloom::arch

// SPDX-License-Identifier: Apache-2.0
#include "common/chip_json.h"

#include <nlohmann/json.hpp>

#include "arch/topology/topologies.h"

namespace spikeloom::common {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CoreTiming, scan_axons_per_cycle, word_bits, neurons_per_cycle,
                                   gather_cycles_per_group, compare_cycles, emit_cycles_per_packet)
NLOHMANN_JSON_SERIALIZE_ENUM(Synapse, {{Synapse::kTernary, "ternary"},
                                       {Synapse::kBinaryPair, "binary_pair"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExpansionDescription, entries, cycles_per_write, entry_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CoreDescription, axons, dendrites, synapse, fan_in_groups,
                                   thresholds_per_dendrite, potential_bits, route_entries, timing,
                                   expansion)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MeshDescription, columns, rows)
NLOHMANN_JSON_SERIALIZE_ENUM(Arbitration, {{Arbitration::kRoundRobin, "round_robin"},
                                           {Arbitration::kFixedPriority, "fixed_priority"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BoardDescription, columns, rows)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(InterChipDescription, link_cycles, flit_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RouterDescription, fifo_depth, pipeline_cycles, link_cycles,
                                   flit_bits, arbitration)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostPortDescription, cycles_per_packet, x, y, level)
NLOHMANN_JSON_SERIALIZE_ENUM(LateSpikes, {{LateSpikes::kFail, "fail"},
                                          {LateSpikes::kDrop, "drop"},
                                          {LateSpikes::kNextTick, "next_tick"}})
NLOHMANN_JSON_SERIALIZE_ENUM(IdleCore, {{IdleCore::kNone, "none"},
                                        {IdleCore::kClockGated, "clock_gated"},
                                        {IdleCore::kPowerGated, "power_gated"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SyncDescription, barrier_cycles, pipeline, tick_cycles,
                                   late_spikes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BusDescription, bytes_per_cycle, latency_cycles, max_burst_bytes)

nlohmann::json to_json(const ChipDescription& chip) {
  nlohmann::json router = chip.router;
  router["multicast"] = chip.router.multicast;
  return {{"name", chip.name},
          {"clock_hz", chip.clock_hz},
          {"voltage_v", chip.voltage_v},
          {"mesh", chip.mesh},
          {"core", chip.core},
          {"router", router},
          {"host_port", chip.host_port},
          {"sync", chip.sync},
          {"bus", chip.bus},
          {"topology", arch::name(chip.topology)},
          {"board", chip.board},
          {"inter_chip", chip.inter_chip},
          {"idle_core", chip.idle_core}};
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
  chip.topology = arch::topology_of(json.at("topology").get<std::string>());
  json.at("board").get_to(chip.board);
  json.at("inter_chip").get_to(chip.inter_chip);
  // Files made before there were these keys have none.
  chip.idle_core = json.value("idle_core", IdleCore::kNone);
  chip.router.multicast = json.at("router").value("multicast", true);
  return chip;
}

}  // namespace spikeloom::common

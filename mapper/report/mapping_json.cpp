// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/mapping_json.h"

#include <string>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/base/version.h"

namespace spikeloom::mapper {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 2;

Json to_json(const mapper::ParetoPoint& point) {
  return {{"cores", point.cores}, {"packets_per_spike", point.packets_per_spike}};
}

Json to_json(const mapper::LayerReport& layer) {
  const mapper::LowerBoundGap& apart = layer.separation;
  const mapper::ToeplitzBaseline& toeplitz = layer.toeplitz;
  return {
      {"name", layer.name},
      {"cores", layer.cores},
      {"neurons", layer.neurons},
      {"blocks", layer.blocks},
      {"fewest_blocks", layer.fewest_blocks},
      {"dendrites", layer.dendrites},
      {"min_dendrites", layer.min_dendrites},
      {"lower_bound_cores", layer.min_cores},
      {"separation",
       {{"more_groups_dendrites", apart.more_groups},
        {"part_blocks_dendrites", apart.part_blocks},
        {"room_dendrites", apart.room},
        {"shared_cores", apart.shared}}},
      {"axon_groups", layer.axon_groups},
      {"axon_utilization", layer.axon_utilization},
      {"dendrite_utilization", layer.dendrite_utilization},
      {"synapse_utilization", layer.synapse_utilization},
      {"expansion_entries_per_block", layer.expansion_entries},
      {"source_neurons", layer.sources},
      {"packets", layer.packets},
      {"deliveries", layer.deliveries},
      {"hops", layer.hops},
      {"packets_per_spike", layer.packets_per_spike()},
      {"multicast_degree", layer.multicast_degree()},
      {"toeplitz",
       {{"tiles", toeplitz.tiles},
        {"cores", toeplitz.cores},
        {"packets", toeplitz.packets},
        {"deliveries", toeplitz.deliveries},
        {"packets_per_spike", layer.toeplitz_packets_per_spike()}}},
  };
}

Json to_json(const mapper::CoreReport& core, const mapper::MappingReport& report,
             const arch::MeshDescription& grid) {
  Json parts = Json::array();
  for (const mapper::CoreReport::Part& part : core.parts) {
    parts.push_back({{"layer", report.layers[static_cast<std::size_t>(part.layer)].name},
                     {"dendrites", part.dendrites}});
  }
  return {{"core", core.core},
          {"x", grid.x(core.core)},
          {"y", grid.y(core.core)},
          {"parts", std::move(parts)},
          {"dendrites", core.dendrites},
          {"neurons", core.neurons},
          {"axon_groups", core.groups},
          {"expansion_entries", core.expansion_entries},
          {"route_entries", core.route_entries},
          {"expected_cycles", core.cycles}};
}

Json to_json(const arch::RouterPlace& place) {
  return {{"level", place.level}, {"x", place.x}, {"y", place.y}};
}

Json to_json(const mapper::TrafficReport& traffic) {
  Json links = Json::array();
  for (const mapper::LinkLoad& link : traffic.links) {
    links.push_back({{"from", to_json(link.from)},
                     {"to", to_json(link.to)},
                     {"between_chips", link.between_chips},
                     {"packets", traffic.packets(link)},
                     {"cycles", traffic.cycles(link)}});
  }
  return {{"measured", traffic.measured},
          {"packet_hops", traffic.packet_hops},
          {"link_cycles", traffic.link_cycles},
          {"start_link_cycles", traffic.start_link_cycles},
          {"hilbert_link_cycles", traffic.hilbert_link_cycles},
          {"random_link_cycles", traffic.random_link_cycles},
          {"links", std::move(links)}};
}

Json cut_off(const mapper::MappingReport& report, const arch::ChipDescription& chip) {
  Json cores = Json::array();
  for (const arch::UsableCores::CutOff& core : report.cut_off) {
    const arch::DeadLink& link = chip.defects.links[core.link];
    cores.push_back({{"core", arch::core_name(chip, core.core)},
                     {"link", arch::link_name(link.from, link.to)}});
  }
  return cores;
}

}  // namespace

Json to_json(const mapper::MappingReport& report, const arch::Deployment& deployment) {
  Json front = Json::array();
  for (const mapper::ParetoPoint& point : report.plans.front) front.push_back(to_json(point));
  Json layers = Json::array();
  for (const mapper::LayerReport& layer : report.layers) layers.push_back(to_json(layer));
  Json cores = Json::array();
  for (const mapper::CoreReport& core : report.core_reports) {
    cores.push_back(to_json(core, report, deployment.chip.grid()));
  }
  Json json = {
      {"schema", kSchema},
      {"version", base::kVersion},
      {"network", deployment.network},
      {"chip", arch::to_json(deployment.chip)},
      {"seed", deployment.seed},
      {"objective", mapper::name(report.plans.objective)},
      {"cores_used", report.cores},
      {"cores_available", report.cores_available},
      {"lower_bound_cores", report.min_cores},
      {"packets_per_spike", report.packets_per_spike},
      {"output_packets", report.output_packets},
      {"output_hops", report.output_hops},
      {"max_route_entries", report.max_route_entries},
      {"busiest_core",
       {{"core", report.busiest().core}, {"expected_cycles", report.busiest().cycles}}},
      {"toeplitz",
       {{"cores", report.toeplitz_cores},
        {"packets_per_spike", report.toeplitz_packets_per_spike}}},
      {"plans", {{"chosen", to_json(report.plans.chosen)}, {"front", std::move(front)}}},
      {"layers", std::move(layers)},
      {"traffic", to_json(report.traffic)},
      {"cores", std::move(cores)},
  };
  if (!report.cut_off.empty()) json["cores_cut_off"] = cut_off(report, deployment.chip);
  if (const auto& cost = report.factor_cost) {
    json["factor_cost"] = {{"factor", cost->factor},
                           {"dendrites", cost->dendrites},
                           {"weight_planes", cost->weight_planes},
                           {"min_dendrites", cost->min_dendrites},
                           {"min_planes", cost->min_planes}};
  }
  return json;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/topologies.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace spikeloom::arch {
namespace {

template <std::size_t... indices>
std::vector<std::string_view> names_of(std::index_sequence<indices...> /*all*/) {
  return {std::variant_alternative_t<indices, Topology>::kName...};
}

}  // namespace

Topology make_topology(const ChipDescription& chip) {
  return with_topology(chip, [](const auto& topology) { return Topology(topology); });
}

const std::vector<std::string_view>& topology_names() {
  static const std::vector<std::string_view> kNames =
      names_of(std::make_index_sequence<kTopologies>());
  return kNames;
}

std::string_view name(TopologyKind kind) {
  return topology_names().at(static_cast<std::size_t>(kind));
}

TopologyKind topology_of(std::string_view name) {
  const std::vector<std::string_view>& names = topology_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw std::invalid_argument(
        fmt::format("topology: got {}, allowed {}", name, fmt::join(names, ", ")));
  }
  return static_cast<TopologyKind>(found - names.begin());
}

std::optional<std::string> refusal(TopologyKind kind, const MeshDescription& mesh) {
  return with_topology_class(kind, [&](auto type) { return decltype(type)::Type::refusal(mesh); });
}

bool has_levels(TopologyKind kind) {
  return with_topology_class(kind, [](auto type) { return decltype(type)::Type::kHasLevels; });
}

int top_level(const ChipDescription& chip) {
  return with_topology_class(chip.topology,
                             [&](auto type) { return decltype(type)::Type::top_level(chip); });
}

RouterPlace host_place(const ChipDescription& chip) {
  return with_topology(chip, [](const auto& topology) { return topology.host_place(); });
}

}  // namespace spikeloom::arch

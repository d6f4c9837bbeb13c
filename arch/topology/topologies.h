// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/mesh_topology.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/arch/topology/topology_kind.h"
#include "spikeloom/arch/topology/torus_topology.h"
#include "spikeloom/arch/topology/tree_topology.h"

namespace spikeloom::arch {

/// All topologies, in the order of TopologyKind. A new one needs a class, a TopologyKind and an
/// entry here (docs/network.md lists what the class must have).
using Topology = std::variant<MeshTopology, TreeTopology, TorusTopology>;

inline constexpr std::size_t kTopologies = std::variant_size_v<Topology>;

/// Represents the class of a topology.
template <class Class>
struct TopologyClass {
  using Type = Class;
};

/// Calls `visitor` with the TopologyClass of `kind`.
template <std::size_t index = 0, class Visitor>
auto with_topology_class(TopologyKind kind, const Visitor& visitor) {
  using Class = std::variant_alternative_t<index, Topology>;
  static_assert(static_cast<std::size_t>(Class::kKind) == index);
  if constexpr (index + 1 < kTopologies) {
    if (kind != Class::kKind) return with_topology_class<index + 1>(kind, visitor);
  }
  return visitor(TopologyClass<Class>{});
}

/// Returns the topology of a chip's board.
Topology make_topology(const ChipDescription& chip);

/// Calls `visitor` with the topology of a chip's board.
template <class Visitor>
auto with_topology(const ChipDescription& chip, const Visitor& visitor) {
  return with_topology_class(
      chip.topology, [&](auto type) { return visitor(typename decltype(type)::Type(chip)); });
}

/// Returns the names of the topologies in chip files and messages, by kind.
const std::vector<std::string_view>& topology_names();
std::string_view name(TopologyKind kind);
/// Throws std::invalid_argument with the allowed names.
TopologyKind topology_of(std::string_view name);

/// Returns why chips with `mesh` cannot be joined in this topology, as "needs ...", or nullopt if
/// they can.
std::optional<std::string> refusal(TopologyKind kind, const MeshDescription& mesh);
/// Whether the host port may be at several levels above its core.
bool has_levels(TopologyKind kind);
/// Returns the highest level of routers, or 0 if there are no levels.
int top_level(const ChipDescription& chip);
/// Returns the place of the router with the host port.
RouterPlace host_place(const ChipDescription& chip);

}  // namespace spikeloom::arch

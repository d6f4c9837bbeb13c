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

/// All topologies, in the order of TopologyKind. To add one: its class, its TopologyKind and its
/// place here (docs/network.md says what the class must have).
using Topology = std::variant<MeshTopology, TreeTopology, TorusTopology>;

inline constexpr std::size_t kTopologies = std::variant_size_v<Topology>;

/// Stands for a topology's class.
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

/// The topology of a chip's board.
Topology make_topology(const ChipDescription& chip);

/// Calls `visitor` with the topology of a chip's board.
template <class Visitor>
auto with_topology(const ChipDescription& chip, const Visitor& visitor) {
  return with_topology_class(
      chip.topology, [&](auto type) { return visitor(typename decltype(type)::Type(chip)); });
}

/// As chip files and messages call them, by kind.
const std::vector<std::string_view>& topology_names();
std::string_view name(TopologyKind kind);
/// Throws std::invalid_argument with the names allowed.
TopologyKind topology_of(std::string_view name);

/// Why chips of `mesh` cannot be joined so, "halves ..."; nothing where they can.
std::optional<std::string> refusal(TopologyKind kind, const MeshDescription& mesh);
/// Whether the host port may be at several levels above its core.
bool has_levels(TopologyKind kind);
/// The highest level of routers; 0 where there are no levels.
int top_level(const ChipDescription& chip);
/// The router that the host port is at.
RouterPlace host_place(const ChipDescription& chip);

}  // namespace spikeloom::arch

// SPDX-License-Identifier: Apache-2.0
#include "hw/router/link_list.h"

#include "hw/router/mesh_topology.h"
#include "hw/router/tree_topology.h"

namespace spikeloom::hw {
namespace {

using common::RouterPlace;

RouterPlace end(const MeshTopology::Place& place) { return {0, place.x, place.y}; }
RouterPlace end(const TreeTopology::Place& place) { return {place.level, place.x, place.y}; }

template <class Topology>
std::vector<Link> list(const Topology& topology) {
  std::vector<Link> links;
  for (std::size_t i = 0; i < topology.routers(); ++i) {
    const auto router = static_cast<std::uint32_t>(i);
    const typename Topology::Place place = topology.place(router);
    for (unsigned port = 0; port < Topology::kPorts; ++port) {
      if (!topology.is_link(place, port) || !topology.has_link(place, port)) continue;
      const typename Topology::Place next =
          topology.place(topology.peer(router, place, port).router);
      links.push_back({i * Topology::kPorts + port, end(place), end(next),
                       topology.between_chips(place, port)});
    }
  }
  return links;
}

}  // namespace

std::vector<Link> list_links(const common::ChipDescription& chip) {
  return chip.topology == common::TopologyKind::kQuadtree ? list(TreeTopology(chip))
                                                          : list(MeshTopology(chip));
}

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#include "hw/trace/router_list.h"

#include <algorithm>
#include <set>
#include <utility>

#include "hw/router/mesh_topology.h"
#include "hw/router/tree_topology.h"

namespace spikeloom::hw {
namespace {

std::vector<int> coordinates(const MeshTopology::Place& place) { return {place.x, place.y}; }

std::vector<int> coordinates(const TreeTopology::Place& place) {
  return {place.level, place.x, place.y};
}

int chip_of(const common::ChipDescription& chip, const MeshTopology::Place& place) {
  return chip.place(chip.grid().core_at(place.x, place.y)).chip;
}

int chip_of(const common::ChipDescription& chip, const TreeTopology::Place& place) {
  if (place.level > chip.chip_tree_levels()) return ListedRouter::kBoard;
  return chip.place(chip.grid().core_at(place.x << place.level, place.y << place.level)).chip;
}

template <class Topology>
RouterList list(const common::ChipDescription& chip) {
  const Topology topology(chip);
  RouterList result;
  result.host = topology.host_port();
  for (int core = 0; core < chip.grid().cores(); ++core) {
    result.cores.push_back(topology.core_port(core));
  }
  std::set<std::pair<std::uint32_t, unsigned>> attached{{result.host.router, result.host.port}};
  for (const Attachment& core : result.cores) attached.insert({core.router, core.port});
  for (std::size_t i = 0; i < topology.routers(); ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const typename Topology::Place place = topology.place(number);
    ListedRouter& router = result.routers.emplace_back();
    router.chip = chip_of(chip, place);
    router.coordinates = coordinates(place);
    for (unsigned port = 0; port < Topology::kPorts; ++port) {
      const bool leads = Topology::is_link(place, port) ? topology.has_link(place, port)
                                                        : attached.count({number, port}) != 0;
      if (!leads) continue;
      std::string name(Topology::port_name(port));
      std::replace(name.begin(), name.end(), '-', '_');
      router.ports.push_back({port, std::move(name)});
    }
  }
  return result;
}

}  // namespace

RouterList list_routers(const common::ChipDescription& chip) {
  return chip.topology == common::TopologyKind::kQuadtree ? list<TreeTopology>(chip)
                                                          : list<MeshTopology>(chip);
}

}  // namespace spikeloom::hw

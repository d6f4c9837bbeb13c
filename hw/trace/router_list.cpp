// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/trace/router_list.h"

#include <algorithm>
#include <set>
#include <utility>

#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::hw {
namespace {

template <class Topology>
RouterList list(const Topology& topology, int cores) {
  RouterList result;
  result.inputs = Topology::kInputs;
  result.host = topology.host_port();
  for (int core = 0; core < cores; ++core) {
    result.cores.push_back(topology.core_port(core));
  }
  std::set<std::pair<std::uint32_t, unsigned>> attached{{result.host.router, result.host.port}};
  for (const arch::Attachment& core : result.cores) attached.insert({core.router, core.port});
  for (std::size_t i = 0; i < topology.routers(); ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const typename Topology::Place place = topology.place(number);
    ListedRouter& router = result.routers.emplace_back();
    router.chip = topology.chip(place).value_or(ListedRouter::kBoard);
    router.coordinates = arch::coordinates(topology.router_place(place));
    for (unsigned input = 0; input < Topology::kInputs; ++input) {
      const unsigned port = topology.port_of(input);
      const bool leads = topology.is_link(place, port) ? topology.has_link(place, port)
                                                       : attached.count({number, port}) != 0;
      if (!leads) continue;
      std::string name(Topology::port_name(input));
      std::replace(name.begin(), name.end(), '-', '_');
      router.ports.push_back({input, std::move(name), input < Topology::kPorts});
    }
  }
  return result;
}

}  // namespace

RouterList list_routers(const arch::ChipDescription& chip) {
  return arch::with_topology(
      chip, [&](const auto& topology) { return list(topology, chip.grid().cores()); });
}

}  // namespace spikeloom::hw

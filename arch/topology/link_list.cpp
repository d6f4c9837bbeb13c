// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/link_list.h"

#include <set>
#include <string>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::arch {
namespace {

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
      links.push_back({i * Topology::kPorts + port, topology.link_rank(router, place, port),
                       topology.router_place(place), topology.router_place(next),
                       topology.between_chips(place, port)});
    }
  }
  return links;
}

}  // namespace

double cycles_per_packet(const Link& link, const ChipDescription& chip) {
  if (link.is_trunk()) return chip.trunk.cycles_per_packet;
  return link.between_chips ? chip.inter_chip.packet_link_cycles()
                            : chip.router.packet_link_cycles();
}

std::vector<Link> list_links(const ChipDescription& chip) {
  return with_topology(chip, [](const auto& topology) { return list(topology); });
}

std::vector<Link> list_joined_pairs(const ChipDescription& chip) {
  std::set<std::string> names;
  std::vector<Link> pairs;
  for (const Link& link : list_links(chip)) {
    if (link.is_trunk() || names.count(link_name(link.to, link.from)) != 0) continue;
    if (names.insert(link_name(link.from, link.to)).second) pairs.push_back(link);
  }
  return pairs;
}

std::string allowed_pairs(const std::vector<Link>& pairs) {
  if (pairs.empty()) return "none: there are no links";
  return fmt::format("two routers that a link joins, as {}",
                     link_name(pairs.front().from, pairs.front().to));
}

}  // namespace spikeloom::arch

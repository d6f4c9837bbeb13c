// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/link_loads.h"

#include <algorithm>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/walk.h"
#include "spikeloom/mapper/place/traffic_cost.h"

namespace spikeloom::mapper {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// Returns the packets on each link, by arch::Link::index.
template <class Topology>
std::vector<std::int64_t> count_packets(const Topology& topology, const Traffic& traffic,
                                        const Slots& slots, const arch::ChipDescription& chip) {
  std::vector<std::int64_t> packets(topology.routers() * Topology::kPorts);
  const auto send = [&](int block, arch::Packet packet, std::int64_t count) {
    const arch::Attachment from = block == Stream::kHost
                                      ? topology.host_port()
                                      : topology.core_port(slots[index(block)].core);
    arch::walk(topology, from, topology.destination(packet),
               [&](const arch::Attachment& at, unsigned output) {
                 packets[at.router * Topology::kPorts + output] += count;
               });
  };
  StreamRegions finder(chip);
  std::vector<arch::Region> regions;
  for (const Stream& stream : traffic.streams()) {
    finder.find(stream, slots, regions);
    for (const Stream::Source& source : stream.sources) {
      for (const arch::Region& region : regions) {
        send(source.block, arch::Packet::to_cores(region, 0, 0), source.spikes);
      }
    }
  }
  for (const Stream::Source& output : traffic.outputs()) {
    send(output.block, arch::Packet::to_host(0), output.spikes);
  }
  return packets;
}

}  // namespace

std::string text(const LinkLoad& link) {
  if (link.is_trunk()) return "the trunk";
  return arch::link_name(link.from, link.to);
}

std::vector<LinkLoad> link_loads(const Traffic& traffic, const Slots& slots,
                                 const arch::ChipDescription& chip) {
  const std::vector<std::int64_t> packets = arch::with_topology(
      chip, [&](const auto& topology) { return count_packets(topology, traffic, slots, chip); });
  std::vector<arch::Link> links = arch::list_links(chip);
  std::sort(links.begin(), links.end(),
            [](const arch::Link& a, const arch::Link& b) { return a.rank < b.rank; });
  std::vector<LinkLoad> loads;
  for (const arch::Link& link : links) {
    if (packets[link.index] == 0) continue;
    loads.push_back({link, packets[link.index], arch::cycles_per_packet(link, chip)});
  }
  return loads;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
// RouterNetwork when the host alone still sends: its packets go through without being visited at
// each router.
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "spikeloom/hw/network/router_network.h"

namespace spikeloom::hw {

template <class Topology, class Arbiter, class Watch>
bool RouterNetwork<Topology, Arbiter, Watch>::host_packets_keep_apart() const {
  // An observer sees each hop. Ticks of fixed length may end while packets are on their way, and
  // the trunk counts fractions of cycles.
  if (!std::is_same_v<Watch, Unwatched> || chip_.sync.tick_cycles != 0 ||
      chip_.trunk.millicycles_per_packet() != 0) {
    return false;
  }
  // A packet has left a FIFO and its output for good before the next one comes.
  const std::uint32_t link = chip_.board.chips() == 1 ? link_[0] : std::max(link_[0], link_[1]);
  return chip_.host_port.millicycles_per_packet() / 1000 > pipeline_ + link + credit_;
}

template <class Topology, class Arbiter, class Watch>
bool RouterNetwork<Topology, Arbiter, Watch>::host_is_alone(std::uint32_t cycle) const {
  // The only source that still has packets is the host, and for as long as a packet is on its way,
  // no core has sent one and none has waited. So all that is on its way comes from the host, and
  // keeps its distance hop after hop.
  if (entries_.size() != 1 || host_source_.emissions == nullptr ||
      host_source_.next == host_source_.emissions->size() ||
      cycle <= std::uint64_t{last_meeting_} + longest_way_ ||
      (*host_source_.emissions)[host_source_.next].packet.expanded()) {
    return false;
  }
  bool alone = true;
  used_.for_each([&](std::uint32_t first, std::uint32_t end) {
    for (std::uint32_t index = first; index < end && alone; ++index) {
      const Router& router = routers_[index];
      alone = router.due == 0;
      for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
        const unsigned input = arch::first_port(inputs);
        alone &= router.fill[input] == 1 && oldest(index, input).eligible >= cycle;
      }
    }
  });
  return alone;
}

template <class Topology, class Arbiter, class Watch>
const typename RouterNetwork<Topology, Arbiter, Watch>::Way&
RouterNetwork<Topology, Arbiter, Watch>::way_of(arch::Packet packet) {
  // The fields from y1 on, without the parity, are kind and rectangle.
  const auto [found, is_new] =
      ways_.try_emplace(packet.with_parity(0).bits() >> arch::packet_field::kY1.shift);
  Way& way = found->second;
  if (!is_new) return way;
  struct Step {
    std::uint32_t router;
    unsigned input;
    Destination destination;
    std::uint32_t departure;  ///< in cycles from the packet's entry
  };
  const arch::Attachment host = topology_.host_port();
  std::vector<Step> steps = {{host.router, host.port, topology_.destination(packet), pipeline_}};
  while (!steps.empty()) {
    const Step step = steps.back();
    steps.pop_back();
    const Place& place = routers_[step.router].place;
    unsigned outputs = topology_.outputs(place, step.input, step.destination);
    for (; outputs != 0; outputs &= outputs - 1) {
      const unsigned output = arch::first_port(outputs);
      ++way.activity.router_traversals;
      if (!topology_.is_link(place, output)) {
        const std::uint32_t arrival = step.departure + link_[0];
        way.ends.push_back({topology_.core(step.router, place, output), arrival});
        way.length = std::max(way.length, arrival);
        ++way.activity.deliveries;
        continue;
      }
      const bool far = topology_.between_chips(place, output);
      ++(far ? way.activity.inter_chip_transfers : way.activity.link_transfers);
      way.links.push_back(step.router * kPorts + output);
      if (const std::uint32_t block = RouterBlocks::block(step.router);
          std::find(way.blocks.begin(), way.blocks.end(), block) == way.blocks.end()) {
        way.blocks.push_back(block);
      }
      const arch::Attachment to = topology_.next(step.router, place, step.input, output);
      steps.push_back({to.router, to.port,
                       topology_.onward(place, step.input, output, step.destination),
                       step.departure + link_[far ? 1 : 0] + pipeline_});
    }
  }
  return way;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::send_from_host() {
  Source& source = host_source_;
  entries_.clear();
  while (source.next < source.emissions->size()) {
    const Emission& emission = (*source.emissions)[source.next];
    // A list occupies the port of a core for longer.
    if (emission.packet.expanded()) break;
    ++source.next;
    const std::uint32_t entry =
        std::max(static_cast<std::uint32_t>(emission.ready) + start_, source.free);
    host_input_.take(entry);
    source.free = host_input_.free();
    const Way& way = way_of(emission.packet);
    NetworkActivity& activity = activity_[emission.category];
    activity += way.activity;
    for (const std::uint32_t link : way.links) ++link_packets_[link];
    for (const std::uint32_t block : way.blocks) used_.insert_block(block);
    for (const WayEnd& end : way.ends) {
      sink_.deliver_to_core(end.core, emission.packet, in_tick(entry + end.arrival));
    }
    const std::uint32_t last = std::max(entry + 1, entry + way.length);
    activity.last_event = std::max(activity.last_event, in_tick(last));
    last_arrival_ = std::max(last_arrival_, entry + way.length);
  }
  schedule_source(topology_.host_port().router, kHost);
}

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
// RouterNetwork's watchdog: which packets wait for which FIFOs.
#pragma once

#include <set>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/hw/network/router_network.h"

namespace spikeloom::hw {

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::check_empty() const {
  if (flit_count_ == 0) return;
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    const Router& router = routers_[i];
    if (router.occupied != 0) {
      throw NetworkStuck(
          waiting_chain(static_cast<std::uint32_t>(i), arch::first_port(router.occupied)));
    }
  }
}

template <class Topology, class Arbiter, class Watch>
std::string RouterNetwork<Topology, Arbiter, Watch>::waiting_chain(std::uint32_t index,
                                                                   unsigned input) const {
  std::string text = "the network is stuck";
  std::set<std::pair<std::uint32_t, unsigned>> seen;
  while (seen.insert({index, input}).second) {
    const Router& router = routers_[index];
    const std::uint64_t packet = packets_[oldest(index, input).packet];
    const auto place = [&](unsigned port) {
      return fmt::format("{} of router {}", Topology::port_name(port),
                         arch::text(Topology::router_place(router.place)));
    };
    text += fmt::format("; packet {:#018x} at input {}", packet, place(input));
    unsigned full = 0;
    for (unsigned wanted = Fields::outputs(router.requests, input); wanted != 0;
         wanted &= wanted - 1) {
      const unsigned output = arch::first_port(wanted);
      if (output_free_[index * kPorts + output] == UINT32_MAX) {
        return text + fmt::format(" waits for output {}, but {} is dead",
                                  Topology::port_name(output), dead_part(index, output));
      }
      if (!topology_.is_link(router.place, output)) continue;
      const arch::Attachment next = topology_.next(index, router.place, input, output);
      if (routers_[next.router].fill[next.port] == depth_) full |= arch::port_bit(output);
    }
    if (full == 0) return text + " waits for no full FIFO";
    const unsigned output = arch::first_port(full);
    text += fmt::format(" waits for output {}", Topology::port_name(output));
    const arch::Attachment next = topology_.next(index, router.place, input, output);
    index = next.router;
    input = next.port;
  }
  return text + fmt::format("; the loop closes at input {} of router {}",
                            Topology::port_name(input),
                            arch::text(Topology::router_place(routers_[index].place)));
}

template <class Topology, class Arbiter, class Watch>
std::string RouterNetwork<Topology, Arbiter, Watch>::dead_part(std::uint32_t router,
                                                               unsigned output) const {
  const int number = dead_links_.at(router * kPorts + output);
  if (number == arch::DeadLinks::kNone) {
    return arch::core_name(chip_, topology_.core(router, routers_[router].place, output));
  }
  const arch::DeadLink& link = dead_[static_cast<std::size_t>(number)];
  return "link " + arch::link_name(link.from, link.to);
}

}  // namespace spikeloom::hw

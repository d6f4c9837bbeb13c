// SPDX-License-Identifier: Apache-2.0
// The functions of RouterNetwork, for those who instantiate it.
#pragma once

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "hw/router/attachment.h"
#include "hw/router/router_network.h"

// Inlined into the two ways through a router: the calls would cost more than the work.
#define SPIKELOOM_ROUTER_INLINE inline __attribute__((always_inline))

namespace spikeloom::hw {
template <class Topology, class Arbiter>
RouterNetwork<Topology, Arbiter>::RouterNetwork(const common::ChipDescription& chip,
                                                SpikeSink& sink, std::size_t accounts)
    : chip_(chip),
      sink_(sink),
      topology_(chip),
      pipeline_(static_cast<std::uint32_t>(chip.router.pipeline_cycles)),
      link_{static_cast<std::uint32_t>(chip.router.packet_link_cycles()),
            static_cast<std::uint32_t>(chip.inter_chip.packet_link_cycles())},
      depth_(static_cast<unsigned>(chip.router.fifo_depth)),
      routers_(topology_.routers()),
      flits_(routers_.size() * kPorts * depth_),
      core_sources_(static_cast<std::size_t>(chip.grid().cores())),
      credits_(routers_.size() * kPorts),
      activity_(accounts) {
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    routers_[i].credits.fill(static_cast<std::uint8_t>(depth_));
    routers_[i].place = topology_.place(static_cast<std::uint32_t>(i));
  }
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::begin_tick() {
  std::fill(activity_.begin(), activity_.end(), NetworkActivity{});
  if (goes_on_) {
    goes_on_ = false;
    return;
  }
  // FIFOs are empty and credits home between ticks; arbiters and pacing start afresh, so that a
  // tick depends on its own packets alone.
  for (Router& router : routers_) {
    router.output_free.fill(0);
    router.last_input.fill(0);
    router.wake = kAsleep;
    router.due = 0;
    router.starved = 0;
  }
  for (Source& source : core_sources_) source = {};
  host_source_ = {};
  calendar_.clear();
  start_ = 0;
  last_event_ = 0;
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::end_tick(std::int64_t cycles) {
  // Cycles have 32 bits.
  if (start_ > UINT32_MAX / 2) throw std::logic_error("network: packets are late without end");
  start_ += static_cast<std::uint32_t>(cycles);
  for (Source& source : core_sources_) keep_late(source, cycles);
  keep_late(host_source_, cycles);
  goes_on_ = waiting(0).packets + waiting(1).packets != 0;
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::keep_late(Source& source, std::int64_t cycles) const {
  std::vector<Emission> late;
  if (source.emissions != nullptr) {
    for (std::size_t i = source.next; i < source.emissions->size(); ++i) {
      late.push_back((*source.emissions)[i]);
      late.back().ready = std::max<std::int64_t>(0, late.back().ready - cycles);
    }
  }
  source.late = std::move(late);
  source.emissions = source.late.empty() ? nullptr : &source.late;
  source.next = 0;
}

template <class Topology, class Arbiter>
Waiting RouterNetwork<Topology, Arbiter>::waiting(int parity) const {
  Waiting result;
  const auto add = [&](common::Packet packet) {
    if (packet.parity() == parity) result.add(packet);
  };
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    const Router& router = routers_[i];
    for (unsigned port = 0; port < kPorts; ++port) {
      for (unsigned f = 0; f < router.fill[port]; ++f) {
        const std::size_t at = i * depth_ + (router.head[port] + f) % depth_;
        add(common::Packet(flits_[at * kPorts + port].packet));
      }
    }
  }
  for (const Source& source : core_sources_) {
    for (const Emission& emission : source.late) add(emission.packet);
  }
  for (const Emission& emission : host_source_.late) add(emission.packet);
  return result;
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::inject_from_core(int core,
                                                        const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.account].packets;
  add_emissions(topology_.core_port(core), emissions);
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::inject_from_host(const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.account].host_packets;
  add_emissions(topology_.host_port(), emissions);
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::add_emissions(const Attachment& at,
                                                     const std::vector<Emission>& emissions) {
  Source& source = this->source(at.router, at.port);
  if (!source.late.empty()) {
    // The source is on its way already; the new ones come after the late ones.
    source.late.insert(source.late.end(), emissions.begin(), emissions.end());
    return;
  }
  source.emissions = &emissions;
  source.next = 0;
  schedule_source(at.router, at.port);
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::check_empty() const {
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    const Router& router = routers_[i];
    if (router.occupied != 0) {
      throw NetworkStuck(waiting_chain(static_cast<std::uint32_t>(i), first_port(router.occupied)));
    }
  }
}

template <class Topology, class Arbiter>
std::string RouterNetwork<Topology, Arbiter>::waiting_chain(std::uint32_t index,
                                                            unsigned input) const {
  std::string text = "the network is stuck";
  std::set<std::pair<std::uint32_t, unsigned>> seen;
  while (seen.insert({index, input}).second) {
    const Router& router = routers_[index];
    const std::uint64_t packet = flits_[slot_index(index, input, router.head[input])].packet;
    const auto place = [&](unsigned port) {
      return fmt::format("{} of router {}", Topology::port_name(port),
                         Topology::name(router.place));
    };
    text += fmt::format("; packet {:#018x} in {}", packet, place(input));
    unsigned full = 0;
    for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
      if (router.credits[first_port(wanted)] == 0) full |= port_bit(first_port(wanted));
    }
    if (full == 0) return text + " waits for nobody";
    const unsigned output = first_port(full);
    text += fmt::format(" waits for {}", Topology::port_name(output));
    const Attachment next = topology_.peer(index, router.place, output);
    index = next.router;
    input = next.port;
  }
  return text + fmt::format("; which closes the circle at {} of router {}",
                            Topology::port_name(input), Topology::name(routers_[index].place));
}

template <class Topology, class Arbiter>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter>::schedule(std::uint32_t router,
                                                                        std::uint32_t cycle) {
  if (cycle >= routers_[router].wake) return;
  routers_[router].wake = cycle;
  calendar_.add(cycle, router);
}

template <class Topology, class Arbiter>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter>::push(std::uint32_t index,
                                                                    unsigned input,
                                                                    common::Packet packet,
                                                                    std::uint32_t eligible,
                                                                    std::uint16_t account) {
  Router& router = routers_[index];
  const unsigned fill = router.fill[input]++;
  unsigned at = 0;  // an empty FIFO starts at its first place
  if (fill != 0) {
    if (fill == depth_) throw std::logic_error("network: a packet for a full FIFO");
    at = router.head[input] + fill;
    if (at >= depth_) at -= depth_;
  }
  // Field by field: a copy of a whole flit just put together waits for its parts to be stored.
  Flit& place = slot(index, input, at);
  place.packet = packet.bits();
  place.eligible = eligible;
  place.account = account;
  if (fill == 0) {
    router.occupied |= port_bit(input);
    router.wanted[input] =
        static_cast<std::uint8_t>(topology_.outputs(router.place, input, packet));
    schedule(index, eligible);
  }
}

template <class Topology, class Arbiter>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter>::pop(std::uint32_t index,
                                                                   unsigned input) {
  Router& router = routers_[index];
  if (--router.fill[input] == 0) {
    // An empty FIFO starts again at its first place: at low load few lines of memory are in use.
    router.head[input] = 0;
    router.occupied = static_cast<std::uint8_t>(router.occupied & ~port_bit(input));
  } else {
    if (++router.head[input] == depth_) router.head[input] = 0;
    const common::Packet next(slot(index, input, router.head[input]).packet);
    router.wanted[input] = static_cast<std::uint8_t>(topology_.outputs(router.place, input, next));
  }
  if (topology_.is_link(router.place, input)) {
    const Attachment from = topology_.peer(index, router.place, input);
    credits_[credit_count_++] = from.router << kCreditPortBits | from.port;
  }
}

template <class Topology, class Arbiter>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter>::send(std::uint32_t index,
                                                                    unsigned output,
                                                                    const Flit& flit,
                                                                    std::uint32_t cycle) {
  Router& router = routers_[index];
  if (!topology_.is_link(router.place, output)) {
    deliver(index, output, flit, cycle);
    return;
  }
  NetworkActivity& activity = activity_[flit.account];
  const bool far = topology_.between_chips(router.place, output);
  ++activity.router_traversals;
  ++(far ? activity.inter_chip_transfers : activity.link_transfers);
  const std::uint32_t arrival = cycle + link_[far ? 1 : 0];
  router.output_free[output] = arrival;
  --router.credits[output];
  const Attachment to = topology_.peer(index, router.place, output);
  push(to.router, to.port, common::Packet(flit.packet), arrival + pipeline_, flit.account);
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::deliver(std::uint32_t index, unsigned output,
                                               const Flit& flit, std::uint32_t cycle) {
  NetworkActivity& activity = activity_[flit.account];
  ++activity.router_traversals;
  Router& router = routers_[index];
  const std::uint32_t arrival = cycle + link_[0];
  std::uint32_t done = arrival;
  router.output_free[output] = arrival;
  if (output != kHost) {
    ++activity.deliveries;
    const common::Packet packet(flit.packet);
    const int core = topology_.core(index, router.place, output);
    if (packet.expanded()) {
      const auto busy = static_cast<std::uint32_t>(sink_.port_cycles(core, packet));
      router.output_free[output] = cycle + std::max(link_[0], busy);
      done = arrival + busy;
    }
    sink_.deliver_to_core(core, packet, arrival - start_);
  } else {
    ++activity.host_packets;
    router.output_free[output] =
        cycle + std::max(link_[0], static_cast<std::uint32_t>(chip_.host_port.cycles_per_packet));
    sink_.deliver_to_host(common::Packet(flit.packet), arrival - start_);
  }
  last_event_ = std::max<std::int64_t>(last_event_, done);
}

template <class Topology, class Arbiter>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter>::pass(std::uint32_t index,
                                                                    unsigned input,
                                                                    std::uint32_t cycle) {
  Router& router = routers_[index];
  const Flit& flit = slot(index, input, router.head[input]);
  if (flit.eligible > cycle) return;
  unsigned left = router.wanted[input];
  for (unsigned wanted = left; wanted != 0; wanted &= wanted - 1) {
    const unsigned output = first_port(wanted);
    if (router.output_free[output] > cycle || router.credits[output] == 0) continue;
    router.last_input[output] = static_cast<std::uint8_t>(input);
    send(index, output, flit, cycle);
    left &= ~port_bit(output);
  }
  router.wanted[input] = static_cast<std::uint8_t>(left);
  if (left == 0) pop(index, input);
}

template <class Topology, class Arbiter>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter>::visit(std::uint32_t index,
                                                                     std::uint32_t cycle) {
  Router& router = routers_[index];
  router.wake = kAsleep;
  router.starved = 0;
  if (router.due != 0) {
    for (unsigned ports = router.due; ports != 0; ports &= ports - 1) {
      inject(index, first_port(ports), cycle);
    }
  }
  if ((router.occupied & (router.occupied - 1U)) != 0) {
    arbitrate(index, cycle);
  } else if (router.occupied != 0) {
    pass(index, first_port(router.occupied), cycle);
  }
  if ((router.occupied | router.due) != 0) sleep(index, cycle);
}

template <class Topology, class Arbiter>
std::int64_t RouterNetwork<Topology, Arbiter>::run(std::int64_t limit) {
  const std::int64_t end = limit == kForever ? kForever : limit + start_;
  while (true) {
    const std::int64_t cycle = calendar_.next();
    if (cycle == Calendar::kNever) {
      check_empty();
      return kForever;
    }
    if (cycle >= end) return cycle - start_;
    const std::vector<std::uint32_t>& due = calendar_.take(cycle);
    const auto now = static_cast<std::uint32_t>(cycle);
    for (const std::uint32_t entry : due) {
      if (const unsigned port = entry >> kEntryPortShift; port != 0) {
        Router& router = routers_[entry & kEntryRouter];
        router.due |= port_bit(port - 1);
        router.wake = now;
      }
    }
    for (const std::uint32_t entry : due) {
      // An entry that was overtaken by an earlier one is stale.
      const std::uint32_t index = entry & kEntryRouter;
      if (routers_[index].wake == now) visit(index, now);
    }
    return_credits(now);
  }
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::schedule_source(std::uint32_t router, unsigned port) {
  const Source& source = this->source(router, port);
  if (source.next == source.emissions->size()) return;
  const auto ready = static_cast<std::uint32_t>((*source.emissions)[source.next].ready) + start_;
  calendar_.add(std::max(ready, source.free), router | (port + 1) << kEntryPortShift);
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::arbitrate(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  // Which inputs want which outputs, from the state at the start of the cycle.
  std::array<unsigned, kPorts> requests{};
  unsigned requested = 0;
  for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = first_port(inputs);
    if (slot(index, input, router.head[input]).eligible > cycle) continue;
    for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
      requests[first_port(wanted)] |= port_bit(input);
    }
    requested |= router.wanted[input];
  }
  for (; requested != 0; requested &= requested - 1) {
    const unsigned output = first_port(requested);
    if (router.output_free[output] > cycle || router.credits[output] == 0) continue;
    const unsigned input = Arbiter::choose(requests[output], router.last_input[output]);
    router.last_input[output] = static_cast<std::uint8_t>(input);
    send(index, output, slot(index, input, router.head[input]), cycle);
    router.wanted[input] = static_cast<std::uint8_t>(router.wanted[input] & ~port_bit(output));
    if (router.wanted[input] == 0) pop(index, input);
  }
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::inject(std::uint32_t index, unsigned port,
                                              std::uint32_t cycle) {
  Router& router = routers_[index];
  if (router.fill[port] == depth_) return;
  Source& source = this->source(index, port);
  const Emission& emission = (*source.emissions)[source.next++];
  push(index, port, emission.packet, cycle + pipeline_, emission.account);
  source.free = cycle + source_period(port);
  last_event_ = std::max<std::int64_t>(last_event_, cycle + 1);
  router.due = static_cast<std::uint8_t>(router.due & ~port_bit(port));
  schedule_source(index, port);
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::return_credits(std::uint32_t cycle) {
  for (std::size_t i = 0; i < credit_count_; ++i) {
    const std::uint32_t credit = credits_[i];
    const std::uint32_t index = credit >> kCreditPortBits;
    const unsigned output = credit & ((1U << kCreditPortBits) - 1);
    ++routers_[index].credits[output];
    if ((routers_[index].starved & port_bit(output)) != 0) schedule(index, cycle + 1);
  }
  credit_count_ = 0;
}

template <class Topology, class Arbiter>
void RouterNetwork<Topology, Arbiter>::sleep(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  std::uint32_t wake = kAsleep;
  for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = first_port(inputs);
    const std::uint32_t eligible = slot(index, input, router.head[input]).eligible;
    if (eligible > cycle) {
      wake = std::min(wake, eligible);
      continue;
    }
    for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
      const unsigned output = first_port(wanted);
      if (router.credits[output] == 0) {
        router.starved |= port_bit(output);
      } else {
        wake = std::min(wake, std::max(cycle + 1, router.output_free[output]));
      }
    }
  }
  // A full FIFO is looked at again when this router next sends.
  for (unsigned ports = router.due; ports != 0; ports &= ports - 1) {
    if (router.fill[first_port(ports)] != depth_) wake = std::min(wake, cycle + 1);
  }
  if (wake != kAsleep) schedule(index, wake);
}

}  // namespace spikeloom::hw

#undef SPIKELOOM_ROUTER_INLINE

// SPDX-License-Identifier: Apache-2.0
// RouterNetwork within a tick: which routers it visits, and what a visit moves.
#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>

#include "spikeloom/hw/network/router_network.h"

// Inlined into the two paths through a router, since the calls would cost more than the work.
#define SPIKELOOM_ROUTER_INLINE inline __attribute__((always_inline))

namespace spikeloom::hw {

template <class Topology, class Arbiter, class Watch>
std::int64_t RouterNetwork<Topology, Arbiter, Watch>::run(std::int64_t limit) {
  const std::int64_t end = limit == kForever ? kForever : limit + start_;
  while (true) {
    const std::int64_t entry = entries_.next();
    const std::int64_t cycle = std::min(entry, visits_.next());
    if (cycle == TimingWheel::kNever) {
      check_empty();
      return kForever;
    }
    if (cycle >= end) return cycle - start_;
    const auto now = static_cast<std::uint32_t>(cycle);
    if (entry == cycle) {
      if (limit == kForever && apart_ && host_is_alone(now)) {
        send_from_host();
        continue;
      }
      wake_sources(now);
    }
    visits_.take(cycle, [this, now](std::uint32_t index) {
      // An entry is stale if an earlier one has replaced it.
      if (routers_[index].wake != now) return;
      if constexpr (Watch::kMixed) {
        if (others_[index] != nullptr) {
          visit_other(index, now);
          return;
        }
      }
      visit(index, now);
    });
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::wake_sources(std::uint32_t cycle) {
  // All entering packets are marked as due before any packet moves, so a router that also sends is
  // visited only once.
  for (const std::uint32_t entry : entries_.take(cycle)) {
    Router& router = routers_[entry >> kPortBits];
    router.due |= input_bit(entry & kPortMask);
    if (router.wake == cycle) continue;
    router.wake = cycle;
    visits_.add_now(cycle, entry >> kPortBits);
  }
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::visit(std::uint32_t index,
                                                                            std::uint32_t cycle) {
  Router& router = routers_[index];
  router.wake = kAsleep;
  router.visited = cycle;
  router.popped = 0;
  if (router.due != 0) {
    for (unsigned ports = router.due; ports != 0; ports &= ports - 1) {
      inject(index, arch::first_port(ports), cycle);
    }
  }
  // Usually there is one packet that requests one output.
  const unsigned occupied = router.occupied;
  if (occupied != 0) {
    const unsigned input = arch::first_port(occupied);
    const unsigned wanted = router.wanted[input];
    if ((occupied & (occupied - 1)) == 0 && (wanted & (wanted - 1)) == 0) {
      pass(index, input, arch::first_port(wanted), cycle);
    } else {
      arbitrate(index, cycle);
    }
  }
  if ((router.occupied | router.due) != 0) sleep(index, cycle);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::inject(std::uint32_t index, unsigned port,
                                                     std::uint32_t cycle) {
  Router& router = routers_[index];
  if (router.fill[port] == depth_) return;
  Source& source = this->source(index, port);
  const Emission& emission = (*source.emissions)[source.next++];
  push(index, port,
       {emission.packet.bits(), topology_.destination(emission.packet), cycle + pipeline_,
        emission.category},
       cycle);
  watch_.entered(index, port, emission.packet.bits(), in_tick(cycle));
  if (port == kHost) {
    host_input_.take(cycle);
    source.free = host_input_.free();
  } else {
    source.free = cycle + static_cast<std::uint32_t>(chip_.core.timing.emit_cycles_per_packet);
  }
  // A list will occupy the port of its core.
  if (port != kHost || emission.packet.expanded()) note_meeting(cycle);
  std::int64_t& last = activity_[emission.category].last_event;
  last = std::max(last, in_tick(cycle + 1));
  router.due = static_cast<Inputs>(router.due & ~input_bit(port));
  schedule_source(index, port);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::pass(std::uint32_t index,
                                                                           unsigned input,
                                                                           unsigned output,
                                                                           std::uint32_t cycle) {
  const Flit& flit = slot(index, input, routers_[index].head[input]);
  if (flit.eligible <= cycle && send(index, input, output, flit, cycle)) pop(index, input, cycle);
}

template <class Topology, class Arbiter, class Watch>
unsigned RouterNetwork<Topology, Arbiter, Watch>::sendable(std::uint32_t index, unsigned input,
                                                           std::uint32_t cycle) const {
  const Router& router = routers_[index];
  unsigned result = 0;
  for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
    const unsigned output = arch::first_port(wanted);
    if (!topology_.is_link(router.place, output) ||
        had_room(topology_.next(index, router.place, input, output), cycle)) {
      result |= arch::port_bit(output);
    }
  }
  return result;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::arbitrate(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  // Collect which inputs request which outputs, from the state at the start of the cycle.
  std::array<unsigned, kPorts> requests{};
  unsigned requested = 0;
  for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = arch::first_port(inputs);
    if (slot(index, input, router.head[input]).eligible > cycle) continue;
    unsigned wanted = router.wanted[input];
    // A full channel must not block the other channel of its link.
    if constexpr (kInputs > kPorts) wanted = sendable(index, input, cycle);
    requested |= wanted;
    for (; wanted != 0; wanted &= wanted - 1) {
      requests[arch::first_port(wanted)] |= input_bit(input);
    }
  }
  for (; requested != 0; requested &= requested - 1) {
    const unsigned output = arch::first_port(requested);
    const unsigned input = Arbiter::choose(requests[output], router.last_input[output]);
    if (!send(index, input, output, slot(index, input, router.head[input]), cycle)) continue;
    router.wanted[input] =
        static_cast<std::uint8_t>(router.wanted[input] & ~arch::port_bit(output));
    if (router.wanted[input] == 0) pop(index, input, cycle);
  }
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE bool RouterNetwork<Topology, Arbiter, Watch>::send(
    std::uint32_t index, unsigned input, unsigned output, const Flit& flit, std::uint32_t cycle) {
  Router& router = routers_[index];
  if (router.output_free[output] > cycle) return false;
  if (!topology_.is_link(router.place, output)) {
    if (flit.eligible != cycle) note_meeting(cycle);
    router.last_input[output] = static_cast<std::uint8_t>(input);
    deliver(index, output, flit, cycle);
    return true;
  }
  const arch::Attachment to = topology_.next(index, router.place, input, output);
  if (!had_room(to, cycle)) return false;
  if (flit.eligible != cycle) note_meeting(cycle);
  NetworkActivity& activity = activity_[flit.category];
  const bool far = topology_.between_chips(router.place, output);
  ++activity.router_traversals;
  ++(far ? activity.inter_chip_transfers : activity.link_transfers);
  ++link_packets_[index * kPorts + output];
  std::uint32_t arrival = cycle + link_[far ? 1 : 0];
  if (topology_.is_trunk(router.place, output)) {
    trunk_.take(cycle);
    arrival = trunk_.free();
  }
  router.output_free[output] = arrival;
  router.last_input[output] = static_cast<std::uint8_t>(input);
  const Destination onward = topology_.onward(router.place, input, output, flit.destination);
  push(to.router, to.port, {flit.packet, onward, arrival + pipeline_, flit.category}, cycle);
  const std::uint64_t wire = Topology::wire(flit.packet, onward);
  watch_.departed(index, output, flit.packet, in_tick(cycle), in_tick(arrival), in_tick(arrival),
                  wire);
  if constexpr (Watch::kMixed) announce(to, wire, arrival, cycle);
  return true;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::deliver(std::uint32_t index, unsigned output,
                                                      const Flit& flit, std::uint32_t cycle) {
  NetworkActivity& activity = activity_[flit.category];
  ++activity.router_traversals;
  Router& router = routers_[index];
  const std::uint32_t arrival = cycle + link_[0];
  std::uint32_t done = arrival;
  router.output_free[output] = arrival;
  if (output != kHost) {
    ++activity.deliveries;
    const arch::Packet packet(flit.packet);
    const int core = topology_.core(index, router.place, output);
    if (packet.expanded()) {
      const auto busy = static_cast<std::uint32_t>(sink_.port_cycles(core, packet));
      router.output_free[output] = cycle + std::max(link_[0], busy);
      done = arrival + busy;
      note_meeting(done);
    }
    sink_.deliver_to_core(core, packet, arrival - start_);
  } else {
    ++activity.host_packets;
    host_output_.take(cycle);
    router.output_free[output] = std::max(arrival, host_output_.free());
    sink_.deliver_to_host(arch::Packet(flit.packet), arrival - start_);
  }
  watch_.departed(index, output, flit.packet, in_tick(cycle), in_tick(arrival),
                  in_tick(router.output_free[output]), flit.packet);
  activity.last_event = std::max(activity.last_event, in_tick(done));
  last_arrival_ = std::max(last_arrival_, done);
  note_move(router.output_free[output]);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::push(std::uint32_t index,
                                                                           unsigned input,
                                                                           const Flit& flit,
                                                                           std::uint32_t cycle) {
  Router& router = routers_[index];
  const unsigned fill = router.fill[input];
  if (fill == depth_) throw std::logic_error("network: a packet was sent to a full FIFO");
  // Copied field by field: a copy of a whole flit that was just assembled would have to wait until
  // its parts are stored.
  const auto put = [&flit](Flit& place) {
    place.packet = flit.packet;
    place.destination = flit.destination;
    place.eligible = flit.eligible;
    place.category = flit.category;
  };
  if (fill != 0) {
    const unsigned at = router.head[input] + fill;
    put(slot(index, input, at < depth_ ? at : at - depth_));
  } else {
    // An empty FIFO starts at its first place, so that few lines of memory are in use at low load.
    put(slot(index, input, 0));
    schedule(index, flit.eligible);
    const unsigned wanted = topology_.outputs(router.place, input, flit.destination);
    router.head[input] = 0;
    router.occupied |= input_bit(input);
    router.wanted[input] = static_cast<std::uint8_t>(wanted);
  }
  router.fill[input] = static_cast<std::uint8_t>(fill + 1);
  watch_.queued(index, input, in_tick(cycle));
  note_move(flit.eligible);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::pop(std::uint32_t index,
                                                                          unsigned input,
                                                                          std::uint32_t cycle) {
  Router& router = routers_[index];
  router.popped |= input_bit(input);
  if (credit_ != 0) note_freed(index, input, cycle);
  watch_.left(index, input, in_tick(cycle));
  if constexpr (Watch::kMixed) tell_freed(index, input, cycle);
  if (--router.fill[input] == 0) {
    router.occupied = static_cast<Inputs>(router.occupied & ~input_bit(input));
  } else {
    if (++router.head[input] == depth_) router.head[input] = 0;
    const Destination& next = slot(index, input, router.head[input]).destination;
    router.wanted[input] = static_cast<std::uint8_t>(topology_.outputs(router.place, input, next));
  }
  if ((router.awaited & input_bit(input)) != 0) {
    router.awaited = static_cast<Inputs>(router.awaited & ~input_bit(input));
    const arch::Attachment from = topology_.peer(index, router.place, Topology::port_of(input));
    schedule(from.router,
             std::max(cycle + 1 + credit_, routers_[from.router].output_free[from.port]));
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::note_freed(std::uint32_t router, unsigned input,
                                                         std::uint32_t cycle) {
  const std::size_t number = router * kInputs + input;
  std::uint8_t& oldest = oldest_seen_[number];
  seen_[number * depth_ + oldest] = cycle + 1 + credit_;
  oldest = static_cast<std::uint8_t>((oldest + 1U) % depth_);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::sleep(std::uint32_t index, std::uint32_t cycle) {
  const Router& router = routers_[index];
  std::uint32_t wake = kAsleep;
  // A source that waits for a place in a full FIFO is checked again when this router next sends.
  for (unsigned ports = router.due; ports != 0; ports &= ports - 1) {
    if (router.fill[arch::first_port(ports)] != depth_) wake = cycle + 1;
  }
  // No visit comes earlier than in the next cycle, and a visit then checks the other inputs too.
  for (unsigned inputs = router.occupied; inputs != 0 && wake != cycle + 1; inputs &= inputs - 1) {
    wake = std::min(wake, next_departure(index, arch::first_port(inputs), cycle));
  }
  if (wake != kAsleep) schedule(index, wake);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE std::uint32_t RouterNetwork<Topology, Arbiter, Watch>::next_departure(
    std::uint32_t index, unsigned input, std::uint32_t cycle) {
  const Router& router = routers_[index];
  const std::uint32_t eligible = slot(index, input, router.head[input]).eligible;
  if (eligible > cycle) return eligible;
  std::uint32_t departure = kAsleep;
  for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
    const unsigned output = arch::first_port(wanted);
    std::uint32_t seen = 0;
    if (topology_.is_link(router.place, output)) {
      const arch::Attachment to = topology_.next(index, router.place, input, output);
      Router& next = routers_[to.router];
      if (next.fill[to.port] == depth_) {
        next.awaited |= input_bit(to.port);
        continue;
      }
      if (credit_ != 0) seen = place_seen(to);
    }
    departure = std::min(departure, std::max({cycle + 1, router.output_free[output], seen}));
  }
  return departure;
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::schedule(
    std::uint32_t router, std::uint32_t cycle) {
  if (cycle >= routers_[router].wake) return;
  routers_[router].wake = cycle;
  visits_.add(cycle, router);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::schedule_source(std::uint32_t router, unsigned port) {
  const Source& source = this->source(router, port);
  if (source.next == source.emissions->size()) return;
  const auto ready = static_cast<std::uint32_t>((*source.emissions)[source.next].ready) + start_;
  entries_.add(std::max(ready, source.free), router << kPortBits | port);
}

}  // namespace spikeloom::hw

#undef SPIKELOOM_ROUTER_INLINE

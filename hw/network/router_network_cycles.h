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
    const std::int64_t event = events_.next();
    std::int64_t cycle = std::min(entry, event);
    if (!active(now_ + 1).empty() || freed_count_ != 0) cycle = std::int64_t{now_} + 1;
    // Without packets, places may still become visible, which is nobody's event.
    if (cycle == TimingWheel::kNever || (flit_count_ == 0 && entry == TimingWheel::kNever)) {
      book_hops();
      check_empty();
      return kForever;
    }
    if (cycle >= end) {
      book_hops();
      return cycle - start_;
    }
    const auto now = static_cast<std::uint32_t>(cycle);
    if (entry == cycle && limit == kForever && apart_ && host_is_alone(now)) {
      send_from_host();
      continue;
    }
    now_ = now;
    if (entry == cycle) {
      for (const std::uint32_t item : entries_.take(cycle)) happen(item, now);
    }
    for (std::size_t i = 0; i < freed_count_; ++i) happen(freed_[i], now);
    freed_count_ = 0;
    if (event == cycle) {
      for (const std::uint32_t item : events_.take(cycle)) happen(item, now);
    }
    choose(now);
    move_chosen(now);
    for (std::size_t i = 0; i < visited_count_; ++i) settle(visited_[i], now);
  }
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::happen(std::uint32_t item,
                                                                             std::uint32_t cycle) {
  std::uint32_t index = router_of(item >> kEventBits);
  const unsigned port = port_of(item >> kEventBits);
  switch (static_cast<Event>(item & ((1U << kEventBits) - 1))) {
    case Event::kEligible: {
      Router& router = routers_[index];
      router.requests |= Fields::spread(oldest(index, port).wanted, port);
      if (router.in_use != 0) free_outputs(index, cycle);
      break;
    }
    case Event::kRoom: {
      if (credit_ != 0 && routers_[index].room[port]++ != 0) return;
      const arch::Attachment from =
          topology_.peer(index, routers_[index].place, Topology::port_of(port));
      index = from.router;
      Router& sender = routers_[index];
      if ((sender.in_use & arch::port_bit(from.port)) != 0) {
        free_outputs(index, cycle);
      } else {
        sender.blocked = (sender.blocked & ~Fields::at(from.port)) | without_room(index, from.port);
      }
      break;
    }
    case Event::kFree:
      free_outputs(index, cycle);
      break;
    case Event::kEnter:
      enter(index, port, cycle);
      return;
  }
  active(cycle).insert(index, routers_[index].can_send());
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::enter(std::uint32_t index, unsigned port,
                                                    std::uint32_t cycle) {
  Router& router = routers_[index];
  if constexpr (Watch::kMixed) {
    if (others_[index] != nullptr) {
      router.due |= input_bit(port);
      active(cycle).insert(index);
      return;
    }
  }
  if (router.fill[port] == depth_) {
    router.due |= input_bit(port);
  } else {
    inject(index, port, cycle);
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::inject(std::uint32_t index, unsigned port,
                                                     std::uint32_t cycle) {
  Source& source = this->source(index, port);
  const Emission& emission = (*source.emissions)[source.next++];
  const auto number = static_cast<std::uint32_t>(packets_.size());
  packets_.push_back(emission.packet.bits());
  push(index, port, number, topology_.destination(emission.packet), emission.category,
       cycle + pipeline_, cycle);
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
  Router& router = routers_[index];
  router.due = static_cast<Inputs>(router.due & ~input_bit(port));
  schedule_source(index, port);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::free_outputs(std::uint32_t index,
                                                           std::uint32_t cycle) {
  Router& router = routers_[index];
  for (unsigned outputs = router.in_use; outputs != 0; outputs &= outputs - 1) {
    const unsigned output = arch::first_port(outputs);
    const std::uint8_t bit = arch::port_bit(output);
    const std::uint32_t free = output_free_[index * kPorts + output];
    if (free <= cycle) {
      router.in_use = static_cast<std::uint8_t>(router.in_use & ~bit);
      router.awaited = static_cast<std::uint8_t>(router.awaited & ~bit);
      router.blocked = (router.blocked & ~Fields::at(output)) | without_room(index, output);
    } else if ((router.awaited & bit) == 0 && (router.requests & Fields::at(output)) != 0) {
      router.awaited = static_cast<std::uint8_t>(router.awaited | bit);
      events_.add(free, entry(Event::kFree, index, output));
    }
  }
}

template <class Topology, class Arbiter, class Watch>
typename RouterNetwork<Topology, Arbiter, Watch>::Requests
RouterNetwork<Topology, Arbiter, Watch>::without_room(std::uint32_t index, unsigned output) const {
  const Place& place = routers_[index].place;
  if (!topology_.is_link(place, output)) return 0;
  const auto full = [this](const arch::Attachment& fifo) {
    return routers_[fifo.router].room[fifo.port] == 0;
  };
  if constexpr (kInputs == kPorts) {
    return full(topology_.next(index, place, 0, output)) ? Fields::at(output) : 0;
  }
  // A full channel does not block the other channel of its link.
  Requests result = 0;
  for (unsigned input = 0; input < kInputs; ++input) {
    if (full(topology_.next(index, place, input, output)))
      result |= Fields::at(output, input_bit(input));
  }
  return result;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::choose(std::uint32_t cycle) {
  chosen_count_ = 0;
  visited_count_ = 0;
  active(cycle).take([&](std::uint32_t index) {
    if constexpr (Watch::kMixed) {
      if (others_[index] != nullptr) {
        visit_other(index, cycle);
        return;
      }
    }
    Router& router = routers_[index];
    Requests requests = router.requests;
    for (Requests open = requests & ~router.blocked; open != 0;) {
      const unsigned output = Fields::first_output(open);
      const unsigned input =
          Arbiter::choose(Fields::inputs(open, output), router.last_input[output]);
      open &= ~Fields::at(output);
      requests &= ~Fields::at(output, input_bit(input));
      router.last_input[output] = static_cast<std::uint8_t>(input);
      const bool last = (requests & Fields::column(input)) == 0;
      const std::uint32_t from = fifo(index, input);
      chosen_[chosen_count_++] = {from, static_cast<std::uint8_t>(output), last};
      __builtin_prefetch(&flit(from, 0));
    }
    router.requests = requests;
    visited_[visited_count_++] = index;
  });
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::move_chosen(std::uint32_t cycle) {
  std::uint32_t waited = 0;
  for (std::size_t i = 0; i < chosen_count_; ++i) {
    const Choice& choice = chosen_[i];
    const std::uint32_t index = router_of(choice.from);
    const unsigned input = port_of(choice.from);
    const Flit& flit = oldest(index, input);
    waited |= flit.eligible ^ cycle;
    move(index, input, choice.output, flit, cycle);
    if (choice.last) routers_[index].requests |= pop(index, input, cycle);
  }
  if (waited != 0) note_meeting(cycle);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::settle(std::uint32_t index,
                                                                             std::uint32_t cycle) {
  const Router& router = routers_[index];
  if (router.in_use != 0) free_outputs(index, cycle + 1);
  active(cycle + 1).insert(index, router.can_send());
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::move(
    std::uint32_t index, unsigned input, unsigned output, const Flit& flit, std::uint32_t cycle) {
  if (topology_.is_link(routers_[index].place, output)) {
    send(index, input, output, flit, cycle);
  } else {
    deliver(index, output, flit, cycle);
  }
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::send(
    std::uint32_t index, unsigned input, unsigned output, const Flit& flit, std::uint32_t cycle) {
  Router& router = routers_[index];
  ++hops_[flit.category];
  ++link_packets_[index * kPorts + output];
  std::uint32_t arrival = cycle + link_[0];
  if (topology_.between_chips(router.place, output)) {
    NetworkActivity& activity = activity_[flit.category];
    ++activity.inter_chip_transfers;
    --activity.link_transfers;  // book_hops() counts it there
    arrival = cycle + link_[1];
  }
  if (topology_.is_trunk(router.place, output)) {
    trunk_.take(cycle);
    arrival = trunk_.free();
  }
  occupy(index, output, arrival, cycle);
  const arch::Attachment to = topology_.next(index, router.place, input, output);
  const bool full = --routers_[to.router].room[to.port] == 0;
  if constexpr (kInputs == kPorts) {
    router.blocked |= Fields::at(output) * static_cast<Requests>(full);
  } else if (full) {
    router.blocked |= without_room(index, output);
  }
  const Destination onward = topology_.onward(router.place, input, output, flit.destination);
  push(to.router, to.port, flit.packet, onward, flit.category, arrival + pipeline_, cycle);
  const std::uint64_t packet = packets_[flit.packet];
  const std::uint64_t wire = Topology::wire(packet, onward);
  watch_.departed(index, output, packet, in_tick(cycle), in_tick(arrival), in_tick(arrival), wire);
  if constexpr (Watch::kMixed) announce(to, wire, arrival);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::book_hops() {
  for (std::size_t category = 0; category < hops_.size(); ++category) {
    activity_[category].router_traversals += hops_[category];
    activity_[category].link_transfers += hops_[category];
    hops_[category] = 0;
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::deliver(std::uint32_t index, unsigned output,
                                                      const Flit& flit, std::uint32_t cycle) {
  NetworkActivity& activity = activity_[flit.category];
  ++activity.router_traversals;
  const Router& router = routers_[index];
  const std::uint32_t arrival = cycle + link_[0];
  std::uint32_t done = arrival;
  std::uint32_t free = arrival;
  const arch::Packet packet(packets_[flit.packet]);
  if (output != kHost) {
    ++activity.deliveries;
    const int core = topology_.core(index, router.place, output);
    if (packet.expanded()) {
      const auto busy = static_cast<std::uint32_t>(sink_.port_cycles(core, packet));
      free = cycle + std::max(link_[0], busy);
      done = arrival + busy;
      note_meeting(done);
    }
    sink_.deliver_to_core(core, packet, arrival - start_);
  } else {
    ++activity.host_packets;
    host_output_.take(cycle);
    free = std::max(arrival, host_output_.free());
    sink_.deliver_to_host(packet, arrival - start_);
  }
  occupy(index, output, free, cycle);
  watch_.departed(index, output, packet.bits(), in_tick(cycle), in_tick(arrival), in_tick(free),
                  packet.bits());
  activity.last_event = std::max(activity.last_event, in_tick(done));
  last_arrival_ = std::max(last_arrival_, done);
  note_move(free);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::occupy(std::uint32_t index,
                                                                             unsigned output,
                                                                             std::uint32_t free,
                                                                             std::uint32_t cycle) {
  if (free <= cycle + 1) return;
  Router& router = routers_[index];
  output_free_[index * kPorts + output] = free;
  router.in_use = static_cast<std::uint8_t>(router.in_use | arch::port_bit(output));
  router.blocked |= Fields::at(output);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE void RouterNetwork<Topology, Arbiter, Watch>::push(
    std::uint32_t index, unsigned input, std::uint32_t packet, const Destination& destination,
    std::uint16_t category, std::uint32_t eligible, std::uint32_t cycle) {
  Router& router = routers_[index];
  used_.insert(index);
  const unsigned fill = router.fill[input];
  if (fill == depth_) throw std::logic_error("network: a packet was sent to a full FIFO");
  const unsigned wanted = topology_.outputs(router.place, input, destination);
  // Copied field by field: a copy of a whole flit that was just assembled would have to wait until
  // its parts are stored.
  Flit& place = flit(fifo(index, input), router.head[input] + fill);
  place.packet = packet;
  place.destination = destination;
  place.eligible = eligible;
  place.category = category;
  place.wanted = static_cast<std::uint8_t>(wanted);
  if (fill == 0) {
    router.occupied |= input_bit(input);
    events_.add(eligible, entry(Event::kEligible, index, input));
  }
  router.fill[input] = static_cast<std::uint8_t>(fill + 1);
  ++flit_count_;
  watch_.queued(index, input, in_tick(cycle));
  note_move(eligible);
}

template <class Topology, class Arbiter, class Watch>
SPIKELOOM_ROUTER_INLINE typename RouterNetwork<Topology, Arbiter, Watch>::Requests
RouterNetwork<Topology, Arbiter, Watch>::pop(std::uint32_t index, unsigned input,
                                             std::uint32_t cycle) {
  Router& router = routers_[index];
  watch_.left(index, input, in_tick(cycle));
  if constexpr (Watch::kMixed) tell_freed(index, input, cycle);
  if (topology_.is_link(router.place, Topology::port_of(input))) {
    // A place is seen from the next cycle on, or later.
    if (credit_ != 0) {
      events_.add(cycle + 1 + credit_, entry(Event::kRoom, index, input));
    } else {
      // Without a branch, which could not be predicted.
      freed_[freed_count_] = entry(Event::kRoom, index, input);
      freed_count_ += static_cast<std::size_t>(router.room[input]++ == 0);
    }
  } else if ((router.due & input_bit(input)) != 0) {
    entries_.add(cycle + 1, entry(Event::kEnter, index, input));
  }
  --flit_count_;
  if (--router.fill[input] == 0) {
    router.occupied = static_cast<Inputs>(router.occupied & ~input_bit(input));
    return 0;
  }
  ++router.head[input];
  const Flit& next = oldest(index, input);
  if (next.eligible <= cycle + 1) return Fields::spread(next.wanted, input);
  events_.add(next.eligible, entry(Event::kEligible, index, input));
  return 0;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::schedule_source(std::uint32_t router, unsigned port) {
  const Source& source = this->source(router, port);
  if (source.next == source.emissions->size()) return;
  const auto ready = static_cast<std::uint32_t>((*source.emissions)[source.next].ready) + start_;
  entries_.add(std::max(ready, source.free), entry(Event::kEnter, router, port));
}

}  // namespace spikeloom::hw

#undef SPIKELOOM_ROUTER_INLINE

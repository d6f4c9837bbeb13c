// SPDX-License-Identifier: Apache-2.0
#include "hw/router/mesh_network.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

// Inlined into the two ways through a router: the calls would cost more than the work.
#define SPIKELOOM_INLINE inline __attribute__((always_inline))

namespace spikeloom::hw {
namespace {

constexpr std::uint32_t kAsleep = UINT32_MAX;
/// An entry of the calendar: a router, and above it the port at which a packet is due, or 0.
constexpr unsigned kEntryPortShift = 24;
constexpr std::uint32_t kEntryRouter = (std::uint32_t{1} << kEntryPortShift) - 1;
/// An entry of the credits: a router, and below it the output.
constexpr unsigned kCreditPortBits = 3;

constexpr std::uint8_t bit(unsigned port) { return static_cast<std::uint8_t>(1U << port); }

/// What leaves by the east arrives from the west.
constexpr unsigned opposite(unsigned port) { return (port + 2) % 4; }

[[noreturn]] void fail_overflow() { throw std::logic_error("mesh: a packet for a full FIFO"); }

constexpr unsigned first_of(unsigned mask) { return static_cast<unsigned>(__builtin_ctz(mask)); }

}  // namespace

MeshNetwork::MeshNetwork(const common::ChipDescription& chip, SpikeSink& sink, std::size_t accounts)
    : chip_(chip),
      sink_(sink),
      host_router_(
          static_cast<std::uint32_t>(chip.mesh.core_at(chip.host_port.x, chip.host_port.y))),
      pipeline_(static_cast<std::uint32_t>(chip.router.pipeline_cycles)),
      link_(static_cast<std::uint32_t>(chip.router.link_cycles)),
      depth_(static_cast<unsigned>(chip.router.fifo_depth)),
      host_place_(common::Packet::to_cores(
          {chip.host_port.x, chip.host_port.y, chip.host_port.x, chip.host_port.y}, 0, 0)),
      routers_(static_cast<std::size_t>(chip.mesh.cores())),
      flits_(routers_.size() * kPorts * depth_),
      core_sources_(routers_.size()),
      credits_(routers_.size() * 4),
      activity_(accounts) {
  const auto columns = static_cast<std::uint32_t>(chip.mesh.columns);
  neighbour_ = {0U - columns, 1U, columns, 0U - 1U};
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    routers_[i].credits.fill(static_cast<std::uint8_t>(depth_));
    routers_[i].x = static_cast<std::uint8_t>(chip.mesh.x(static_cast<int>(i)));
    routers_[i].y = static_cast<std::uint8_t>(chip.mesh.y(static_cast<int>(i)));
  }
}

void MeshNetwork::begin_tick() {
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

void MeshNetwork::end_tick(std::int64_t cycles) {
  // Cycles have 32 bits.
  if (start_ > UINT32_MAX / 2) throw std::logic_error("mesh: packets are late without end");
  start_ += static_cast<std::uint32_t>(cycles);
  for (Source& source : core_sources_) keep_late(source, cycles);
  keep_late(host_source_, cycles);
  goes_on_ = waiting(0).packets + waiting(1).packets != 0;
}

void MeshNetwork::keep_late(Source& source, std::int64_t cycles) const {
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

Waiting MeshNetwork::waiting(int parity) const {
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

void MeshNetwork::inject_from_core(int core, const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.account].packets;
  const auto router = static_cast<std::uint32_t>(core);
  add_emissions(router, kCore, emissions);
}

void MeshNetwork::inject_from_host(const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.account].host_packets;
  add_emissions(host_router_, kHost, emissions);
}

void MeshNetwork::add_emissions(std::uint32_t router, unsigned port,
                                const std::vector<Emission>& emissions) {
  Source& source = this->source(router, port);
  if (!source.late.empty()) {
    // The source is on its way already; the new ones come after the late ones.
    source.late.insert(source.late.end(), emissions.begin(), emissions.end());
    return;
  }
  source.emissions = &emissions;
  source.next = 0;
  schedule_source(router, port);
}

void MeshNetwork::check_empty() const {
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    const Router& router = routers_[i];
    if (router.occupied == 0 && router.due == 0) continue;
    throw std::logic_error(
        fmt::format("mesh: router {},{} waits and nobody will wake it", router.x, router.y));
  }
}

SPIKELOOM_INLINE MeshNetwork::Flit& MeshNetwork::slot(std::uint32_t router, unsigned port,
                                                      unsigned index) {
  return flits_[(router * depth_ + index) * kPorts + port];
}

SPIKELOOM_INLINE unsigned MeshNetwork::outputs(const Router& router, unsigned input,
                                               common::Packet packet) const {
  // Never back to where it came from, and never from a column into a row.
  constexpr unsigned kEverywhere = 0x3f;
  constexpr std::array<unsigned, kPorts> kAllowed = {bit(kSouth) | bit(kCore) | bit(kHost),
                                                     kEverywhere & ~bit(kEast),
                                                     bit(kNorth) | bit(kCore) | bit(kHost),
                                                     kEverywhere & ~bit(kWest),
                                                     kEverywhere,
                                                     kEverywhere};
  // Without branches: they would be hard to foresee.
  const bool to_host = packet.kind() == common::PacketKind::kHost;
  const common::Region region = (to_host ? host_place_ : packet).region();
  const int x = router.x;
  const int y = router.y;
  const auto when = [](bool condition, unsigned port) {
    return static_cast<unsigned>(condition) << port;
  };
  const unsigned row = when(region.x1 > x, kEast) | when(region.x0 < x, kWest);
  const unsigned column = when(region.y0 < y, kNorth) | when(region.y1 > y, kSouth) |
                          when((region.y0 <= y) & (y <= region.y1), to_host ? kHost : kCore);
  const unsigned here = (region.x0 <= x) & (x <= region.x1);
  return (row | (column & (0 - here))) & kAllowed[input];
}

SPIKELOOM_INLINE void MeshNetwork::schedule(std::uint32_t router, std::uint32_t cycle) {
  if (cycle >= routers_[router].wake) return;
  routers_[router].wake = cycle;
  calendar_.add(cycle, router);
}

SPIKELOOM_INLINE void MeshNetwork::push(std::uint32_t index, unsigned input, common::Packet packet,
                                        std::uint32_t eligible, std::uint16_t account) {
  Router& router = routers_[index];
  const unsigned fill = router.fill[input]++;
  unsigned at = 0;  // an empty FIFO starts at its first place
  if (fill != 0) {
    if (fill == depth_) fail_overflow();
    at = router.head[input] + fill;
    if (at >= depth_) at -= depth_;
  }
  // Field by field: a copy of a whole flit just put together waits for its parts to be stored.
  Flit& place = slot(index, input, at);
  place.packet = packet.bits();
  place.eligible = eligible;
  place.account = account;
  if (fill == 0) {
    router.occupied |= bit(input);
    router.wanted[input] = static_cast<std::uint8_t>(outputs(router, input, packet));
    schedule(index, eligible);
  }
}

SPIKELOOM_INLINE void MeshNetwork::pop(std::uint32_t index, unsigned input) {
  Router& router = routers_[index];
  if (--router.fill[input] == 0) {
    // An empty FIFO starts again at its first place: at low load few lines of memory are in use.
    router.head[input] = 0;
    router.occupied = static_cast<std::uint8_t>(router.occupied & ~bit(input));
  } else {
    if (++router.head[input] == depth_) router.head[input] = 0;
    const common::Packet next(slot(index, input, router.head[input]).packet);
    router.wanted[input] = static_cast<std::uint8_t>(outputs(router, input, next));
  }
  if (input < kCore) {
    credits_[credit_count_++] = (index + neighbour_[input]) << kCreditPortBits | opposite(input);
  }
}

SPIKELOOM_INLINE void MeshNetwork::send(std::uint32_t index, unsigned output, const Flit& flit,
                                        std::uint32_t cycle) {
  if (output >= kCore) {
    deliver(index, output, flit, cycle);
    return;
  }
  Router& router = routers_[index];
  NetworkActivity& activity = activity_[flit.account];
  ++activity.router_traversals;
  ++activity.link_transfers;
  const std::uint32_t arrival = cycle + link_;
  router.output_free[output] = arrival;
  --router.credits[output];
  push(index + neighbour_[output], opposite(output), common::Packet(flit.packet),
       arrival + pipeline_, flit.account);
}

void MeshNetwork::deliver(std::uint32_t index, unsigned output, const Flit& flit,
                          std::uint32_t cycle) {
  NetworkActivity& activity = activity_[flit.account];
  ++activity.router_traversals;
  const std::uint32_t arrival = cycle + link_;
  std::uint32_t& free = routers_[index].output_free[output];
  free = arrival;
  if (output == kCore) {
    ++activity.deliveries;
    sink_.deliver_to_core(static_cast<int>(index), common::Packet(flit.packet), arrival - start_);
  } else {
    ++activity.host_packets;
    free = cycle + std::max(link_, static_cast<std::uint32_t>(chip_.host_port.cycles_per_packet));
    sink_.deliver_to_host(common::Packet(flit.packet), arrival - start_);
  }
  last_event_ = std::max<std::int64_t>(last_event_, arrival);
}

SPIKELOOM_INLINE void MeshNetwork::pass(std::uint32_t index, unsigned input, std::uint32_t cycle) {
  Router& router = routers_[index];
  const Flit& flit = slot(index, input, router.head[input]);
  if (flit.eligible > cycle) return;
  unsigned left = router.wanted[input];
  for (unsigned wanted = left; wanted != 0; wanted &= wanted - 1) {
    const unsigned output = first_of(wanted);
    if (router.output_free[output] > cycle || router.credits[output] == 0) continue;
    router.last_input[output] = static_cast<std::uint8_t>(input);
    send(index, output, flit, cycle);
    left &= ~bit(output);
  }
  router.wanted[input] = static_cast<std::uint8_t>(left);
  if (left == 0) pop(index, input);
}

SPIKELOOM_INLINE void MeshNetwork::visit(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  router.wake = kAsleep;
  router.starved = 0;
  if (router.due != 0) {
    for (const unsigned port : {unsigned{kCore}, unsigned{kHost}}) {
      if ((router.due & bit(port)) != 0) inject(index, port, cycle);
    }
  }
  if ((router.occupied & (router.occupied - 1U)) != 0) {
    arbitrate(index, cycle);
  } else if (router.occupied != 0) {
    pass(index, first_of(router.occupied), cycle);
  }
  if ((router.occupied | router.due) != 0) sleep(index, cycle);
}

std::int64_t MeshNetwork::run(std::int64_t limit) {
  const std::int64_t end = limit == kForever ? kForever : limit + start_;
  while (true) {
    const std::int64_t cycle = calendar_.next();
    if (cycle == Calendar::kNever) {
      check_empty();
      return kForever;
    }
    if (cycle >= end) return cycle - start_;
    calendar_.take(cycle, due_);
    const auto now = static_cast<std::uint32_t>(cycle);
    for (const std::uint32_t entry : due_) {
      if (const unsigned port = entry >> kEntryPortShift; port != 0) {
        Router& router = routers_[entry & kEntryRouter];
        router.due |= bit(port);
        router.wake = now;
      }
    }
    for (const std::uint32_t entry : due_) {
      // An entry that was overtaken by an earlier one is stale.
      const std::uint32_t index = entry & kEntryRouter;
      if (routers_[index].wake == now) visit(index, now);
    }
    return_credits(now);
  }
}

void MeshNetwork::schedule_source(std::uint32_t router, unsigned port) {
  const Source& source = this->source(router, port);
  if (source.next == source.emissions->size()) return;
  const auto ready = static_cast<std::uint32_t>((*source.emissions)[source.next].ready) + start_;
  calendar_.add(std::max(ready, source.free), router | port << kEntryPortShift);
}

void MeshNetwork::arbitrate(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  // Which inputs want which outputs, from the state at the start of the cycle.
  std::array<unsigned, kPorts> requests{};
  unsigned requested = 0;
  for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = first_of(inputs);
    if (slot(index, input, router.head[input]).eligible > cycle) continue;
    for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
      requests[first_of(wanted)] |= bit(input);
    }
    requested |= router.wanted[input];
  }
  for (; requested != 0; requested &= requested - 1) {
    const unsigned output = first_of(requested);
    if (router.output_free[output] > cycle || router.credits[output] == 0) continue;
    // Round robin: the first requesting input after the one served last.
    const unsigned served = router.last_input[output] + 1U;
    const unsigned after = requests[output] >> served << served;
    const unsigned input = first_of(after != 0 ? after : requests[output]);
    router.last_input[output] = static_cast<std::uint8_t>(input);
    send(index, output, slot(index, input, router.head[input]), cycle);
    router.wanted[input] = static_cast<std::uint8_t>(router.wanted[input] & ~bit(output));
    if (router.wanted[input] == 0) pop(index, input);
  }
}

void MeshNetwork::inject(std::uint32_t index, unsigned port, std::uint32_t cycle) {
  Router& router = routers_[index];
  if (router.fill[port] == depth_) return;
  Source& source = this->source(index, port);
  const Emission& emission = (*source.emissions)[source.next++];
  push(index, port, emission.packet, cycle + pipeline_, emission.account);
  source.free = cycle + source_period(port);
  last_event_ = std::max<std::int64_t>(last_event_, cycle + 1);
  router.due = static_cast<std::uint8_t>(router.due & ~bit(port));
  schedule_source(index, port);
}

void MeshNetwork::return_credits(std::uint32_t cycle) {
  for (std::size_t i = 0; i < credit_count_; ++i) {
    const std::uint32_t credit = credits_[i];
    const std::uint32_t index = credit >> kCreditPortBits;
    const unsigned output = credit & ((1U << kCreditPortBits) - 1);
    ++routers_[index].credits[output];
    if ((routers_[index].starved & bit(output)) != 0) schedule(index, cycle + 1);
  }
  credit_count_ = 0;
}

void MeshNetwork::sleep(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  std::uint32_t wake = kAsleep;
  for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = first_of(inputs);
    const std::uint32_t eligible = slot(index, input, router.head[input]).eligible;
    if (eligible > cycle) {
      wake = std::min(wake, eligible);
      continue;
    }
    for (unsigned wanted = router.wanted[input]; wanted != 0; wanted &= wanted - 1) {
      const unsigned output = first_of(wanted);
      if (router.credits[output] == 0) {
        router.starved |= bit(output);
      } else {
        wake = std::min(wake, std::max(cycle + 1, router.output_free[output]));
      }
    }
  }
  // A full FIFO is looked at again when this router next sends.
  for (unsigned ports = router.due; ports != 0; ports &= ports - 1) {
    if (router.fill[first_of(ports)] != depth_) wake = std::min(wake, cycle + 1);
  }
  if (wake != kAsleep) schedule(index, wake);
}

}  // namespace spikeloom::hw

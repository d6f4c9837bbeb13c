// SPDX-License-Identifier: Apache-2.0
#include "hw/router/mesh_network.h"

#include <algorithm>

namespace spikeloom::hw {
namespace {

constexpr std::uint32_t kAsleep = UINT32_MAX;

constexpr std::uint8_t bit(unsigned port) { return static_cast<std::uint8_t>(1U << port); }

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
      routers_(static_cast<std::size_t>(chip.mesh.cores())),
      flits_(routers_.size() * kPorts * depth_),
      core_sources_(routers_.size()),
      activity_(accounts) {
  for (Router& router : routers_) {
    router.credits.fill(static_cast<std::uint8_t>(depth_));
    router.wake = kAsleep;
  }
}

void MeshNetwork::begin_tick() {
  // FIFOs are empty and credits home between ticks; arbiters and pacing start afresh, so that a
  // tick depends on its own packets alone.
  for (Router& router : routers_) {
    router.output_free.fill(0);
    router.last_input.fill(0);
    router.wake = kAsleep;
    router.injects = false;
    router.starved = 0;
  }
  for (Source& source : core_sources_) source = {};
  host_source_ = {};
  calendar_.clear();
  last_event_ = 0;
  std::fill(activity_.begin(), activity_.end(), NetworkActivity{});
}

void MeshNetwork::inject_from_core(int core, const std::vector<Emission>& emissions) {
  if (emissions.empty()) return;
  const auto router = static_cast<std::uint32_t>(core);
  core_sources_[router].emissions = &emissions;
  routers_[router].injects = true;
  for (const Emission& emission : emissions) ++activity_[emission.account].packets;
  schedule(router, static_cast<std::uint32_t>(emissions.front().ready));
}

void MeshNetwork::inject_from_host(const std::vector<Emission>& emissions) {
  if (emissions.empty()) return;
  host_source_.emissions = &emissions;
  routers_[host_router_].injects = true;
  for (const Emission& emission : emissions) ++activity_[emission.account].host_packets;
  schedule(host_router_, static_cast<std::uint32_t>(emissions.front().ready));
}

std::int64_t MeshNetwork::run(std::int64_t limit) {
  while (true) {
    const std::int64_t cycle = calendar_.next();
    if (cycle >= limit) return cycle;
    if (cycle == Calendar::kNever) return kForever;
    calendar_.take(cycle, due_);
    const auto now = static_cast<std::uint32_t>(cycle);
    for (const std::uint32_t router : due_) {
      // An entry that was overtaken by an earlier one is stale.
      if (routers_[router].wake == now) visit(router, now);
    }
    return_credits(now);
  }
}

MeshNetwork::Flit& MeshNetwork::slot(std::uint32_t router, unsigned port, unsigned index) {
  return flits_[(router * kPorts + port) * depth_ + index];
}

std::uint32_t MeshNetwork::neighbour(std::uint32_t router, unsigned port) const {
  const auto columns = static_cast<std::uint32_t>(chip_.mesh.columns);
  switch (port) {
    case kNorth:
      return router - columns;
    case kEast:
      return router + 1;
    case kSouth:
      return router + columns;
    default:
      return router - 1;
  }
}

std::uint8_t MeshNetwork::outputs(std::uint32_t router, unsigned input,
                                  common::Packet packet) const {
  const int x = chip_.mesh.x(static_cast<int>(router));
  const int y = chip_.mesh.y(static_cast<int>(router));
  const bool to_host = packet.kind() == common::PacketKind::kHost;
  const common::Region region = to_host ? common::Region{chip_.host_port.x, chip_.host_port.y,
                                                         chip_.host_port.x, chip_.host_port.y}
                                        : packet.region();
  unsigned mask = 0;
  const bool in_column = input == kNorth || input == kSouth;
  if (!in_column) {
    if (region.x1 > x && input != kEast) mask |= bit(kEast);
    if (region.x0 < x && input != kWest) mask |= bit(kWest);
    if (x < region.x0 || x > region.x1) return static_cast<std::uint8_t>(mask);
  }
  if (region.y0 < y && input != kNorth) mask |= bit(kNorth);
  if (region.y1 > y && input != kSouth) mask |= bit(kSouth);
  if (y >= region.y0 && y <= region.y1) mask |= bit(to_host ? kHost : kCore);
  return static_cast<std::uint8_t>(mask);
}

void MeshNetwork::schedule(std::uint32_t router, std::uint32_t cycle) {
  if (cycle >= routers_[router].wake) return;
  routers_[router].wake = cycle;
  calendar_.add(cycle, router);
}

void MeshNetwork::visit(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  router.wake = kAsleep;
  if (router.injects) {
    inject(index, kCore, cycle);
    if (index == host_router_) inject(index, kHost, cycle);
  }
  // Which inputs want which outputs, from the state at the start of the cycle.
  std::array<std::uint8_t, kPorts> requests{};
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
    const unsigned after = requests[output] >> (router.last_input[output] + 1U)
                                                   << (router.last_input[output] + 1U);
    const unsigned input = first_of(after != 0 ? after : requests[output]);
    router.last_input[output] = static_cast<std::uint8_t>(input);
    send(index, output, slot(index, input, router.head[input]), cycle);
    router.wanted[input] = static_cast<std::uint8_t>(router.wanted[input] & ~bit(output));
    if (router.wanted[input] == 0) pop(index, input);
  }
  sleep(index, cycle);
}

void MeshNetwork::inject(std::uint32_t router, unsigned port, std::uint32_t cycle) {
  Source& source = this->source(router, port);
  if (source.empty() || source.free > cycle || routers_[router].fill[port] == depth_) return;
  const Emission& emission = (*source.emissions)[source.next];
  if (emission.ready > cycle) return;
  push(router, port, {emission.packet.bits(), cycle + pipeline_, emission.account});
  ++source.next;
  source.free = cycle + source_period(port);
  last_event_ = std::max<std::int64_t>(last_event_, cycle + 1);
}

void MeshNetwork::send(std::uint32_t router, unsigned output, const Flit& flit,
                       std::uint32_t cycle) {
  Router& from = routers_[router];
  NetworkActivity& activity = activity_[flit.account];
  ++activity.router_traversals;
  const std::uint32_t arrival = cycle + link_;
  from.output_free[output] = arrival;
  if (output == kCore) {
    ++activity.deliveries;
    sink_.deliver_to_core(static_cast<int>(router), common::Packet(flit.packet), arrival);
  } else if (output == kHost) {
    ++activity.host_packets;
    from.output_free[output] =
        cycle + std::max(link_, static_cast<std::uint32_t>(chip_.host_port.cycles_per_packet));
    sink_.deliver_to_host(common::Packet(flit.packet), arrival);
  } else {
    ++activity.link_transfers;
    --from.credits[output];
    // What leaves by the east arrives from the west.
    push(neighbour(router, output), (output + 2) % 4,
         {flit.packet, arrival + pipeline_, flit.account});
    return;
  }
  last_event_ = std::max<std::int64_t>(last_event_, arrival);
}

void MeshNetwork::push(std::uint32_t index, unsigned input, const Flit& flit) {
  Router& router = routers_[index];
  unsigned at = router.head[input] + router.fill[input];
  if (at >= depth_) at -= depth_;
  slot(index, input, at) = flit;
  if (router.fill[input]++ == 0) {
    router.occupied |= bit(input);
    router.wanted[input] = outputs(index, input, common::Packet(flit.packet));
    schedule(index, flit.eligible);
  }
}

void MeshNetwork::pop(std::uint32_t index, unsigned input) {
  Router& router = routers_[index];
  if (++router.head[input] == depth_) router.head[input] = 0;
  if (--router.fill[input] == 0) {
    router.occupied = static_cast<std::uint8_t>(router.occupied & ~bit(input));
  } else {
    router.wanted[input] =
        outputs(index, input, common::Packet(slot(index, input, router.head[input]).packet));
  }
  if (input < kCore) {
    credits_.push_back({neighbour(index, input), static_cast<std::uint8_t>((input + 2) % 4)});
  }
}

void MeshNetwork::return_credits(std::uint32_t cycle) {
  for (const Credit& credit : credits_) {
    Router& router = routers_[credit.router];
    ++router.credits[credit.output];
    if ((router.starved & bit(credit.output)) != 0) schedule(credit.router, cycle + 1);
  }
  credits_.clear();
}

void MeshNetwork::sleep(std::uint32_t index, std::uint32_t cycle) {
  Router& router = routers_[index];
  std::uint32_t wake = kAsleep;
  router.starved = 0;
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
  if (router.injects) {
    bool waiting = false;
    for (const unsigned port : {unsigned{kCore}, unsigned{kHost}}) {
      if (port == kHost && index != host_router_) continue;
      const Source& source = this->source(index, port);
      if (source.empty()) continue;
      waiting = true;
      // A full FIFO is looked at again when this router next sends.
      if (router.fill[port] == depth_) continue;
      const auto ready = static_cast<std::uint32_t>((*source.emissions)[source.next].ready);
      wake = std::min(wake, std::max({cycle + 1, ready, source.free}));
    }
    router.injects = waiting;
  }
  if (wake != kAsleep) schedule(index, wake);
}

}  // namespace spikeloom::hw

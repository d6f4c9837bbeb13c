// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/rtl_router.h"

#include <algorithm>
#include <utility>

#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/cosim/rtl_sources.h"
#include "spikeloom/hw/network/router_network.h"

namespace spikeloom::cosim {
VerilatedSource rtl_router_source(const arch::ChipDescription& chip) {
  VerilatedSource source;
  source.top = "router";
  source.files = rtl_sources(chip, {}, source.top);
  return source;
}

/// The pins of rtl/network/router.sv, which explains them.
struct RtlRouter::Pins {
  explicit Pins(const VerilatedModule& module)
      : clock(module.pin("clock")),
        reset(module.pin("reset")),
        restart(module.pin("restart")),
        x(module.pin("x")),
        y(module.pin("y")),
        level(module.pin("level")),
        is_link(module.pin("is_link")),
        in_valid(module.pin("in_valid")),
        in_flit(module.pin("in_flit")),
        in_ready(module.pin("in_ready")),
        freed(module.pin("freed")),
        out_valid(module.pin("out_valid")),
        out_flit(module.pin("out_flit")),
        out_second(module.pin("out_second")),
        out_ready(module.pin("out_ready")),
        out_freed(module.pin("out_freed")),
        input(module.pin("activity_input")) {}

  VerilatedPin clock, reset, restart;
  VerilatedPin x, y, level, is_link;
  VerilatedPin in_valid, in_flit, in_ready, freed;
  VerilatedPin out_valid, out_flit, out_second, out_ready, out_freed;
  VerilatedPin input;
};

RtlRouter::RtlRouter(const arch::ChipDescription& chip, std::uint32_t router,
                     std::shared_ptr<const VerilatedLibrary> library)
    : module_(std::move(library)),
      pins_(std::make_unique<Pins>(module_)),
      settling_(static_cast<std::uint32_t>(chip.router.credit_cycles) + 1) {
  arch::with_topology(chip, [&](const auto& topology) { connect(topology, router); });
  pins_->reset.set(1);
  end_cycle();
  pins_->reset.set(0);
  next_ = 0;
}

RtlRouter::~RtlRouter() = default;

template <class Topology>
void RtlRouter::connect(const Topology& topology, std::uint32_t router) {
  ports_ = Topology::kPorts;
  channels_ = Topology::kInputs > Topology::kPorts ? 2 : 1;
  const auto place = topology.place(router);
  const arch::RouterPlace at = Topology::router_place(place);
  pins_->x.set(static_cast<std::uint64_t>(at.x) << at.level);
  pins_->y.set(static_cast<std::uint64_t>(at.y) << at.level);
  pins_->level.set(static_cast<std::uint64_t>(at.level));
  unsigned links = 0;
  for (unsigned port = 0; port < ports_; ++port) {
    if (topology.is_link(place, port) && topology.has_link(place, port)) links |= 1U << port;
  }
  pins_->is_link.set(links);
}

void RtlRouter::restart() {
  if (fresh_) return;
  // The last packets have left, but the clock edges that take them out may be still to come.
  std::uint32_t end = in_cycle_ ? next_ + 1 : next_;
  if (!freed_.empty()) end = std::max(end, freed_.back().cycle + 1);
  catch_up(end);
  pins_->restart.set(1);
  next_ = 0;
  fresh_ = true;
}

void RtlRouter::arrive(unsigned input, std::uint64_t wire, std::uint32_t cycle) {
  arrivals_.push_back({input, wire, cycle});
}

void RtlRouter::free(unsigned output, unsigned channel, std::uint32_t cycle) {
  freed_.push_back({output * channels_ + channel, cycle});
}

void RtlRouter::offer(unsigned input, arch::Packet packet) {
  offers_.push_back({input, packet.bits(), 0});
}

const hw::RouterStep& RtlRouter::step(std::uint32_t cycle, unsigned ready) {
  catch_up(cycle);
  in_cycle_ = true;
  fresh_ = false;
  unsigned valid = 0;
  const auto drive = [&](const Arrival& packet) {
    valid |= 1U << packet.input;
    pins_->in_flit.set(static_cast<int>(packet.input) * arch::Packet::kBits, arch::Packet::kBits,
                       packet.wire);
  };
  unsigned offered = 0;
  for (const Arrival& offer : offers_) {
    drive(offer);
    offered |= 1U << offer.input;
  }
  offers_.clear();
  const auto arrives = [&](const Arrival& arrival) {
    if (arrival.cycle != cycle) return false;
    drive(arrival);
    return true;
  };
  arrivals_.erase(std::remove_if(arrivals_.begin(), arrivals_.end(), arrives), arrivals_.end());
  pins_->in_valid.set(valid);
  pins_->out_ready.set(ready);
  module_.eval();
  step_.entered = offered & static_cast<unsigned>(pins_->in_ready.get());
  step_.left = static_cast<unsigned>(pins_->freed.get());
  read_copies(ready & static_cast<unsigned>(pins_->out_valid.get()));
  return step_;
}

void RtlRouter::read_copies(unsigned departing) {
  step_.copies.clear();
  for (unsigned output = 0; output < ports_; ++output) {
    if ((departing >> output & 1U) == 0) continue;
    const auto number = static_cast<int>(output);
    step_.copies.push_back(
        {static_cast<unsigned>(pins_->input.get(number * kInputNumberBits, kInputNumberBits)),
         output, pins_->out_flit.get(number * arch::Packet::kBits, arch::Packet::kBits),
         pins_->out_second.get(number, 1) != 0});
  }
}

void RtlRouter::catch_up(std::uint32_t cycle) {
  if (next_ >= cycle) return;
  if (in_cycle_) {
    end_cycle();
    in_cycle_ = false;
    pins_->in_valid.set(0);
  }
  while (next_ < cycle) {
    if (!freed_.empty() && freed_.front().cycle == next_) {
      end_cycle();
      continue;
    }
    // Cycles in which nothing happens.
    const std::uint32_t until = freed_.empty() ? cycle : std::min(cycle, freed_.front().cycle);
    const std::uint32_t passed = std::min(until - next_, settling_);
    for (std::uint32_t i = 0; i < passed; ++i) end_cycle();
    next_ = until;
  }
}

void RtlRouter::end_cycle() {
  std::uint64_t freed = 0;
  for (; !freed_.empty() && freed_.front().cycle == next_; freed_.pop_front()) {
    freed |= std::uint64_t{1} << freed_.front().number;
  }
  pins_->out_freed.set(freed);
  module_.eval();
  pins_->clock.set(1);
  module_.eval();
  pins_->clock.set(0);
  pins_->restart.set(0);
  ++next_;
}

hw::NetworkFactory mixed_network(std::set<std::uint32_t> routers,
                                 std::shared_ptr<const VerilatedLibrary> library) {
  const hw::RouterFactory make = [routers = std::move(routers), library = std::move(library)](
                                     const arch::ChipDescription& chip, std::uint32_t router) {
    return routers.count(router) != 0 ? std::make_unique<RtlRouter>(chip, router, library)
                                      : std::unique_ptr<RtlRouter>();
  };
  return [make](const arch::ChipDescription& chip, hw::SpikeSink& sink, std::size_t categories,
                hw::NetworkObserver* observer) {
    return hw::make_mixed_network(chip, sink, categories, observer, make);
  };
}

}  // namespace spikeloom::cosim

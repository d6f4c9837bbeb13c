// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/network/network_lockstep.h"

#include <algorithm>
#include <exception>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/trace/gtkwave_save.h"
#include "spikeloom/hw/trace/router_list.h"
#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::rtl {
namespace {

using Event = NetworkLog::Event;
using Kind = NetworkLog::Kind;
constexpr std::int64_t kForever = hw::SpikeNetwork::kForever;

auto signal_of(const Event& event) {
  return std::tie(event.cycle, event.kind, event.number, event.port);
}

auto all_of(const Event& event) {
  return std::tuple_cat(signal_of(event),
                        std::tie(event.packet, event.arrival, event.free, event.wire));
}

auto all_of(const hw::NetworkActivity& a) {
  return std::tie(a.packets, a.host_packets, a.router_traversals, a.link_transfers,
                  a.inter_chip_transfers, a.deliveries, a.last_event);
}

std::size_t routers(const arch::ChipDescription& chip) {
  return arch::with_topology(chip, [](const auto& topology) { return topology.routers(); });
}

/// Returns the name of the event's signal.
std::string signal_text(const arch::ChipDescription& chip, const Event& event) {
  const auto cores = static_cast<std::size_t>(chip.grid().cores());
  if (event.kind == Kind::kDelivery) {
    return event.number == cores ? "host" : fmt::format("core {}", event.number);
  }
  return arch::with_topology(chip, [&](const auto& topology) {
    const auto place = topology.place(static_cast<std::uint32_t>(event.number));
    return fmt::format("router {}, {} {}", arch::text(topology.router_place(place)),
                       event.kind == Kind::kDeparture ? "output" : "input",
                       topology.port_name(event.port));
  });
}

std::string value_text(const Event& event) {
  switch (event.kind) {
    case Kind::kEntry:
      return fmt::format("packet {:#018x} enters", event.packet);
    case Kind::kQueued:
      return "a place is taken";
    case Kind::kLeft:
      return "a packet leaves the FIFO";
    case Kind::kDeparture:
      return fmt::format("packet {:#018x} departs as {:#018x}, arrives at {}, output free at {}",
                         event.packet, event.wire, event.arrival, event.free);
    case Kind::kDelivery:
      return fmt::format("packet {:#018x} arrives", event.packet);
  }
  return {};
}

/// Returns the value at the signal of `at`, the next event of which is events[index], if any.
std::string value_at(const std::vector<Event>& events, std::size_t index, const Event& at) {
  if (index == events.size() || signal_of(events[index]) != signal_of(at)) return "nothing";
  return value_text(events[index]);
}

}  // namespace

void NetworkLog::clear() {
  events_.clear();
  start_ = 0;
}

void NetworkLog::start_tick(std::int64_t cycle) {
  start_ = cycle;
  if (tracer_ != nullptr) tracer_->tick_started(0, cycle);
}

std::vector<Event> NetworkLog::sorted() const {
  std::vector<Event> events = events_;
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return all_of(a) < all_of(b); });
  return events;
}

void NetworkLog::deliver_to_core(int core, arch::Packet packet, std::int64_t cycle) {
  events_.push_back(
      {start_ + cycle, Kind::kDelivery, static_cast<std::size_t>(core), 0, packet.bits(), 0, 0, 0});
}

void NetworkLog::deliver_to_host(arch::Packet packet, std::int64_t cycle) {
  events_.push_back({start_ + cycle, Kind::kDelivery, cores_, 0, packet.bits(), 0, 0, 0});
}

void NetworkLog::entered(std::uint32_t router, unsigned input, arch::Packet packet,
                         std::int64_t cycle) {
  events_.push_back({start_ + cycle, Kind::kEntry, router, input, packet.bits(), 0, 0, 0});
  if (tracer_ != nullptr) tracer_->entered(router, input, packet, cycle);
}

void NetworkLog::queued(std::uint32_t router, unsigned input, std::int64_t cycle) {
  events_.push_back({start_ + cycle, Kind::kQueued, router, input, 0, 0, 0, 0});
  if (tracer_ != nullptr) tracer_->queued(router, input, cycle);
}

void NetworkLog::left(std::uint32_t router, unsigned input, std::int64_t cycle) {
  events_.push_back({start_ + cycle, Kind::kLeft, router, input, 0, 0, 0, 0});
  if (tracer_ != nullptr) tracer_->left(router, input, cycle);
}

void NetworkLog::departed(const hw::Departure& departure) {
  events_.push_back({start_ + departure.cycle, Kind::kDeparture, departure.router, departure.output,
                     departure.packet.bits(), start_ + departure.arrival, start_ + departure.free});
  if (tracer_ != nullptr) tracer_->departed(departure);
}

NetworkLockstep::NetworkLockstep(const arch::ChipDescription& chip, const hw::NetworkFactory& rtl)
    : chip_(chip),
      model_log_(routers(chip), static_cast<std::size_t>(chip.grid().cores())),
      rtl_log_(model_log_),
      model_(hw::make_router_network(chip_, model_log_, kCategories, &model_log_)),
      rtl_(rtl(chip_, rtl_log_, kCategories, &rtl_log_)) {}

std::string NetworkLockstep::run(std::uint64_t seed) {
  test::Random random(seed);
  NetworkTraffic traffic(chip_, kCategories, random);
  model_log_.clear();
  rtl_log_.clear();
  start_ = 0;
  // Ticks of fixed length, in which packets are late, or two ticks that end with their last event.
  const bool fixed = random.chance(50);
  const int ticks = fixed ? random.between(1, 6) : 2;
  std::string difference;
  for (int i = 1; i <= ticks && difference.empty(); ++i) {
    // The last one leaves nothing over for the next run.
    const std::int64_t length = fixed && i < ticks ? random.between(1, 60) : kForever;
    try {
      difference = run_tick(traffic.next_tick(), length, random);
    } catch (const std::exception& error) {
      difference = error.what();
    }
  }
  const std::string first = compare_events();
  return first.empty() ? difference : first;
}

std::string NetworkLockstep::trace(std::uint64_t seed, const std::string& directory,
                                   const std::string& stem) {
  const hw::RouterList routers = hw::list_routers(chip_);
  hw::VcdWriter writer(fmt::format("{}/{}.vcd", directory, stem));
  hw::NetworkTracer model(writer, chip_, routers);
  hw::NetworkTracer rtl(writer, chip_, routers);
  for (std::uint32_t i = 0; i < routers.routers.size(); ++i) {
    const std::string router =
        fmt::format("router_{}", fmt::join(routers.routers[i].coordinates, "_"));
    model.add_router({"lockstep", router, "model"}, i);
    rtl.add_router({"lockstep", router, "rtl"}, i);
  }
  writer.begin("a network in RTL beside its model");
  writer.open(0);
  hw::write_gtkwave_save(directory, stem, stem + ".vcd", writer.declarations());
  model_log_.trace(&model);
  rtl_log_.trace(&rtl);
  std::string difference = run(seed);
  model_log_.trace(nullptr);
  rtl_log_.trace(nullptr);
  writer.close(base::PicosecondClock(chip_.clock_hz).picoseconds(start_ + 1));
  return difference;
}

std::string NetworkLockstep::run_tick(const NetworkTick& tick, std::int64_t length,
                                      test::Random& random) {
  NetworkTick given = tick;
  for (std::size_t core = 0; core < given.cores.size(); ++core) {
    if (given.grows[core]) given.cores[core].clear();
  }
  for (NetworkLog* log : {&model_log_, &rtl_log_}) log->start_tick(start_);
  with_both([&](hw::SpikeNetwork& network) {
    network.begin_tick();
    for (std::size_t core = 0; core < given.cores.size(); ++core) {
      network.inject_from_core(static_cast<int>(core), given.cores[core]);
    }
    network.inject_from_host(given.host);
  });
  std::int64_t model_next = 0;
  std::int64_t rtl_next = 0;
  bool all_given = false;
  for (std::int64_t limit = 0; limit < length && !(all_given && model_next == kForever);) {
    limit = std::min<std::int64_t>(length, limit + random.between(1, 40));
    all_given = true;
    for (std::size_t core = 0; core < given.cores.size(); ++core) {
      const std::size_t first = given.cores[core].size();
      for (std::size_t i = first; i < tick.cores[core].size(); ++i) {
        // What is not ready by the end of a tick is late.
        if (tick.cores[core][i].ready < limit || limit == length) {
          given.cores[core].push_back(tick.cores[core][i]);
        } else {
          all_given = false;
        }
      }
      if (given.cores[core].size() == first) continue;
      with_both([&](hw::SpikeNetwork& network) {
        network.inject_more_from_core(static_cast<int>(core), given.cores[core], first);
      });
    }
    model_next = model_->run(limit);
    rtl_next = rtl_->run(limit);
    if ((model_next == kForever) != (rtl_next == kForever)) {
      return fmt::format("next event after cycle {}: model {}, RTL {}", start_ + limit, model_next,
                         rtl_next);
    }
  }
  if (length != kForever) {
    // Sometimes a core is late and the network is not.
    const bool cores_late = random.chance(20);
    with_both([&](hw::SpikeNetwork& network) { network.end_tick(length, cores_late); });
  }
  // Barriers are at least a cycle long.
  const std::int64_t end =
      length != kForever ? length : model_->last_event() + random.between(1, 8);
  start_ += end;
  ++counts_.ticks;
  counts_.cycles += static_cast<std::uint64_t>(end);
  for (const auto& list : tick.cores) counts_.packets += list.size();
  counts_.packets += tick.host.size();
  if (length == kForever) return compare_results();
  for (const int parity : {0, 1}) {
    const hw::Waiting model = model_->waiting(parity);
    const hw::Waiting rtl = rtl_->waiting(parity);
    counts_.late += model.packets;
    if (model.packets != rtl.packets || model.first.bits() != rtl.first.bits()) {
      return fmt::format("cycle {}: packets of parity {} that wait: model {}, RTL {}", start_,
                         parity, model.packets, rtl.packets);
    }
  }
  return compare_results();
}

std::string NetworkLockstep::compare_results() const {
  for (std::size_t i = 0; i < kCategories; ++i) {
    if (all_of(model_->activity()[i]) != all_of(rtl_->activity()[i])) {
      return fmt::format("tick that ends at {}: activity of category {}", start_, i);
    }
  }
  if (model_->link_packets() != rtl_->link_packets()) {
    return fmt::format("tick that ends at {}: packets over links", start_);
  }
  return {};
}

std::string NetworkLockstep::compare_events() {
  const std::vector<Event> model = model_log_.sorted();
  const std::vector<Event> rtl = rtl_log_.sorted();
  for (const Event& event : model) {
    counts_.entries += event.kind == Kind::kEntry ? 1 : 0;
    counts_.departures += event.kind == Kind::kDeparture ? 1 : 0;
    counts_.deliveries += event.kind == Kind::kDelivery ? 1 : 0;
  }
  std::size_t i = 0;
  const auto same = [&] { return all_of(model[i]) == all_of(rtl[i]); };
  while (i < model.size() && i < rtl.size() && same()) ++i;
  if (i == model.size() && i == rtl.size()) return {};
  const bool model_is_first =
      i == rtl.size() || (i < model.size() && all_of(model[i]) < all_of(rtl[i]));
  const Event& first = model_is_first ? model[i] : rtl[i];
  return fmt::format("cycle {}, {}: model: {}; RTL: {}", first.cycle, signal_text(chip_, first),
                     value_at(model, i, first), value_at(rtl, i, first));
}

}  // namespace spikeloom::rtl

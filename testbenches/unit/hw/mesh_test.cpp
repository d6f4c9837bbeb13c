// SPDX-License-Identifier: Apache-2.0
// Compares MeshNetwork with cycles derived by hand and with a slow mesh written from docs/timing.md
// alone.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/mesh_topology.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/network/ideal_network.h"
#include "spikeloom/hw/network/rate_limiter.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/network/router_network_impl.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

using MeshNetwork =
    spikeloom::hw::RouterNetwork<spikeloom::arch::MeshTopology, spikeloom::hw::RoundRobin>;
using spikeloom::arch::ChipDescription;
using spikeloom::arch::Packet;
using spikeloom::arch::PacketKind;
using spikeloom::arch::Region;
using spikeloom::hw::Emission;
using spikeloom::hw::IdealNetwork;
using spikeloom::hw::NetworkActivity;
using spikeloom::hw::RateLimiter;
using spikeloom::hw::SpikeNetwork;
using spikeloom::hw::SpikeSink;
using spikeloom::test::small_chip;

constexpr int kHostReceiver = -1;

struct Delivery {
  std::int64_t cycle;
  int receiver;  ///< a core, or kHostReceiver
  std::uint64_t packet;

  bool operator<(const Delivery& other) const {
    return std::tie(cycle, receiver, packet) < std::tie(other.cycle, other.receiver, other.packet);
  }
  bool operator==(const Delivery& other) const {
    return std::tie(cycle, receiver, packet) == std::tie(other.cycle, other.receiver, other.packet);
  }
};

std::ostream& operator<<(std::ostream& out, const Delivery& delivery) {
  return out << "cycle " << delivery.cycle << " to " << delivery.receiver << ": " << std::hex
             << delivery.packet << std::dec;
}

class Recorder : public SpikeSink {
 public:
  void deliver_to_core(int core, Packet packet, std::int64_t cycle) override {
    deliveries_.push_back({cycle, core, packet.bits()});
  }
  void deliver_to_host(Packet packet, std::int64_t cycle) override {
    deliveries_.push_back({cycle, kHostReceiver, packet.bits()});
  }
  std::vector<Delivery> sorted() const {
    std::vector<Delivery> result = deliveries_;
    std::sort(result.begin(), result.end());
    return result;
  }
  /// Returns the deliveries in the order in which they were reported.
  const std::vector<Delivery>& all() const { return deliveries_; }
  void clear() { deliveries_.clear(); }

 private:
  std::vector<Delivery> deliveries_;
};

/// The packets that enter in a tick.
struct Traffic {
  std::map<int, std::vector<Emission>> from_cores;
  std::vector<Emission> from_host;
};

std::int64_t run_whole(SpikeNetwork& network, const Traffic& traffic) {
  network.begin_tick();
  for (const auto& [core, emissions] : traffic.from_cores) {
    network.inject_from_core(core, emissions);
  }
  network.inject_from_host(traffic.from_host);
  EXPECT_EQ(network.run(SpikeNetwork::kForever), SpikeNetwork::kForever);
  return network.last_event();
}

struct Result {
  std::vector<Delivery> deliveries;
  std::int64_t last_event = 0;
  NetworkActivity total;
};

template <typename Network>
Result simulate(const ChipDescription& chip, const Traffic& traffic) {
  Recorder recorder;
  Network network(chip, recorder, 1);
  Result result;
  result.last_event = run_whole(network, traffic);
  result.deliveries = recorder.sorted();
  result.total = network.activity()[0];
  return result;
}

// ---- The reference: simulates every router in every cycle, as docs/timing.md describes it.

class ReferenceMesh {
 public:
  explicit ReferenceMesh(const ChipDescription& chip) : chip_(chip) {
    for (int y = 0; y < chip.mesh.rows; ++y) {
      for (int x = 0; x < chip.mesh.columns; ++x) routers_[{x, y}];
    }
  }

  Result run(const Traffic& traffic) {
    for (const auto& [core, emissions] : traffic.from_cores) {
      Source source{{emissions.begin(), emissions.end()}, chip_.core.timing.emit_cycles_per_packet};
      source.at = {chip_.mesh.x(core), chip_.mesh.y(core)};
      source.port = kFromCore;
      sources_.push_back(source);
    }
    Source host{{traffic.from_host.begin(), traffic.from_host.end()},
                static_cast<int>(chip_.host_port.cycles_per_packet)};
    host.at = {chip_.host_port.x, chip_.host_port.y};
    host.port = kFromHost;
    sources_.push_back(host);
    for (std::int64_t cycle = 0; !done(); ++cycle) {
      if (cycle > 1000000) throw std::runtime_error("the reference does not come to an end");
      step(cycle);
    }
    std::sort(result_.deliveries.begin(), result_.deliveries.end());
    return result_;
  }

 private:
  using Place = std::pair<int, int>;  // x, y
  enum Port { kNorth, kEast, kSouth, kWest, kFromCore, kFromHost, kPorts };
  enum Out { kToNorth, kToEast, kToSouth, kToWest, kToCore, kToHost };

  /// A packet and its whole tree: the outputs that it takes in each router.
  struct Travelling {
    Packet packet;
    std::map<Place, std::set<int>> tree;
  };

  struct Flit {
    int travelling;
    std::int64_t eligible;
    std::set<int> outputs;  ///< outputs not yet taken in this router
  };

  struct Router {
    std::array<std::deque<Flit>, kPorts> fifos;
    std::array<std::vector<std::int64_t>, kPorts> freed;  ///< cycles of all departures
    std::array<std::int64_t, kPorts> free{};
    std::array<int, kPorts> served{};
  };

  struct Source {
    std::deque<Emission> emissions;
    std::int64_t period;
    Place at{};
    int port = 0;
    std::int64_t free = 0;
  };

  struct Move {
    Place from;
    int input;
    int output;
  };

  bool done() const {
    for (const Source& source : sources_) {
      if (!source.emissions.empty()) return false;
    }
    for (const auto& [place, router] : routers_) {
      for (const auto& fifo : router.fifos) {
        if (!fifo.empty()) return false;
      }
    }
    return true;
  }

  /// The packet first follows the row of its source and enters each column of the rectangle from
  /// that row.
  std::map<Place, std::set<int>> tree_of(Packet packet, Place from) const {
    const bool to_host = packet.kind() == PacketKind::kHost;
    const Region r =
        to_host ? Region{chip_.host_port.x, chip_.host_port.y, chip_.host_port.x, chip_.host_port.y}
                : packet.region();
    std::map<Place, std::set<int>> tree;
    const auto [sx, sy] = from;
    for (int x = sx; x < r.x1; ++x) tree[{x, sy}].insert(kToEast);
    for (int x = sx; x > r.x0; --x) tree[{x, sy}].insert(kToWest);
    for (int x = r.x0; x <= r.x1; ++x) {
      for (int y = sy; y < r.y1; ++y) tree[{x, y}].insert(kToSouth);
      for (int y = sy; y > r.y0; --y) tree[{x, y}].insert(kToNorth);
      for (int y = r.y0; y <= r.y1; ++y) tree[{x, y}].insert(to_host ? kToHost : kToCore);
    }
    return tree;
  }

  static Place towards(Place place, int output) {
    switch (output) {
      case kToNorth:
        return {place.first, place.second - 1};
      case kToEast:
        return {place.first + 1, place.second};
      case kToSouth:
        return {place.first, place.second + 1};
      default:
        return {place.first - 1, place.second};
    }
  }
  static int opposite(int port) { return (port + 2) % 4; }

  void step(std::int64_t cycle) {
    // All decisions use the state at the start of the cycle.
    std::vector<Source*> entering;
    for (Source& source : sources_) {
      if (source.emissions.empty() || source.emissions.front().ready > cycle ||
          source.free > cycle) {
        continue;
      }
      if (fill(source.at, source.port) < depth()) entering.push_back(&source);
    }
    std::vector<Move> moves;
    for (auto& [place, router] : routers_) {
      for (int output = kToNorth; output <= kToHost; ++output) {
        if (router.free[static_cast<std::size_t>(output)] > cycle) continue;
        // Tries the inputs in turn, starting after the one served last.
        for (int step = 1; step <= kPorts; ++step) {
          const int input = (router.served[static_cast<std::size_t>(output)] + step) % kPorts;
          const auto& fifo = router.fifos[static_cast<std::size_t>(input)];
          if (fifo.empty() || fifo.front().eligible > cycle ||
              fifo.front().outputs.count(output) == 0) {
            continue;
          }
          if (output < kToCore && seems_full(towards(place, output), opposite(output), cycle)) {
            break;
          }
          moves.push_back({place, input, output});
          break;
        }
      }
    }
    // Applies the decisions.
    for (Source* source : entering) {
      const Packet packet = source->emissions.front().packet;
      travelling_.push_back({packet, tree_of(packet, source->at)});
      push(source->at, source->port, static_cast<int>(travelling_.size()) - 1, cycle);
      source->emissions.pop_front();
      source->free = cycle + source->period;
      result_.last_event = std::max(result_.last_event, cycle + 1);
    }
    for (const Move& move : moves) apply(move, cycle);
  }

  void apply(const Move& move, std::int64_t cycle) {
    Router& router = routers_.at(move.from);
    auto& fifo = router.fifos[static_cast<std::size_t>(move.input)];
    Flit& flit = fifo.front();
    const std::int64_t arrival = cycle + chip_.router.link_cycles;
    router.served[static_cast<std::size_t>(move.output)] = move.input;
    std::int64_t& free = router.free[static_cast<std::size_t>(move.output)];
    free = arrival;
    ++result_.total.router_traversals;
    const Packet packet = travelling_[static_cast<std::size_t>(flit.travelling)].packet;
    if (move.output == kToCore) {
      ++result_.total.deliveries;
      const int core = chip_.mesh.core_at(move.from.first, move.from.second);
      result_.deliveries.push_back({arrival, core, packet.bits()});
      result_.last_event = std::max(result_.last_event, arrival);
    } else if (move.output == kToHost) {
      result_.deliveries.push_back({arrival, kHostReceiver, packet.bits()});
      result_.last_event = std::max(result_.last_event, arrival);
      free = std::max(free, cycle + static_cast<int>(chip_.host_port.cycles_per_packet));
    } else {
      ++result_.total.link_transfers;
      push(towards(move.from, move.output), opposite(move.output), flit.travelling, arrival);
    }
    flit.outputs.erase(move.output);
    if (flit.outputs.empty()) {
      fifo.pop_front();
      router.freed[static_cast<std::size_t>(move.input)].push_back(cycle);
    }
  }

  void push(Place place, int port, int travelling, std::int64_t arrival) {
    const auto& tree = travelling_[static_cast<std::size_t>(travelling)].tree;
    routers_.at(place).fifos[static_cast<std::size_t>(port)].push_back(
        {travelling, arrival + chip_.router.pipeline_cycles, tree.at(place)});
  }

  /// A place is occupied from the moment when a packet is sent to it.
  int fill(Place place, int port) const {
    return static_cast<int>(routers_.at(place).fifos[static_cast<std::size_t>(port)].size());
  }
  int depth() const { return chip_.router.fifo_depth; }
  /// Returns whether the FIFO is full for the upstream router, which sees freed places late.
  bool seems_full(Place place, int port, std::int64_t cycle) const {
    int unseen = 0;
    for (const std::int64_t freed : routers_.at(place).freed[static_cast<std::size_t>(port)]) {
      if (freed + 1 + chip_.router.credit_cycles > cycle) ++unseen;
    }
    return fill(place, port) + unseen >= depth();
  }

  const ChipDescription& chip_;
  std::map<Place, Router> routers_;
  std::vector<Source> sources_;
  std::vector<Travelling> travelling_;
  Result result_;
};

// ---- Traffic

ChipDescription mesh_chip(int columns, int rows) {
  ChipDescription chip = small_chip();
  chip.mesh = {columns, rows};
  return chip;
}

struct RandomCase {
  ChipDescription chip;
  Traffic traffic;
};

/// Returns a mesh of random size and timing, under random traffic up to saturation.
RandomCase random_case(unsigned seed) {
  std::mt19937 random(seed);
  const auto between = [&](int minimum, int maximum) {
    return std::uniform_int_distribution<int>(minimum, maximum)(random);
  };
  RandomCase result;
  ChipDescription& chip = result.chip;
  chip = mesh_chip(between(1, 6), between(1, 6));
  chip.router = {between(1, 4), seed % 3 == 0 ? between(1, 4) : 1,
                 seed % 5 == 0 ? between(1, 4) : 1};
  if (seed % 2 == 0) chip.router.credit_cycles = between(0, 5);
  chip.host_port = {double(between(1, 8)), between(0, chip.mesh.columns - 1),
                    between(0, chip.mesh.rows - 1)};
  chip.core.timing.emit_cycles_per_packet = seed % 4 == 0 ? between(1, 3) : 1;
  const int span = between(1, 60) * (seed % 7 == 0 ? 20 : 1);
  int number = 0;
  const auto packet = [&](bool from_host) {
    if (!from_host && between(0, 5) == 0) return Packet::to_host(number++);
    const int x0 = between(0, chip.mesh.columns - 1);
    const int y0 = between(0, chip.mesh.rows - 1);
    // Most packets have small rectangles.
    const bool multicast = between(0, 2) == 0;
    const Region region{x0, y0, multicast ? between(x0, chip.mesh.columns - 1) : x0,
                        multicast ? between(y0, chip.mesh.rows - 1) : y0};
    const Packet result_packet = Packet::to_cores(region, number / 65536, number % 65536);
    ++number;
    return result_packet;
  };
  const auto emissions = [&](int count, bool from_host) {
    std::vector<int> ready;
    for (int i = 0; i < count; ++i) ready.push_back(between(0, span));
    std::sort(ready.begin(), ready.end());
    std::vector<Emission> list;
    for (const int cycle : ready) list.push_back({packet(from_host), cycle, 0});
    return list;
  };
  for (int core = 0; core < chip.mesh.cores(); ++core) {
    if (between(0, 3) != 0) result.traffic.from_cores[core] = emissions(between(0, 25), false);
  }
  result.traffic.from_host = emissions(between(0, 20), true);
  return result;
}

std::vector<std::pair<int, std::uint64_t>> receivers(const std::vector<Delivery>& deliveries) {
  std::vector<std::pair<int, std::uint64_t>> result;
  for (const Delivery& delivery : deliveries)
    result.emplace_back(delivery.receiver, delivery.packet);
  std::sort(result.begin(), result.end());
  return result;
}

/// Returns the receiver of each packet, computed without a network.
std::vector<std::pair<int, std::uint64_t>> wanted(const ChipDescription& chip,
                                                  const Traffic& traffic) {
  std::vector<std::pair<int, std::uint64_t>> result;
  const auto add = [&](const std::vector<Emission>& emissions) {
    for (const Emission& emission : emissions) {
      if (emission.packet.kind() == PacketKind::kHost) {
        result.emplace_back(kHostReceiver, emission.packet.bits());
        continue;
      }
      for (int core = 0; core < chip.mesh.cores(); ++core) {
        if (emission.packet.region().contains(chip.mesh.x(core), chip.mesh.y(core))) {
          result.emplace_back(core, emission.packet.bits());
        }
      }
    }
  };
  for (const auto& [core, emissions] : traffic.from_cores) add(emissions);
  add(traffic.from_host);
  std::sort(result.begin(), result.end());
  return result;
}

// ---- Cycles derived by hand

TEST(MeshTiming, ZeroLoadLatencyOfEveryPair) {
  // The last cases are at the edges of the calendar's slots and beyond them.
  for (const auto& [pipeline, link] :
       {std::pair(1, 1), std::pair(3, 1), std::pair(1, 4), std::pair(1, 61), std::pair(1, 62),
        std::pair(1, 63), std::pair(1, 64), std::pair(1, 500)}) {
    ChipDescription chip = mesh_chip(8, 8);
    chip.router.pipeline_cycles = pipeline;
    chip.router.link_cycles = link;
    Recorder recorder;
    MeshNetwork network(chip, recorder, 1);
    for (int from = 0; from < 64; ++from) {
      for (int to = 0; to < 64; ++to) {
        recorder.clear();
        const int x = chip.mesh.x(to), y = chip.mesh.y(to);
        const int hops = std::abs(chip.mesh.x(from) - x) + std::abs(chip.mesh.y(from) - y);
        Traffic traffic;
        traffic.from_cores[from] = {{Packet::to_cores({x, y, x, y}, 0, 7), 10, 0}};
        const std::int64_t last = run_whole(network, traffic);
        // It enters at 10, and each of hops + 1 routers takes pipeline + link cycles.
        const std::int64_t expected = 10 + (hops + 1) * (pipeline + link);
        ASSERT_EQ(recorder.all().size(), 1U);
        ASSERT_EQ(recorder.all()[0].receiver, to);
        ASSERT_EQ(recorder.all()[0].cycle, expected) << from << " to " << to;
        ASSERT_EQ(last, expected);
        ASSERT_EQ(network.activity()[0].router_traversals, static_cast<unsigned>(hops + 1));
        ASSERT_EQ(network.activity()[0].link_transfers, static_cast<unsigned>(hops));
        ASSERT_EQ(network.activity()[0].packets, 1U);
        ASSERT_EQ(network.activity()[0].deliveries, 1U);
      }
    }
  }
}

std::vector<std::int64_t> cycles_of(const Result& result, int receiver) {
  std::vector<std::int64_t> cycles;
  for (const Delivery& delivery : result.deliveries) {
    if (delivery.receiver == receiver) cycles.push_back(delivery.cycle);
  }
  return cycles;
}

std::vector<Emission> burst(Packet packet, int count) {
  return std::vector<Emission>(static_cast<std::size_t>(count), Emission{packet, 0, 0});
}

TEST(MeshTiming, BackPressureAtEachFifoDepth) {
  // Core 0 sends five packets to core 1, see docs/timing.md, "Back-pressure".
  const std::map<int, std::vector<std::int64_t>> expected = {
      {1, {4, 7, 10, 13, 16}},  // one place: its round trip takes 3 cycles
      {2, {4, 5, 7, 8, 10}},    // two packets in 3 cycles
      {3, {4, 5, 6, 7, 8}},     // enough places
      {4, {4, 5, 6, 7, 8}}};
  for (const auto& [depth, cycles] : expected) {
    ChipDescription chip = mesh_chip(2, 1);
    chip.router.fifo_depth = depth;
    Traffic traffic;
    traffic.from_cores[0] = burst(Packet::to_cores({1, 0, 1, 0}, 0, 0), 5);
    EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, traffic), 1), cycles) << depth;
  }
}

TEST(MeshTiming, CreditCyclesLengthenTheLoop) {
  // The same, but a freed place is visible one and three cycles later, see docs/network.md.
  const std::map<std::pair<int, int>, std::vector<std::int64_t>> expected = {
      {{1, 1}, {4, 8, 12, 16, 20}},  // the round trip takes 3 + 1 cycles
      {{1, 2}, {4, 5, 8, 9, 12}},    {{1, 3}, {4, 5, 6, 8, 9}},
      {{1, 4}, {4, 5, 6, 7, 8}},  // enough places
      {{3, 1}, {4, 10, 16, 22, 28}}, {{3, 4}, {4, 5, 6, 7, 10}}};
  for (const auto& [credit_and_depth, cycles] : expected) {
    ChipDescription chip = mesh_chip(2, 1);
    chip.router.credit_cycles = credit_and_depth.first;
    chip.router.fifo_depth = credit_and_depth.second;
    Traffic traffic;
    traffic.from_cores[0] = burst(Packet::to_cores({1, 0, 1, 0}, 0, 0), 5);
    EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, traffic), 1), cycles)
        << credit_and_depth.first << ", " << credit_and_depth.second;
    ReferenceMesh reference(chip);
    EXPECT_EQ(cycles_of(reference.run(traffic), 1), cycles);
    // There is no link between a core and its router.
    Traffic local;
    local.from_cores[0] = burst(Packet::to_cores({0, 0, 0, 0}, 0, 0), 3);
    chip.router.fifo_depth = 1;
    EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, local), 0),
              (std::vector<std::int64_t>{2, 4, 6}));
  }
}

TEST(MeshTiming, ASlowLinkNeedsFewerPlaces) {
  // ceil((3 + 1 + 1) / 3) = 2 places are needed for the full rate.
  ChipDescription chip = mesh_chip(2, 1);
  chip.router.link_cycles = 3;
  Traffic traffic;
  traffic.from_cores[0] = burst(Packet::to_cores({1, 0, 1, 0}, 0, 0), 3);
  chip.router.fifo_depth = 2;
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, traffic), 1),
            (std::vector<std::int64_t>{8, 11, 14}));
  chip.router.fifo_depth = 1;
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, traffic), 1),
            (std::vector<std::int64_t>{8, 13, 18}));
}

TEST(MeshTiming, LinkCyclesAndEmitCyclesSpacePackets) {
  ChipDescription chip = mesh_chip(2, 1);
  Traffic traffic;
  traffic.from_cores[0] = burst(Packet::to_cores({1, 0, 1, 0}, 0, 0), 3);
  chip.router.link_cycles = 3;
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, traffic), 1),
            (std::vector<std::int64_t>{8, 11, 14}));
  chip.router.link_cycles = 1;
  chip.core.timing.emit_cycles_per_packet = 5;
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, traffic), 1),
            (std::vector<std::int64_t>{4, 9, 14}));
}

TEST(MeshTiming, HostPortPacesBothWays) {
  ChipDescription chip = mesh_chip(3, 3);
  chip.host_port = {6, 1, 1};
  Traffic in;
  in.from_host = burst(Packet::to_cores({1, 1, 1, 1}, 0, 0), 4);
  const Result entered = simulate<MeshNetwork>(chip, in);
  EXPECT_EQ(cycles_of(entered, 4), (std::vector<std::int64_t>{2, 8, 14, 20}));
  EXPECT_EQ(entered.total.host_packets, 4U);
  EXPECT_EQ(entered.total.packets, 0U);
  Traffic out;
  out.from_cores[4] = burst(Packet::to_host(3), 4);
  out.from_cores[1] = burst(Packet::to_host(4), 1);
  const Result left = simulate<MeshNetwork>(chip, out);
  EXPECT_EQ(cycles_of(left, kHostReceiver), (std::vector<std::int64_t>{2, 8, 14, 20, 26}));
  EXPECT_EQ(left.total.host_packets, 5U);
  EXPECT_EQ(left.total.packets, 5U);
  chip.router.link_cycles = 9;  // slower than the port
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, out), kHostReceiver),
            (std::vector<std::int64_t>{10, 19, 28, 37, 46}));
}

TEST(MeshTiming, HostPortMayTakeFractionsOfACycleOnAverage) {
  ChipDescription chip = mesh_chip(3, 3);
  chip.host_port = {2.4, 1, 1};
  Traffic in;
  in.from_host = burst(Packet::to_cores({1, 1, 1, 1}, 0, 0), 6);
  // Packet n enters at ceil(2.4 n).
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, in), 4),
            (std::vector<std::int64_t>{2, 5, 7, 10, 12, 14}));
  Traffic out;
  out.from_cores[4] = burst(Packet::to_host(3), 6);
  EXPECT_EQ(cycles_of(simulate<MeshNetwork>(chip, out), kHostReceiver),
            (std::vector<std::int64_t>{2, 5, 7, 10, 12, 14}));
}

TEST(RateLimiter, StartsAnewAfterAPause) {
  RateLimiter rate_limiter(2400);
  const auto take = [&](std::uint32_t cycle) {
    rate_limiter.take(cycle);
    return rate_limiter.free();
  };
  EXPECT_EQ(rate_limiter.free(), 0U);
  EXPECT_EQ(take(0), 3U);    // 2.4
  EXPECT_EQ(take(3), 5U);    // 4.8
  EXPECT_EQ(take(5), 8U);    // 7.2
  EXPECT_EQ(take(10), 13U);  // free since 8: 12.4
  EXPECT_EQ(take(13), 15U);  // 14.8
  rate_limiter.clear();
  EXPECT_EQ(take(7), 10U);
}

TEST(MeshTiming, ArbitrationIsRoundRobin) {
  // All four neighbours and the core itself send to core 4 of a 3x3 mesh.
  ChipDescription chip = mesh_chip(3, 3);
  Traffic traffic;
  for (const int core : {1, 3, 4, 5, 7}) {
    traffic.from_cores[core] = burst(Packet::to_cores({1, 1, 1, 1}, 0, core), 2);
  }
  // The packets of the core itself need one hop less and have left before the others arrive, at
  // cycle 4. Initially north counts as the input served last; the core has been served since then,
  // so north is next.
  const Result result = simulate<MeshNetwork>(chip, traffic);
  std::vector<std::pair<std::int64_t, int>> order;
  for (const Delivery& delivery : result.deliveries) {
    order.emplace_back(delivery.cycle, Packet(delivery.packet).axon());
  }
  EXPECT_EQ(order,
            (std::vector<std::pair<std::int64_t, int>>{
                {2, 4}, {3, 4}, {4, 1}, {5, 5}, {6, 7}, {7, 3}, {8, 1}, {9, 5}, {10, 7}, {11, 3}}));
}

TEST(MeshTiming, AForkSendsEachCopyWhenItsOutputIsFree) {
  // See docs/timing.md, "Multicast": core 0 in a row of three sends to all three.
  ChipDescription chip = mesh_chip(3, 1);
  Traffic traffic;
  traffic.from_cores[0] = burst(Packet::to_cores({0, 0, 2, 0}, 0, 0), 1);
  const Result result = simulate<MeshNetwork>(chip, traffic);
  EXPECT_EQ(result.deliveries.size(), 3U);
  EXPECT_EQ(cycles_of(result, 0), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(cycles_of(result, 1), (std::vector<std::int64_t>{4}));
  EXPECT_EQ(cycles_of(result, 2), (std::vector<std::int64_t>{6}));
  EXPECT_EQ(result.total.router_traversals, 5U);
  EXPECT_EQ(result.total.link_transfers, 2U);
  EXPECT_EQ(result.total.deliveries, 3U);
}

TEST(MeshTiming, ABlockedBranchDoesNotHoldUpTheOthers) {
  // Core 1 keeps its own output busy; the multicast of core 0 still proceeds to core 2.
  ChipDescription chip = mesh_chip(3, 1);
  chip.router.link_cycles = 4;
  Traffic traffic;
  traffic.from_cores[0] = {{Packet::to_cores({1, 0, 2, 0}, 0, 9), 0, 0}};
  traffic.from_cores[1] = {{Packet::to_cores({1, 0, 1, 0}, 0, 1), 4, 0}};
  const Result result = simulate<MeshNetwork>(chip, traffic);
  // In router 1 its own packet may leave at 5 and occupies the output until 9; the other may leave
  // at 6.
  EXPECT_EQ(cycles_of(result, 1), (std::vector<std::int64_t>{9, 13}));
  EXPECT_EQ(cycles_of(result, 2), (std::vector<std::int64_t>{6 + 4 + 1 + 4}));
}

TEST(MeshTiming, LastEventIsAnEntryToo) {
  ChipDescription chip = mesh_chip(1, 1);
  Recorder recorder;
  MeshNetwork network(chip, recorder, 1);
  EXPECT_EQ(run_whole(network, {}), 0);
}

// ---- Receivers

TEST(MeshMulticast, EveryRectangleFromEverySender) {
  const ChipDescription chip = mesh_chip(4, 3);
  Recorder recorder;
  MeshNetwork network(chip, recorder, 1);
  for (int sender = -1; sender < 12; ++sender) {
    for (int x0 = 0; x0 < 4; ++x0) {
      for (int y0 = 0; y0 < 3; ++y0) {
        for (int x1 = x0; x1 < 4; ++x1) {
          for (int y1 = y0; y1 < 3; ++y1) {
            recorder.clear();
            Traffic traffic;
            const auto emissions = burst(Packet::to_cores({x0, y0, x1, y1}, 2, 3), 1);
            if (sender < 0) {
              traffic.from_host = emissions;
            } else {
              traffic.from_cores[sender] = emissions;
            }
            run_whole(network, traffic);
            ASSERT_EQ(receivers(recorder.all()), wanted(chip, traffic));
            ReferenceMesh reference(chip);
            ASSERT_EQ(recorder.sorted(), reference.run(traffic).deliveries);
          }
        }
      }
    }
  }
}

TEST(MeshCategories, EachPaysForItsOwn) {
  const ChipDescription chip = mesh_chip(3, 1);
  Recorder recorder;
  MeshNetwork network(chip, recorder, 3);
  Traffic traffic;
  traffic.from_cores[0] = {{Packet::to_cores({2, 0, 2, 0}, 0, 0), 0, 1},
                           {Packet::to_host(0), 0, 2}};
  run_whole(network, traffic);
  const auto& activity = network.activity();
  EXPECT_EQ(activity[0].packets + activity[0].router_traversals, 0U);
  EXPECT_EQ(activity[1].packets, 1U);
  EXPECT_EQ(activity[1].router_traversals, 3U);
  EXPECT_EQ(activity[1].link_transfers, 2U);
  EXPECT_EQ(activity[1].deliveries, 1U);
  EXPECT_EQ(activity[1].host_packets, 0U);
  EXPECT_EQ(activity[2].packets, 1U);
  EXPECT_EQ(activity[2].router_traversals, 1U);
  EXPECT_EQ(activity[2].host_packets, 1U);
  EXPECT_EQ(activity[2].deliveries, 0U);
  network.begin_tick();
  EXPECT_EQ(network.activity()[1].packets, 0U);
}

// ---- Random traffic

constexpr unsigned kSeeds = 400;

TEST(MeshRandom, DeliveriesAndCyclesAreThoseOfTheReference) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const RandomCase c = random_case(seed);
    const Result mesh = simulate<MeshNetwork>(c.chip, c.traffic);
    ReferenceMesh reference(c.chip);
    const Result expected = reference.run(c.traffic);
    ASSERT_EQ(mesh.deliveries, expected.deliveries);
    ASSERT_EQ(mesh.last_event, expected.last_event);
    ASSERT_EQ(mesh.total.router_traversals, expected.total.router_traversals);
    ASSERT_EQ(mesh.total.link_transfers, expected.total.link_transfers);
    ASSERT_EQ(mesh.total.deliveries, expected.total.deliveries);
    ASSERT_EQ(receivers(mesh.deliveries), wanted(c.chip, c.traffic));
  }
}

TEST(MeshRandom, SlicesChangeNothing) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const RandomCase c = random_case(seed);
    const Result whole = simulate<MeshNetwork>(c.chip, c.traffic);
    std::mt19937 random(seed);
    Recorder recorder;
    MeshNetwork network(c.chip, recorder, 1);
    network.begin_tick();
    network.inject_from_host(c.traffic.from_host);
    for (const auto& [core, emissions] : c.traffic.from_cores) {
      network.inject_from_core(core, emissions);
    }
    std::int64_t limit = 0;
    std::int64_t next = 0;
    std::int64_t last_next = 0;
    while (next != SpikeNetwork::kForever) {
      const std::int64_t previous = limit;
      limit += std::uniform_int_distribution<int>(1, 9)(random);
      // Everything before the limit is known by then; deliveries complete link_cycles later.
      next = network.run(limit);
      ASSERT_GE(next, limit);
      if (next != SpikeNetwork::kForever) last_next = next;
      for (const Delivery& delivery : recorder.all()) {
        ASSERT_LT(delivery.cycle - c.chip.router.link_cycles, limit);
      }
      ASSERT_LT(previous, 1000000);
    }
    ASSERT_EQ(recorder.sorted(), whole.deliveries);
    ASSERT_EQ(network.last_event(), whole.last_event);
    // The network must not announce an event that does not exist, because the tick could end
    // before.
    ASSERT_LE(last_next, whole.last_event);
  }
}

TEST(MeshRandom, ATickDoesNotDependOnThoseBefore) {
  const RandomCase first = random_case(21);
  Recorder recorder;
  MeshNetwork network(first.chip, recorder, 1);
  run_whole(network, first.traffic);
  const std::vector<Delivery> once = recorder.sorted();
  ASSERT_FALSE(once.empty());
  for (int i = 0; i < 5; ++i) {
    recorder.clear();
    run_whole(network, first.traffic);
    ASSERT_EQ(recorder.sorted(), once);
  }
}

TEST(MeshRandom, LongSilencesAreSkipped) {
  // Gaps at the edges of the calendar's wheel and beyond it.
  for (const std::int64_t gap : {254, 255, 256, 257, 511, 512, 513, 100000, 4000000}) {
    ChipDescription chip = mesh_chip(2, 1);
    Traffic traffic;
    for (std::int64_t i = 0; i < 20; ++i) {
      traffic.from_cores[0].push_back({Packet::to_cores({1, 0, 1, 0}, 0, 0), i * gap, 0});
      traffic.from_cores[1].push_back({Packet::to_cores({0, 0, 0, 0}, 0, 0), i * (gap + 1), 0});
    }
    const Result result = simulate<MeshNetwork>(chip, traffic);
    ASSERT_EQ(result.deliveries.size(), 40U);
    for (std::int64_t i = 0; i < 20; ++i) {
      ASSERT_EQ(cycles_of(result, 1)[static_cast<std::size_t>(i)], i * gap + 4);
      ASSERT_EQ(cycles_of(result, 0)[static_cast<std::size_t>(i)], i * (gap + 1) + 4);
    }
  }
}

// ---- IdealNetwork

TEST(DirectNetworkTest, DeliversTheSameToTheSame) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const RandomCase c = random_case(seed);
    const Result mesh = simulate<MeshNetwork>(c.chip, c.traffic);
    const Result direct = simulate<IdealNetwork>(c.chip, c.traffic);
    ASSERT_EQ(receivers(direct.deliveries), receivers(mesh.deliveries));
    EXPECT_EQ(direct.last_event, 0);
    EXPECT_EQ(direct.total.packets, mesh.total.packets);
    EXPECT_EQ(direct.total.host_packets, mesh.total.host_packets);
    EXPECT_EQ(direct.total.deliveries, mesh.total.deliveries);
    EXPECT_EQ(direct.total.router_traversals, 0U);
    EXPECT_EQ(direct.total.link_transfers, 0U);
  }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// Tests networks of every topology, on one chip and on boards: latency, conservation, order and
// watchdog.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/network/ideal_network.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/network/router_network_impl.h"
#include "spikeloom/mapper/place/hops.h"
#include "testbenches/unit/hw/blind.h"
#include "testbenches/unit/support/chips.h"

namespace spikeloom::hw {
namespace {

using arch::ChipDescription;
using arch::Packet;
using arch::Region;
using arch::TopologyKind;

constexpr int kHostReceiver = -1;
constexpr int kSeeds = 1000;

/// Cycle, receiver, packet.
using Delivery = std::tuple<std::int64_t, int, std::uint64_t>;

class Recorder : public SpikeSink {
 public:
  void deliver_to_core(int core, Packet packet, std::int64_t cycle) override {
    went_back_ = went_back_ || (!deliveries.empty() && cycle < std::get<0>(deliveries.back()));
    deliveries.emplace_back(cycle, core, packet.bits());
  }
  void deliver_to_host(Packet packet, std::int64_t cycle) override {
    deliveries.emplace_back(cycle, kHostReceiver, packet.bits());
  }
  /// Whether a delivery came after a later one.
  bool went_back() const { return went_back_; }
  std::vector<Delivery> deliveries;

 private:
  bool went_back_ = false;
};

/// Emissions of each core, followed by those of the host.
using Traffic = std::vector<std::vector<Emission>>;

struct Result {
  std::vector<Delivery> deliveries;  ///< sorted
  NetworkActivity activity;
};

/// The cores inject in ascending or descending order, which determines the order in which routers
/// are visited.
Result run(SpikeNetwork& network, Recorder& recorder, const Traffic& traffic, bool backwards) {
  recorder.deliveries.clear();
  network.begin_tick();
  const auto cores = static_cast<int>(traffic.size()) - 1;
  for (int i = 0; i < cores; ++i) {
    const int core = backwards ? cores - 1 - i : i;
    network.inject_from_core(core, traffic[static_cast<std::size_t>(core)]);
  }
  network.inject_from_host(traffic.back());
  EXPECT_EQ(network.run(SpikeNetwork::kForever), SpikeNetwork::kForever);
  std::sort(recorder.deliveries.begin(), recorder.deliveries.end());
  return {recorder.deliveries, network.activity()[0]};
}

Result simulate(const ChipDescription& chip, const Traffic& traffic, bool backwards = false) {
  Recorder recorder;
  return run(*make_router_network(chip, recorder, 1), recorder, traffic, backwards);
}

ChipDescription board_of(TopologyKind topology, int side, int chips) {
  ChipDescription chip{};
  chip.topology = topology;
  chip.mesh = {side, side};
  chip.board = {chips, chips};
  chip.core.timing.emit_cycles_per_packet = 1;
  chip.router = {4, 2, 3};
  chip.inter_chip.link_cycles = 7;
  chip.inter_chip.flit_bits = 32;
  chip.host_port = {6, 0, 0};
  return chip;
}

/// Returns the links on the way from i to j along a ring, and how many of them are between chips.
/// Opposite places use the direct way if the lower one is even.
std::pair<int, int> around(int i, int j, int size, int chip_side) {
  const int low = std::min(i, j);
  const int direct = std::max(i, j) - low;
  const bool is_direct = 2 * direct < size || (2 * direct == size && low % 2 == 0);
  int between = 0;
  for (int k = 0; k < size; ++k) {  // link from k to k + 1
    const bool is_used = (k >= low && k < low + direct) == is_direct;
    if (is_used && (k + 1) % chip_side == 0 && size > chip_side) ++between;
  }
  return {is_direct ? direct : size - direct, between};
}

/// Returns the cycles of a single packet from core to core, and its router traversals, see
/// docs/network.md.
std::pair<std::int64_t, int> formula(const ChipDescription& chip, int from, int to) {
  const arch::MeshDescription grid = chip.grid();
  const int x0 = grid.x(from), y0 = grid.y(from), x1 = grid.x(to), y1 = grid.y(to);
  int routers = 0;
  int crossings = 0;
  if (chip.topology == TopologyKind::kMesh) {
    routers = 1 + std::abs(x0 - x1) + std::abs(y0 - y1);
    crossings = std::abs(x0 / chip.mesh.columns - x1 / chip.mesh.columns) +
                std::abs(y0 / chip.mesh.rows - y1 / chip.mesh.rows);
  } else if (chip.topology == TopologyKind::kTorus) {
    const auto [columns, over_columns] = around(x0, x1, grid.columns, chip.mesh.columns);
    const auto [rows, over_rows] = around(y0, y1, grid.rows, chip.mesh.rows);
    routers = 1 + columns + rows;
    crossings = over_columns + over_rows;
  } else {
    int level = 1;
    int chip_level = 1;
    while (x0 >> level != x1 >> level || y0 >> level != y1 >> level) ++level;
    while (1 << chip_level < chip.mesh.columns) ++chip_level;
    routers = 2 * level - 1;
    crossings = 2 * std::max(0, level - chip_level);
  }
  const std::int64_t on_chip = chip.router.packet_link_cycles();
  return {routers * (chip.router.pipeline_cycles + on_chip) +
              crossings * (chip.inter_chip.packet_link_cycles() - on_chip),
          routers};
}

TEST(Latency, OfEveryPairIsTheFormulas) {
  for (const TopologyKind topology :
       {TopologyKind::kMesh, TopologyKind::kQuadtree, TopologyKind::kTorus}) {
    for (const auto& [side, chips] : {std::pair(8, 1), std::pair(4, 2), std::pair(2, 3)}) {
      const ChipDescription chip = board_of(topology, side, chips);
      const arch::MeshDescription grid = chip.grid();
      Recorder recorder;
      const auto network = make_router_network(chip, recorder, 1);
      for (int from = 0; from < grid.cores(); ++from) {
        for (int to = 0; to < grid.cores(); ++to) {
          const Region there{grid.x(to), grid.y(to), grid.x(to), grid.y(to)};
          Traffic traffic(static_cast<std::size_t>(grid.cores()) + 1);
          traffic[static_cast<std::size_t>(from)] = {{Packet::to_cores(there, 0, 0), 10, 0}};
          const Result result = run(*network, recorder, traffic, false);
          const auto [cycles, routers] = formula(chip, from, to);
          ASSERT_EQ(result.deliveries.size(), 1U);
          ASSERT_EQ(std::get<0>(result.deliveries[0]), 10 + cycles) << from << " to " << to;
          ASSERT_EQ(std::get<1>(result.deliveries[0]), to);
          ASSERT_EQ(result.activity.router_traversals, static_cast<unsigned>(routers));
        }
      }
    }
  }
}

// With a trunk the packets of every pair cross it: a level up, the trunk, a level down.
// The last packet leaves the network, but the source still has one that waited for its place.
TEST(Sources, EnterWhenTheLastPacketHasLeft) {
  for (const TopologyKind topology :
       {TopologyKind::kMesh, TopologyKind::kQuadtree, TopologyKind::kTorus}) {
    ChipDescription chip = board_of(topology, 2, 1);
    chip.router.fifo_depth = 1;
    Traffic traffic(5);
    for (int axon = 0; axon < 3; ++axon) {
      traffic[0].push_back({Packet::to_cores({0, 0, 0, 0}, 0, axon), 0, 0});
    }
    // A packet waits for 2 cycles in the FIFO and takes 3 to the core; the next one enters a cycle
    // after it has left.
    std::vector<std::int64_t> cycles;
    for (const Delivery& delivery : simulate(chip, traffic).deliveries) {
      cycles.push_back(std::get<0>(delivery));
    }
    EXPECT_EQ(cycles, (std::vector<std::int64_t>{5, 8, 11}));
  }
}

TEST(Trunk, IsOnTheWayOfEveryPacket) {
  ChipDescription chip = board_of(TopologyKind::kQuadtree, 4, 1);
  chip.trunk.cycles_per_packet = 9;
  Recorder recorder;
  const auto network = make_router_network(chip, recorder, 1);
  // 2 + 3 cycles each up, down and to the core, and 2 + 9 over the trunk.
  constexpr std::int64_t kCycles = 3 * 5 + 11;
  for (int from = 0; from < 16; ++from) {
    for (int to = 0; to < 16; ++to) {
      Traffic traffic(17);
      traffic[static_cast<std::size_t>(from)] = {
          {Packet::to_cores({to % 4, to / 4, to % 4, to / 4}, 0, 0), 10, 0}};
      const Result result = run(*network, recorder, traffic, false);
      ASSERT_EQ(result.deliveries.size(), 1U);
      ASSERT_EQ(std::get<0>(result.deliveries[0]), 10 + kCycles) << from << " to " << to;
      ASSERT_EQ(result.activity.router_traversals, 4U);
    }
  }
  // The host sits at the root: no link up or down on its side.
  Traffic traffic(17);
  traffic[16] = {{Packet::to_cores({0, 0, 3, 3}, 0, 0), 0, 0}};
  traffic[5] = {{Packet::to_host(0), 100, 0}};
  const Result result = run(*network, recorder, traffic, false);
  ASSERT_EQ(result.deliveries.size(), 17U);
  EXPECT_EQ(std::get<0>(result.deliveries[15]), 11 + 5 + 5);
  EXPECT_EQ(std::get<1>(result.deliveries[16]), kHostReceiver);
  EXPECT_EQ(std::get<0>(result.deliveries[16]), 100 + 5 + 11 + 5);
}

// Packets of cores and host take the trunk in turn, 2.4 cycles each: the n-th may leave over it n *
// 2.4 cycles after the first, rounded up.
TEST(Trunk, TakesOnePacketAtATime) {
  ChipDescription chip = board_of(TopologyKind::kQuadtree, 2, 1);
  chip.router = {4, 1, 1};
  chip.host_port.cycles_per_packet = 1;
  chip.trunk.cycles_per_packet = 2.4;
  Traffic traffic(5);
  for (int sender = 0; sender < 5; ++sender) {
    for (int i = 0; i < 4; ++i) {
      traffic[static_cast<std::size_t>(sender)].push_back(
          {Packet::to_cores({0, 0, 1, 1}, 0, 4 * sender + i), 0, 0});
    }
  }
  std::vector<std::int64_t> arrivals;
  for (const auto& [cycle, core, packet] : simulate(chip, traffic).deliveries) {
    if (core == 0) arrivals.push_back(cycle);
  }
  ASSERT_EQ(arrivals.size(), 20U);
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    // Packet i leaves the trunk ceil((i + 1) * 2.4) cycles after cycle 1, then takes two more.
    const auto end = static_cast<std::int64_t>((24 * (i + 1) + 9) / 10);
    EXPECT_EQ(arrivals[i], 1 + end + 2) << i;
  }
}

// Row 0 of a torus of five cores: from core 4 the closing link east leads to core 0, and from there
// the packet uses the FIFO of the second channel. Two packets that share a link take turns.
TEST(Torus, ChannelsShareALink) {
  ChipDescription chip = board_of(TopologyKind::kTorus, 5, 1);
  chip.mesh = {5, 1};
  chip.router = {4, 1, 1};
  Traffic traffic(6);
  // Both enter at 0. The packet of core 4 leaves router 4 at 1, reaches router 0 at 2 and may leave
  // from 3 on.
  traffic[4] = {{Packet::to_cores({1, 0, 1, 0}, 0, 4), 0, 0}};
  // The second packet of core 0 may leave at 2 and the third at 3. Initially north counts as the
  // input served last, then the core does. The second channel of west comes after it and is
  // therefore first, then the core.
  for (int i = 0; i < 3; ++i) traffic[0].push_back({Packet::to_cores({1, 0, 1, 0}, 0, i), 0, 0});
  std::vector<std::pair<std::int64_t, int>> arrivals;
  for (const auto& [cycle, core, packet] : simulate(chip, traffic).deliveries) {
    EXPECT_EQ(core, 1);
    arrivals.emplace_back(cycle, Packet(packet).axon());
  }
  // Each leaves router 0 two cycles before router 1 delivers it, in turn.
  EXPECT_THAT(arrivals, ::testing::ElementsAre(std::pair(4, 0), std::pair(5, 1), std::pair(6, 4),
                                               std::pair(7, 2)));
}

/// Returns the packets of every used link: "0.1,0 to 0.2,0" gives level, x and y.
std::map<std::string, std::uint32_t> link_packets(const ChipDescription& chip,
                                                  const SpikeNetwork& network) {
  const auto text = [](const arch::RouterPlace& end) {
    return fmt::format("{}.{},{}", end.level, end.x, end.y);
  };
  std::map<std::string, std::uint32_t> result;
  for (const arch::Link& link : arch::list_links(chip)) {
    const std::uint32_t packets = network.link_packets().at(link.index);
    const char* to = link.between_chips ? " over to " : " to ";
    if (packets != 0) result[text(link.from) + to + text(link.to)] = packets;
  }
  return result;
}

TEST(Links, CountThePacketsOfATick) {
  for (const auto& [topology, expected] :
       {std::pair(TopologyKind::kMesh,
                  std::map<std::string, std::uint32_t>{{"0.0,0 to 0.1,0", 2},
                                                       {"0.1,0 over to 0.2,0", 2},
                                                       {"0.2,0 to 0.2,1", 2},
                                                       {"0.1,0 to 0.1,1", 1}}),
        std::pair(TopologyKind::kQuadtree,
                  std::map<std::string, std::uint32_t>{{"1.0,0 over to 2.0,0", 2},
                                                       {"2.0,0 over to 1.1,0", 2}})}) {
    const ChipDescription chip = board_of(topology, 2, 2);
    Recorder recorder;
    const auto network = make_router_network(chip, recorder, 2);
    Traffic traffic(17);
    traffic[0] = {{Packet::to_cores({2, 1, 2, 1}, 0, 0), 0, 0},
                  {Packet::to_cores({1, 1, 2, 1}, 0, 0), 50, 1}};
    for (int tick = 0; tick < 2; ++tick) {
      run(*network, recorder, traffic, false);
      EXPECT_EQ(link_packets(chip, *network), expected);
      // The second packet belongs to stat category 1 and is the last.
      EXPECT_LT(network->activity()[0].last_event, 50);
      EXPECT_EQ(network->activity()[1].last_event, network->last_event());
    }
  }
}

struct RandomCase {
  ChipDescription chip;
  Traffic traffic;
};

RandomCase random_case(int seed) {
  test::Random random(static_cast<std::uint64_t>(seed));
  RandomCase c{test::random_chip(random), {}};
  c.chip.router.link_cycles = random.between(1, 3);
  const arch::MeshDescription grid = c.chip.grid();
  c.traffic.resize(static_cast<std::size_t>(grid.cores()) + 1);
  const auto random_packet = [&] {
    const int x = random.between(0, grid.columns - 1), y = random.between(0, grid.rows - 1);
    const int width = random.chance(70) ? 1 : random.between(1, grid.columns - x);
    const int height = random.chance(70) ? 1 : random.between(1, grid.rows - y);
    return Packet::to_cores({x, y, x + width - 1, y + height - 1}, 0, random.between(0, 99));
  };
  const int packets = random.between(1, 6);
  for (std::size_t source = 0; source < c.traffic.size(); ++source) {
    const bool host = source + 1 == c.traffic.size();
    std::int64_t ready = 0;
    for (int i = random.between(0, packets); i > 0; --i) {
      ready += random.chance(50) ? 0 : random.between(0, 20);
      const bool to_host = !host && random.chance(15);
      c.traffic[source].push_back({to_host ? Packet::to_host(i) : random_packet(), ready, 0});
    }
  }
  return c;
}

std::vector<std::pair<int, std::uint64_t>> receivers(const std::vector<Delivery>& deliveries) {
  std::vector<std::pair<int, std::uint64_t>> result;
  for (const auto& [cycle, receiver, packet] : deliveries) result.emplace_back(receiver, packet);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::pair<int, std::uint64_t>> wanted(const RandomCase& c) {
  const arch::MeshDescription grid = c.chip.grid();
  std::vector<std::pair<int, std::uint64_t>> result;
  for (const std::vector<Emission>& emissions : c.traffic) {
    for (const Emission& emission : emissions) {
      if (emission.packet.kind() == arch::PacketKind::kHost) {
        result.emplace_back(kHostReceiver, emission.packet.bits());
        continue;
      }
      for (int core = 0; core < grid.cores(); ++core) {
        if (!emission.packet.region().contains(grid.x(core), grid.y(core))) continue;
        result.emplace_back(core, emission.packet.bits());
      }
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

/// Returns the links that all packets of the case cross.
std::uint64_t hops(const RandomCase& c) {
  const mapper::Hops count(c.chip);
  int sum = 0;
  for (std::size_t source = 0; source < c.traffic.size(); ++source) {
    const auto core = static_cast<int>(source);
    for (const Emission& emission : c.traffic[source]) {
      const Packet packet = emission.packet;
      const bool to_host = packet.kind() == arch::PacketKind::kHost;
      sum += to_host                          ? count.to_host(core)
             : source + 1 == c.traffic.size() ? count.from_host(packet.region())
                                              : count.to_cores(core, packet.region());
    }
  }
  return static_cast<std::uint64_t>(sum);
}

// The network itself throws an exception if a FIFO exceeds its depth.
TEST(Conservation, EachPacketOnceToEachReceiver) {
  int trees = 0;
  int tori = 0;
  int boards = 0;
  for (int seed = 0; seed < 2 * kSeeds; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    const RandomCase c = random_case(seed);
    trees += c.chip.topology == TopologyKind::kQuadtree ? 1 : 0;
    tori += c.chip.topology == TopologyKind::kTorus ? 1 : 0;
    boards += c.chip.board.chips() > 1 ? 1 : 0;
    Recorder recorder;
    const auto network = make_router_network(c.chip, recorder, 1);
    const Result result = run(*network, recorder, c.traffic, false);
    ASSERT_EQ(receivers(result.deliveries), wanted(c));
    std::uint64_t crossed = 0;
    for (const auto& [link, packets] : link_packets(c.chip, *network)) crossed += packets;
    ASSERT_EQ(crossed, hops(c));
    ASSERT_EQ(result.activity.link_transfers + result.activity.inter_chip_transfers, hops(c));
    ASSERT_EQ(simulate(c.chip, c.traffic, true).deliveries, result.deliveries);
    Recorder direct;
    IdealNetwork functional(c.chip, direct, 1);
    ASSERT_EQ(receivers(run(functional, direct, c.traffic, false).deliveries), wanted(c));
  }
  EXPECT_GT(trees, kSeeds / 2);
  EXPECT_GT(tori, kSeeds / 4);
  EXPECT_GT(boards, kSeeds / 2);
}

/// Lists occupy the ports of cores, some of them for longer than the host takes for a packet.
class ListRecorder : public Recorder {
 public:
  explicit ListRecorder(std::int64_t factor) : factor_(factor) {}
  std::int64_t port_cycles(int core, Packet packet) override {
    return (core % 5 + packet.entry() % 7) * factor_;
  }

 private:
  std::int64_t factor_;
};

// While cores send, packets of the host meet others. Afterwards they go their whole way at once,
// but must take the same cycles.
TEST(HostAlone, TakesTheCyclesOfEachRouterOnTheWay) {
  int at_once = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    test::Random random(static_cast<std::uint64_t>(seed) + 5000);
    RandomCase c = random_case(seed);
    c.chip.host_port.cycles_per_packet = random.between(3, 40) + 0.25 * random.between(0, 3);
    c.chip.router.credit_cycles = random.chance(50) ? 0 : random.between(1, 3);
    std::vector<Packet> packets;
    for (const auto& emissions : c.traffic) {
      for (const Emission& emission : emissions) {
        if (!emission.packet.addresses_host()) packets.push_back(emission.packet);
      }
    }
    if (packets.empty()) continue;
    std::int64_t ready = 0;
    c.traffic.back().clear();
    for (int i = random.between(20, 200); i > 0; --i) {
      const Packet packet = packets[static_cast<std::size_t>(
          random.between(0, static_cast<int>(packets.size()) - 1))];
      const bool list = random.chance(10);
      ready += random.chance(90) ? 0 : random.between(0, 100);
      c.traffic.back().push_back(
          {list ? Packet::to_entries(packet.region(), random.between(0, 50)) : packet, ready, 0});
    }
    test::Blind blind;
    ListRecorder all(random.between(0, 3)), each = all;
    const auto network = make_router_network(c.chip, all, 1);
    const auto watched = make_router_network(c.chip, each, 1, &blind);
    for (int tick = 0; tick < 2; ++tick) {
      const Result expected = run(*watched, each, c.traffic, false);
      all.deliveries.clear();
      const Result result = run(*network, all, c.traffic, false);
      ASSERT_EQ(result.deliveries, expected.deliveries);
      const NetworkActivity& a = result.activity;
      const NetworkActivity& b = expected.activity;
      ASSERT_EQ(a.packets, b.packets);
      ASSERT_EQ(a.host_packets, b.host_packets);
      ASSERT_EQ(a.router_traversals, b.router_traversals);
      ASSERT_EQ(a.link_transfers, b.link_transfers);
      ASSERT_EQ(a.inter_chip_transfers, b.inter_chip_transfers);
      ASSERT_EQ(a.deliveries, b.deliveries);
      ASSERT_EQ(a.last_event, b.last_event);
      ASSERT_EQ(network->link_packets(), watched->link_packets());
    }
    at_once += all.went_back() ? 1 : 0;
  }
  EXPECT_GT(at_once, kSeeds / 3);
}

// A network looks only at the routers that the last tick used. What they leave behind must not be
// seen by a tick that uses others, on boards of many times as many.
TEST(Tick, LeavesNothingForTheNextOne) {
  for (const TopologyKind topology :
       {TopologyKind::kMesh, TopologyKind::kTorus, TopologyKind::kQuadtree}) {
    SCOPED_TRACE(arch::name(topology));
    ChipDescription chip = board_of(topology, 16, 2);
    chip.host_port = {20, 0, 0};
    const arch::MeshDescription grid = chip.grid();
    // The cores of a corner send to cores of it, so that packets wait for each other; so does the
    // host, at last alone.
    const auto corner = [&](int x0, int y0, test::Random& random) {
      Traffic traffic(static_cast<std::size_t>(grid.cores()) + 1);
      const auto packet = [&] {
        const int x = x0 + random.between(0, 3), y = y0 + random.between(0, 3);
        return Packet::to_cores({x, y, x, y}, 0, random.between(0, 100));
      };
      for (int i = 0; i < 16; ++i) {
        auto& emissions = traffic[static_cast<std::size_t>(grid.core_at(x0 + i % 4, y0 + i / 4))];
        for (int j = 0; j < 20; ++j) emissions.push_back({packet(), 0, 0});
      }
      for (int i = 0; i < 50; ++i) traffic.back().push_back({packet(), 0, 0});
      return traffic;
    };
    test::Random random(1);
    Recorder recorder;
    const auto network = make_router_network(chip, recorder, 1);
    std::vector<std::uint64_t> sums, expected_sums(network->link_packets().size());
    for (const auto& [x, y] : {std::pair(0, 0), std::pair(28, 28), std::pair(0, 28),
                               std::pair(14, 14), std::pair(0, 0)}) {
      const Traffic traffic = corner(x, y, random);
      Recorder fresh_recorder;
      const auto fresh = make_router_network(chip, fresh_recorder, 1);
      const Result expected = run(*fresh, fresh_recorder, traffic, false);
      const Result result = run(*network, recorder, traffic, false);
      ASSERT_EQ(result.deliveries, expected.deliveries);
      ASSERT_EQ(result.activity.last_event, expected.activity.last_event);
      ASSERT_EQ(network->link_packets(), fresh->link_packets());
      network->add_link_packets(sums);
      for (std::size_t i = 0; i < expected_sums.size(); ++i) {
        expected_sums[i] += fresh->link_packets()[i];
      }
    }
    EXPECT_EQ(sums, expected_sums);
  }
}

TEST(Arbitration, FixedPriorityServesTheLowestInput) {
  ChipDescription chip = board_of(TopologyKind::kMesh, 3, 1);
  chip.router = {4, 1, 1, Packet::kBits, arch::Arbitration::kFixedPriority};
  Traffic traffic(10);
  for (const std::size_t core : {1U, 3U, 5U, 7U}) {
    for (int i = 0; i < 2; ++i) {
      traffic[core].push_back({Packet::to_cores({1, 1, 1, 1}, 0, static_cast<int>(core)), 0, 0});
    }
  }
  std::vector<int> order;
  for (const auto& [cycle, core, packet] : simulate(chip, traffic).deliveries) {
    order.push_back(Packet(packet).axon());
  }
  EXPECT_THAT(order, ::testing::ElementsAre(1, 1, 5, 5, 7, 7, 3, 3));
}

// ---- Watchdog

/// A topology that deadlocks: packets travel in one direction around a circle of four routers,
/// without an order of the FIFOs.
class Ring {
 public:
  enum Port : unsigned { kNext, kPrevious, kCore, kHost };
  static constexpr unsigned kPorts = 4;
  static constexpr unsigned kInputs = kPorts;
  static constexpr unsigned kHostPort = kHost;
  static constexpr std::uint32_t kRouters = 4;
  using Destination = arch::Destination;

  struct Place {
    std::uint8_t number = 0;
  };

  explicit Ring(const ChipDescription& /*chip*/) {}
  static std::size_t routers() { return kRouters; }
  static Place place(std::uint32_t router) { return {static_cast<std::uint8_t>(router)}; }
  static arch::Attachment core_port(int core) { return {static_cast<std::uint32_t>(core), kCore}; }
  static arch::Attachment host_port() { return {0, kHost}; }
  static int core(std::uint32_t router, Place /*place*/, unsigned /*port*/) {
    return static_cast<int>(router);
  }
  static bool is_link(Place /*place*/, unsigned port) { return port < kCore; }
  static bool between_chips(Place /*place*/, unsigned /*port*/) { return false; }
  static constexpr bool is_trunk(Place /*place*/, unsigned /*port*/) { return false; }
  static arch::Attachment peer(std::uint32_t router, Place /*place*/, unsigned port) {
    return {(router + (port == kNext ? 1 : kRouters - 1)) % kRouters,
            port == kNext ? unsigned{kPrevious} : unsigned{kNext}};
  }
  static arch::Attachment next(std::uint32_t router, Place place, unsigned /*input*/,
                               unsigned output) {
    return peer(router, place, output);
  }
  static unsigned port_of(unsigned input) { return input; }
  static Destination onward(Place /*place*/, unsigned /*input*/, unsigned /*output*/,
                            Destination destination) {
    return destination;
  }
  static std::uint64_t wire(std::uint64_t packet, const Destination& /*destination*/) {
    return packet;
  }
  static Destination destination(Packet packet) { return {packet.region(), false}; }
  static unsigned outputs(Place place, unsigned /*input*/, Destination destination) {
    return arch::port_bit(destination.region().x0 == place.number ? kCore : kNext);
  }
  static arch::RouterPlace router_place(Place place) { return {0, place.number, 0}; }
  static std::string_view port_name(unsigned port) {
    constexpr std::array<std::string_view, kPorts> kNames = {"next", "previous", "core", "host"};
    return kNames.at(port);
  }
};

TEST(Watchdog, SaysWhoWaitsForWhom) {
  ChipDescription chip = board_of(TopologyKind::kMesh, 2, 1);
  chip.router.fifo_depth = 1;
  Recorder recorder;
  RouterNetwork<Ring, RoundRobin> network(chip, recorder, 1);
  network.begin_tick();
  Traffic traffic(4);
  for (int core = 0; core < 4; ++core) {
    // Each packet travels half the circle and fills the FIFO that the previous one needs.
    const int to = (core + 2) % 4;
    traffic[static_cast<std::size_t>(core)].assign(3,
                                                   {Packet::to_cores({to, 0, to, 0}, 0, 0), 0, 0});
  }
  for (int core = 0; core < 4; ++core) {
    network.inject_from_core(core, traffic[static_cast<std::size_t>(core)]);
  }
  std::string text;
  try {
    network.run(SpikeNetwork::kForever);
  } catch (const NetworkStuck& stuck) {
    text = stuck.what();
  }
  EXPECT_THAT(text, ::testing::HasSubstr("the network is stuck; packet 0x"));
  for (const char* router : {"(0,0)", "(1,0)", "(2,0)", "(3,0)"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(std::string("at input previous of router ") + router +
                                           " waits for output next"));
  }
  EXPECT_THAT(text, ::testing::HasSubstr("the loop closes at input previous of router "));
}

}  // namespace
}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
// Tests the requirements on every topology, whatever its routing: all pairs of cores and all
// rectangles.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/walk.h"
#include "spikeloom/hw/network/router_network.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/fifo_graph.h"

namespace spikeloom::arch {
namespace {

constexpr int kHostReceiver = -1;
/// Grids of at most this many cores are tested with all rectangles, larger grids with a sample.
constexpr int kAllRectangles = 16;
constexpr int kSomeRectangles = 2000;

/// Returns boards of a topology with host ports at a corner, in the middle of the last row, and at
/// every level; those with levels once more with a trunk.
std::vector<ChipDescription> chips_of(TopologyKind kind) {
  std::vector<ChipDescription> chips;
  const auto add = [&](const MeshDescription& mesh, const BoardDescription& board) {
    if (refusal(kind, mesh)) return;
    ChipDescription chip = test::small_chip();
    chip.topology = kind;
    chip.mesh = mesh;
    chip.board = board;
    chips.push_back(chip);
    chip.host_port.x = chip.grid().columns / 2;
    chip.host_port.y = chip.grid().rows - 1;
    for (int level = top_level(chip); level > 0; --level) {
      chip.host_port.level = level;
      chips.push_back(chip);
    }
    if (!has_levels(kind)) chips.push_back(chip);
  };
  for (const MeshDescription& mesh :
       {MeshDescription{1, 1}, {2, 1}, {1, 5}, {2, 2}, {3, 2}, {4, 4}, {5, 3}, {8, 8}, {9, 6}}) {
    add(mesh, {1, 1});
  }
  for (const MeshDescription& mesh : {MeshDescription{1, 1}, {2, 2}, {3, 2}, {4, 4}}) {
    add(mesh, {2, 2});
    add(mesh, {3, 1});
  }
  const std::size_t without_trunk = chips.size();
  for (std::size_t i = 0; has_levels(kind) && i < without_trunk; ++i) {
    chips.push_back(chips[i]);
    chips.back().trunk.cycles_per_packet = 2.5;
  }
  return chips;
}

/// Calls `check` with each topology and its chip.
template <class Check>
void for_each_board(const Check& check) {
  for (std::size_t kind = 0; kind < kTopologies; ++kind) {
    std::size_t boards = 0;
    for (const ChipDescription& chip : chips_of(static_cast<TopologyKind>(kind))) {
      SCOPED_TRACE(::testing::Message()
                   << name(chip.topology) << " of " << chip.board.columns << " x "
                   << chip.board.rows << " chips of " << chip.mesh.columns << " x "
                   << chip.mesh.rows << ", host at " << text(host_place(chip))
                   << (chip.trunk.exists() ? ", trunk" : ""));
      with_topology(chip, [&](const auto& topology) { check(topology, chip); });
      if (::testing::Test::HasFatalFailure()) return;
      ++boards;
    }
    EXPECT_GT(boards, 5U) << name(static_cast<TopologyKind>(kind));
  }
}

struct Sender {
  Attachment at;
  RouterPlace place;
};

/// Returns all cores, followed by the host.
template <class Topology>
std::vector<Sender> senders(const Topology& topology, const ChipDescription& chip) {
  std::vector<Sender> result;
  for (int core = 0; core < chip.grid().cores(); ++core) {
    result.push_back({topology.core_port(core), topology.core_place(core)});
  }
  result.push_back({topology.host_port(), topology.host_place()});
  return result;
}

/// Returns all rectangles of a small grid; for a larger one all single cores, the whole grid, and a
/// sample.
std::vector<Region> rectangles(const MeshDescription& grid) {
  std::vector<Region> all;
  for (int y0 = 0; y0 < grid.rows; ++y0) {
    for (int x0 = 0; x0 < grid.columns; ++x0) {
      for (int y1 = y0; y1 < grid.rows; ++y1) {
        for (int x1 = x0; x1 < grid.columns; ++x1) all.push_back({x0, y0, x1, y1});
      }
    }
  }
  if (grid.cores() <= kAllRectangles) return all;
  test::Random random(1);
  std::vector<Region> some = {{0, 0, grid.columns - 1, grid.rows - 1}};
  for (int core = 0; core < grid.cores(); ++core) {
    some.push_back({grid.x(core), grid.y(core), grid.x(core), grid.y(core)});
  }
  const int last = static_cast<int>(all.size()) - 1;
  for (int i = 0; i < kSomeRectangles / grid.cores(); ++i) {
    some.push_back(all[static_cast<std::size_t>(random.between(0, last))]);
  }
  return some;
}

using test::acyclic;
using test::Port;

Port key(const Attachment& at) { return {at.router, at.port}; }

/// The result of following a packet along all its branches.
struct Walked {
  std::vector<int> receivers;             ///< sorted; kHostReceiver for the host
  std::map<Port, int> links;              ///< number of packets on each link, by output
  std::set<std::pair<Port, Port>> waits;  ///< from an input to the input of the next router
  int cost = 0;
  int longest = 0;  ///< links from the sender to the farthest receiver
};

template <class Topology>
Walked walk_all(const Topology& topology, const Attachment& from, Packet packet,
                const LinkCosts& costs) {
  Walked walked;
  std::map<Port, int> depth = {{key(from), 0}};
  walk(topology, from, topology.destination(packet), [&](const Attachment& at, unsigned output) {
    const typename Topology::Place place = topology.place(at.router);
    const int here = depth.at(key(at));
    if (!topology.is_link(place, output)) {
      const Port host = key(topology.host_port());
      walked.receivers.push_back(Port{at.router, output} == host
                                     ? kHostReceiver
                                     : topology.core(at.router, place, output));
      walked.longest = std::max(walked.longest, here);
      return;
    }
    ASSERT_TRUE(topology.has_link(place, output));
    const Attachment next = topology.next(at.router, place, at.port, output);
    // No FIFO may see a packet twice, otherwise the walk would not terminate.
    ASSERT_TRUE(depth.emplace(key(next), here + 1).second);
    ASSERT_EQ(next.router, topology.peer(at.router, place, output).router);
    ASSERT_EQ(topology.port_of(next.port), topology.peer(at.router, place, output).port);
    ++walked.links[{at.router, output}];
    walked.waits.insert({key(at), key(next)});
    walked.cost += topology.is_trunk(place, output)        ? costs.trunk
                   : topology.between_chips(place, output) ? costs.between_chips
                                                           : costs.on_chip;
  });
  std::sort(walked.receivers.begin(), walked.receivers.end());
  return walked;
}

std::vector<int> cores_in(const Region& region, const MeshDescription& grid) {
  std::vector<int> cores;
  for (int core = 0; core < grid.cores(); ++core) {
    if (region.contains(grid.x(core), grid.y(core))) cores.push_back(core);
  }
  return cores;
}

/// Returns the minimum number of links from a router to each router.
template <class Topology>
std::vector<int> distances_from(const Topology& topology, std::uint32_t from) {
  std::vector<int> distances(topology.routers(), -1);
  std::queue<std::uint32_t> waiting({from});
  distances[from] = 0;
  while (!waiting.empty()) {
    const std::uint32_t router = waiting.front();
    waiting.pop();
    const typename Topology::Place place = topology.place(router);
    for (unsigned port = 0; port < Topology::kPorts; ++port) {
      if (!topology.is_link(place, port) || !topology.has_link(place, port)) continue;
      const std::uint32_t next = topology.peer(router, place, port).router;
      if (distances[next] >= 0) continue;
      distances[next] = distances[router] + 1;
      waiting.push(next);
    }
  }
  return distances;
}

TEST(Topology, NamesAreUniqueAndKnown) {
  const std::set<std::string_view> names(topology_names().begin(), topology_names().end());
  EXPECT_EQ(names.size(), kTopologies);
  for (std::size_t kind = 0; kind < kTopologies; ++kind) {
    const auto topology = static_cast<TopologyKind>(kind);
    EXPECT_EQ(topology_of(name(topology)), topology);
  }
  EXPECT_THROW(topology_of("ring"), std::invalid_argument);
  for_each_board([](const auto& topology, const ChipDescription&) {
    using Topology = std::decay_t<decltype(topology)>;
    std::set<std::string> routers;
    for (std::uint32_t router = 0; router < topology.routers(); ++router) {
      routers.insert(text(topology.router_place(topology.place(router))));
    }
    EXPECT_EQ(routers.size(), topology.routers());
    std::set<std::string_view> ports;
    for (unsigned input = 0; input < Topology::kInputs; ++input) {
      ports.insert(Topology::port_name(input));
    }
    EXPECT_EQ(ports.size(), Topology::kInputs);
  });
}

TEST(Topology, CoresAndHostHavePortsOfTheirOwn) {
  for_each_board([](const auto& topology, const ChipDescription& chip) {
    using Topology = std::decay_t<decltype(topology)>;
    std::set<Port> taken = {key(topology.host_port())};
    EXPECT_EQ(topology.host_port().port, Topology::kHostPort);
    EXPECT_EQ(topology.router_place(topology.place(topology.host_port().router)),
              topology.host_place());
    EXPECT_EQ(topology.host_place(), host_place(chip));
    for (int core = 0; core < chip.grid().cores(); ++core) {
      const Attachment at = topology.core_port(core);
      const auto place = topology.place(at.router);
      EXPECT_TRUE(taken.insert(key(at)).second);
      EXPECT_FALSE(topology.is_link(place, at.port));
      EXPECT_EQ(topology.core(at.router, place, at.port), core);
      EXPECT_EQ(topology.router_place(place), topology.core_place(core));
      EXPECT_EQ(topology.chip(place), chip.place(core).chip);
    }
  });
}

TEST(Topology, RoutersAreThoseThatAreJoined) {
  for_each_board([](const auto& topology, const ChipDescription&) {
    const std::vector<int> distances = distances_from(topology, topology.host_port().router);
    EXPECT_THAT(distances, ::testing::Each(::testing::Ge(0)));
    EXPECT_EQ(distances.size(), topology.routers());
  });
  ChipDescription chip = test::small_chip();
  chip.mesh = {4, 4};
  chip.board = {2, 1};
  const std::map<std::string_view, std::size_t> expected = {
      {"mesh", 32}, {"quadtree", 8 + 2 + 1}, {"torus", 32}};
  for (const auto& [name, routers] : expected) {
    chip.topology = topology_of(name);
    EXPECT_EQ(with_topology(chip, [](const auto& topology) { return topology.routers(); }),
              routers);
  }
}

TEST(Topology, PeersAreEachOthers) {
  for_each_board([](const auto& topology, const ChipDescription& chip) {
    using Topology = std::decay_t<decltype(topology)>;
    std::set<std::size_t> ranks;
    std::size_t links = 0;
    for (std::uint32_t router = 0; router < topology.routers(); ++router) {
      const auto place = topology.place(router);
      for (unsigned port = 0; port < Topology::kPorts; ++port) {
        if (!topology.is_link(place, port) || !topology.has_link(place, port)) continue;
        const Attachment peer = topology.peer(router, place, port);
        ASSERT_LT(peer.router, topology.routers());
        const auto there = topology.place(peer.router);
        ASSERT_TRUE(topology.is_link(there, peer.port) && topology.has_link(there, peer.port));
        EXPECT_EQ(key(topology.peer(peer.router, there, peer.port)), Port(router, port));
        EXPECT_EQ(topology.between_chips(place, port), topology.between_chips(there, peer.port));
        EXPECT_EQ(topology.between_chips(place, port),
                  topology.chip(place) != topology.chip(there) || !topology.chip(place));
        ranks.insert(topology.link_rank(router, place, port));
        ++links;
      }
    }
    EXPECT_EQ(ranks.size(), links);
    const std::vector<Link> list = list_links(chip);
    EXPECT_EQ(list.size(), links);
    std::size_t index = 0;
    for (const Link& link : list) {
      EXPECT_TRUE(index == 0 || link.index > index);
      index = link.index;
    }
  });
}

TEST(Topology, ACircleIsFound) {
  EXPECT_TRUE(acyclic({{{0, 0}, {1, 0}}, {{1, 0}, {2, 0}}, {{0, 0}, {2, 0}}}));
  EXPECT_FALSE(acyclic({{{0, 0}, {1, 0}}, {{1, 0}, {2, 0}}, {{2, 0}, {1, 0}}}));
}

TEST(Topology, EveryRectangleFromEverywhere) {
  const LinkCosts costs{2, 7, 0, 0, 5};
  for_each_board([&](const auto& topology, const ChipDescription& chip) {
    const MeshDescription grid = chip.grid();
    int diameter = 0;
    for (const Sender& from : senders(topology, chip)) {
      const std::vector<int> distances = distances_from(topology, from.at.router);
      for (const Sender& to : senders(topology, chip)) {
        diameter = std::max(diameter, distances[to.at.router]);
      }
    }
    // Every way leads over the trunk.
    if (chip.trunk.exists()) diameter = 2 * (top_level(chip) - 1) + 1;
    const std::vector<Region> regions = rectangles(grid);
    std::set<std::pair<Port, Port>> waits;
    for (const Sender& sender : senders(topology, chip)) {
      for (const Region& region : regions) {
        const Walked walked = walk_all(topology, sender.at, Packet::to_cores(region, 0, 0), costs);
        ASSERT_EQ(walked.receivers, cores_in(region, grid));
        ASSERT_EQ(topology.hops(sender.place, region, costs), walked.cost);
        ASSERT_EQ(topology.hops(sender.place, region, LinkCosts{}),
                  static_cast<int>(walked.links.size()));
        ASSERT_LE(walked.longest, diameter);
        waits.insert(walked.waits.begin(), walked.waits.end());
      }
      const bool is_host = key(sender.at) == key(topology.host_port());
      if (is_host) continue;
      const Walked walked = walk_all(topology, sender.at, Packet::to_host(0), costs);
      ASSERT_THAT(walked.receivers, ::testing::ElementsAre(kHostReceiver));
      ASSERT_EQ(topology.hops_to_host(sender.place, costs), walked.cost);
      ASSERT_LE(walked.longest, diameter);
      waits.insert(walked.waits.begin(), walked.waits.end());
    }
    // The network is free of deadlock if the graph has no cycle, see docs/network.md.
    EXPECT_TRUE(acyclic(waits));
  });
}

TEST(Topology, DistancesAreTheMeanHopsToAndFro) {
  const LinkCosts costs{2, 7, 0, 0, 5};
  for_each_board([&](const auto& topology, const ChipDescription& chip) {
    const MeshDescription grid = chip.grid();
    const auto at = [](int i) { return static_cast<std::size_t>(i); };
    const auto single = [&](int core) {
      return Region{grid.x(core), grid.y(core), grid.x(core), grid.y(core)};
    };
    for (int other = 0; other < grid.cores(); ++other) {
      std::vector<double> packets(at(grid.cores()));
      packets[at(other)] = 3.0;
      const std::vector<double> sums = topology.distances(packets, 2.0, costs);
      for (int core = 0; core < grid.cores(); ++core) {
        const RouterPlace here = topology.core_place(core);
        const int there_and_back = topology.hops(here, single(other), costs) +
                                   topology.hops(topology.core_place(other), single(core), costs);
        const int host = topology.hops_to_host(here, costs) +
                         topology.hops(topology.host_place(), single(core), costs);
        ASSERT_EQ(sums[at(core)], 0.5 * (3.0 * there_and_back + 2.0 * host));
      }
    }
  });
}

// ---- The same packets in the simulated network

class Recorder : public hw::SpikeSink {
 public:
  using Delivery = std::pair<int, std::uint64_t>;

  void deliver_to_core(int core, Packet packet, std::int64_t /*cycle*/) override {
    deliveries_.emplace_back(core, packet.bits());
  }
  void deliver_to_host(Packet packet, std::int64_t /*cycle*/) override {
    deliveries_.emplace_back(kHostReceiver, packet.bits());
  }
  std::vector<Delivery> sorted() {
    std::sort(deliveries_.begin(), deliveries_.end());
    return deliveries_;
  }

 private:
  std::vector<Delivery> deliveries_;
};

/// Every core sends to every core, to random rectangles and to the host, as fast as the network
/// accepts packets.
TEST(Topology, ANetworkUnderPressureDeliversWhatTheWalkSays) {
  for_each_board([](const auto& topology, ChipDescription chip) {
    using Topology = std::decay_t<decltype(topology)>;
    const MeshDescription grid = chip.grid();
    const int last = static_cast<int>(rectangles(grid).size()) - 1;
    const std::vector<Region> regions = rectangles(grid);
    for (const int depth : {1, 2}) {
      chip.router.fifo_depth = depth;
      test::Random random(static_cast<std::uint64_t>(depth));
      std::vector<std::vector<hw::Emission>> emissions;
      std::vector<Recorder::Delivery> expected;
      std::map<Port, std::uint32_t> links;
      for (const Sender& sender : senders(topology, chip)) {
        const bool is_host = key(sender.at) == key(topology.host_port());
        std::vector<hw::Emission>& list = emissions.emplace_back();
        const auto send = [&](Packet packet) {
          list.push_back({packet, 0, 0});
          const Walked walked = walk_all(topology, sender.at, packet, {});
          for (const int receiver : walked.receivers) {
            expected.emplace_back(receiver, packet.bits());
          }
          for (const auto& [link, count] : walked.links) {
            links[link] += static_cast<std::uint32_t>(count);
          }
        };
        for (int core = 0; core < grid.cores(); ++core) {
          // Each core uses a different order of receivers.
          const int to = (core * 7 + static_cast<int>(emissions.size())) % grid.cores();
          send(Packet::to_cores({grid.x(to), grid.y(to), grid.x(to), grid.y(to)}, 0, core));
          if (core % 4 == 0) {
            send(Packet::to_cores(regions[static_cast<std::size_t>(random.between(0, last))], 1,
                                  core));
          }
          if (!is_host && core % 8 == 0) send(Packet::to_host(core));
        }
      }
      Recorder recorder;
      const auto network = hw::make_router_network(chip, recorder, 1);
      network->begin_tick();
      for (int core = 0; core < grid.cores(); ++core) {
        network->inject_from_core(core, emissions[static_cast<std::size_t>(core)]);
      }
      network->inject_from_host(emissions.back());
      ASSERT_EQ(network->run(hw::SpikeNetwork::kForever), hw::SpikeNetwork::kForever);
      std::sort(expected.begin(), expected.end());
      ASSERT_EQ(recorder.sorted(), expected);
      ASSERT_EQ(network->link_packets().size(), topology.routers() * Topology::kPorts);
      for (std::size_t i = 0; i < network->link_packets().size(); ++i) {
        const Port link(static_cast<std::uint32_t>(i / Topology::kPorts),
                        static_cast<unsigned>(i % Topology::kPorts));
        const auto found = links.find(link);
        ASSERT_EQ(network->link_packets()[i], found == links.end() ? 0 : found->second);
      }
    }
  });
}

}  // namespace
}  // namespace spikeloom::arch

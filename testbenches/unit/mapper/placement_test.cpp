// SPDX-License-Identifier: Apache-2.0
// Tests the measures of placements: orders of cores, distances, costs and link loads.
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/index.h"
#include "spikeloom/mapper/place/core_orders.h"
#include "spikeloom/mapper/place/distance_field.h"
#include "spikeloom/mapper/place/link_loads.h"
#include "spikeloom/mapper/place/piece_placement.h"
#include "spikeloom/mapper/place/random_source.h"
#include "spikeloom/mapper/place/traffic_cost.h"
#include "spikeloom/mapper/report/report_builder.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using arch::ChipDescription;
using arch::MeshDescription;
using mapper::LayerMap;
using mapper::Slots;
using ::testing::ElementsAre;

constexpr int kCases = 60;

using base::at;

/// A random network placed on a random board.
struct Case {
  explicit Case(std::uint64_t seed) {
    test::Random random(seed);
    const converter::SpikingNetwork network = test::random_network(random);
    chip = test::random_chip(random);
    layers = test::plan_layers(
        network, chip, random.chance(50) ? mapper::Objective::kCores : mapper::Objective::kTraffic);
    if (layers.empty()) return;
    traffic.emplace(layers, mapper::uniform_spikes(layers));
    pieces = mapper::place_pieces(layers, *traffic, chip, arch::UsableCores(chip), seed);
  }

  ChipDescription chip;
  std::vector<LayerMap> layers;
  std::optional<mapper::Traffic> traffic;
  std::optional<mapper::PieceLayout> pieces;
};

/// Moves one to three random blocks to random cores where they fit.
void move_at_random(mapper::Occupancy& occupancy, test::Random& random, std::vector<int>& moved) {
  moved.clear();
  for (int i = random.between(1, 3); i > 0; --i) {
    const int block = random.between(0, occupancy.blocks().blocks() - 1);
    mapper::Slot slot{random.between(0, occupancy.grid().cores() - 1), 0, 0};
    const mapper::Slot before = occupancy.slot(block);
    occupancy.take(block);
    occupancy.put(block, occupancy.settle(block, slot) ? slot : before);
    moved.push_back(block);
  }
}

/// Computes the cost from the loaded routes: the sum over all packets of all neurons, with equal
/// weight for each level.
std::int64_t cost_by_routes(const std::vector<LayerMap>& layers, const mapper::Placement& placement,
                            const ChipDescription& chip, const arch::LinkCosts& costs) {
  const mapper::Hops hops(chip, costs);
  std::int64_t sum = 0;
  std::vector<arch::Packet> packets;
  const mapper::NetworkRoutes routes(layers, placement, chip);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::vector<mapper::TermGeometry>& terms = layers[l].geometry().terms;
    for (std::size_t t = 0; t < terms.size(); ++t) {
      const mapper::TermGeometry& term = terms[t];
      for (int c = 0; c < term.channels(); ++c) {
        for (int y = 0; y < term.y.inputs; ++y) {
          for (int x = 0; x < term.x.inputs; ++x) {
            packets.clear();
            routes.into(l, t).append(c, y, x, packets);
            for (const arch::Packet& packet : packets) {
              const int links =
                  term.source == converter::kEncoder
                      ? costs.from_host + hops.from_host(packet.region())
                      : costs.from_core +
                            hops.to_cores(
                                placement[at(term.source)]
                                    .core[at(layers[at(term.source)].block_of_output(c, y, x))],
                                packet.region());
              sum += std::int64_t{links} * term.input_levels;
            }
          }
        }
      }
    }
  }
  const LayerMap& last = layers.back();
  for (int block = 0; block < last.blocks(); ++block) {
    const int neurons = last.neurons(last.block_place(block)) / last.geometry().copies;
    sum += std::int64_t{neurons} * last.geometry().levels *
           (costs.from_core + hops.to_host(placement.back().core[at(block)]));
  }
  return sum;
}

TEST(HilbertOrder, VisitsEachCoreOnceFromNeighbourToNeighbour) {
  for (int columns = 1; columns <= 34; ++columns) {
    for (int rows = 1; rows <= 34; ++rows) {
      SCOPED_TRACE(::testing::Message() << columns << " x " << rows);
      const MeshDescription grid{columns, rows};
      const std::vector<int> order = mapper::hilbert_order(grid);
      ASSERT_EQ(order.size(), at(grid.cores()));
      ASSERT_EQ(std::set<int>(order.begin(), order.end()).size(), order.size());
      ASSERT_EQ(order.front(), 0);
      for (std::size_t i = 1; i < order.size(); ++i) {
        ASSERT_EQ(std::abs(grid.x(order[i]) - grid.x(order[i - 1])) +
                      std::abs(grid.y(order[i]) - grid.y(order[i - 1])),
                  1);
      }
    }
  }
  // Hilbert's own curve on a grid for which it is defined.
  EXPECT_THAT(mapper::hilbert_order({4, 4}),
              ElementsAre(0, 1, 5, 4, 8, 12, 13, 9, 10, 14, 15, 11, 7, 6, 2, 3));
}

TEST(LaidAlong, KeepsContentsOfCoresTogether) {
  const Slots slots{{7, 0, 0}, {3, 0, 0}, {7, 4, 2}, {5, 0, 0}};
  const Slots laid = mapper::laid_along(slots, {2, 0, 1, 3, 4, 5, 6, 7});
  EXPECT_THAT(laid, ElementsAre(mapper::Slot{2, 0, 0}, mapper::Slot{0, 0, 0}, mapper::Slot{2, 4, 2},
                                mapper::Slot{1, 0, 0}));
}

TEST(RandomSource, DecidesByTheExponential) {
  mapper::RandomSource random(3);
  constexpr int kDraws = 200000;
  for (const double x : {0.0, 0.1, 0.7, 1.0, 2.5}) {
    int hits = 0;
    for (int i = 0; i < kDraws; ++i) hits += random.exponential(x) ? 1 : 0;
    const double p = std::exp(-x);
    EXPECT_NEAR(hits, kDraws * p, 5.0 * std::sqrt(kDraws * p * (1.0 - p)) + 0.5) << x;
  }
}

TEST(DistanceField, IsPacketsTimesHops) {
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    test::Random random(seed);
    const ChipDescription chip = test::random_chip(random);
    const arch::LinkCosts costs = mapper::link_cycles(chip);
    const MeshDescription grid = chip.grid();
    mapper::DistanceField field(chip, costs);
    const int end = random.between(0, grid.cores() - 1);
    field.add(end, 3.0);
    field.add_host(2.0);
    const mapper::Hops hops(chip, costs);
    const std::vector<double> sums = field.at_cores();
    for (int core = 0; core < grid.cores(); ++core) {
      const arch::Region there{grid.x(core), grid.y(core), grid.x(core), grid.y(core)};
      ASSERT_EQ(sums[at(core)], 3.0 * hops.to_cores(end, there) + 2.0 * hops.to_host(core));
      ASSERT_EQ(hops.to_host(core), hops.from_host(there));
    }
  }
}

TEST(TrafficCost, IsThatOfTheRoutes) {
  int cases = 0;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Case c(seed);
    if (!c.pieces) continue;
    ++cases;
    mapper::Occupancy occupancy = c.pieces->occupancy;
    test::Random random(seed);
    std::vector<int> moved;
    for (int i = 0; i < 10; ++i) move_at_random(occupancy, random, moved);
    const arch::LinkCosts costs = mapper::link_cycles(c.chip);
    mapper::TrafficCost cost(*c.traffic, c.chip, costs);
    cost.evaluate(occupancy.slots());
    const mapper::Placement placement = occupancy.placement();
    ASSERT_EQ(cost.total(), cost_by_routes(c.layers, placement, c.chip, costs));
    const mapper::NetworkRoutes network(c.layers, placement, c.chip);
    for (std::size_t l = 0; l < c.layers.size(); ++l) {
      const auto routes = mapper::block_routes(c.layers[l], static_cast<int>(l), network);
      for (int block = 0; block < c.layers[l].blocks(); ++block) {
        ASSERT_EQ(cost.routes(occupancy.blocks().number(static_cast<int>(l), block)),
                  routes[at(block)]);
      }
    }
  }
  EXPECT_GE(cases, kCases / 2);
}

TEST(TrafficCost, FollowsMovesAndTakesThemBack) {
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Case c(seed);
    if (!c.pieces) continue;
    mapper::Occupancy occupancy = c.pieces->occupancy;
    test::Random random(seed);
    mapper::TrafficCost cost(*c.traffic, c.chip, mapper::link_cycles(c.chip));
    mapper::TrafficCost scratch(*c.traffic, c.chip, mapper::link_cycles(c.chip));
    cost.evaluate(occupancy.slots());
    const auto expect_equal = [&] {
      scratch.evaluate(occupancy.slots());
      ASSERT_EQ(cost.total(), scratch.total());
      for (int block = 0; block < occupancy.blocks().blocks(); ++block) {
        ASSERT_EQ(cost.routes(block), scratch.routes(block));
      }
    };
    std::vector<int> moved;
    for (int i = 0; i < 40; ++i) {
      const mapper::Occupancy before = occupancy;
      move_at_random(occupancy, random, moved);
      const std::int64_t cost_before = cost.total();
      scratch.evaluate(occupancy.slots());
      const std::int64_t rise = scratch.total() - cost_before;
      // A limit at the rise itself, one below it, or none.
      const std::int64_t limit = random.chance(30)   ? rise
                                 : random.chance(50) ? rise - 1 - static_cast<std::int64_t>(seed)
                                                     : mapper::TrafficCost::kNoLimit;
      const bool within = cost.update(moved, occupancy.slots(), limit);
      ASSERT_EQ(within, rise <= limit);
      if (!within || random.chance(50)) {
        cost.undo();
        occupancy = before;
      }
      expect_equal();
    }
  }
}

TEST(LinkLoads, SumToTheCost) {
  int trees = 0;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Case c(seed);
    if (!c.pieces) continue;
    trees += c.chip.topology == arch::TopologyKind::kQuadtree ? 1 : 0;
    const arch::LinkCosts costs{2, 7, 0, 0, 5};
    mapper::TrafficCost cost(*c.traffic, c.chip, costs);
    const Slots& slots = c.pieces->occupancy.slots();
    cost.evaluate(slots);
    std::int64_t sum = 0;
    for (const mapper::LinkLoad& link : mapper::link_loads(*c.traffic, slots, c.chip)) {
      sum += link.packets * (link.is_trunk()      ? costs.trunk
                             : link.between_chips ? costs.between_chips
                                                  : costs.on_chip);
    }
    ASSERT_EQ(sum, cost.total());
  }
  EXPECT_GE(trees, kCases / 6);
}

TEST(LinkLoads, NamesLinks) {
  // One layer of one block. The host next to it sends 2 x 2 neurons of 3 levels and receives as
  // many.
  const auto network = test::NetworkBuilder("net", {1, 2, 2}, 3, 1).convolution(1, 1).build();
  ChipDescription chip = test::chip_of_small_cores();
  const std::vector<LayerMap> layers = test::plan_layers(network, chip, mapper::kDefaultObjective);
  const mapper::Traffic traffic(layers, mapper::uniform_spikes(layers));
  ASSERT_EQ(traffic.blocks().blocks(), 1);
  const auto loads = mapper::link_loads(traffic, {{chip.grid().core_at(1, 0), 0, 0}}, chip);
  ASSERT_EQ(loads.size(), 2U);
  EXPECT_EQ(mapper::text(loads[0]), "(0,0) to (1,0)");
  EXPECT_EQ(loads[0].packets, 12);
  EXPECT_EQ(mapper::text(loads[1]), "(1,0) to (0,0)");
  EXPECT_EQ(loads[1].packets, 12);
  chip.topology = arch::TopologyKind::kQuadtree;
  chip.mesh = {4, 4};
  const auto tree = mapper::link_loads(traffic, {{5, 0, 0}}, chip);
  ASSERT_EQ(tree.size(), 2U);
  EXPECT_EQ(mapper::text(tree[0]), "level 1 (0,0) to level 2 (0,0)");
  // With a trunk both ways lead over it.
  chip.trunk.cycles_per_packet = 2.5;
  const auto over_trunk = mapper::link_loads(traffic, {{5, 0, 0}}, chip);
  ASSERT_EQ(over_trunk.size(), 3U);
  EXPECT_EQ(mapper::text(over_trunk[2]), "the trunk");
  EXPECT_EQ(over_trunk[2].packets, 24);
  EXPECT_EQ(over_trunk[2].cycles_per_packet, 2.5);
}

}  // namespace
}  // namespace spikeloom

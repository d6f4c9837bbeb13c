// SPDX-License-Identifier: Apache-2.0
// Tests the parts of the mapper: addressing, partition, choice of plans, rectangles.
#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/mapper/emit/core_image.h"
#include "spikeloom/mapper/emit/weight_bits.h"
#include "spikeloom/mapper/place/block_array.h"
#include "spikeloom/mapper/place/cover.h"
#include "spikeloom/mapper/place/hops.h"
#include "spikeloom/mapper/plan/partition.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using arch::Region;
using mapper::AxisMap;
using mapper::AxisPlan;
using mapper::LayerMap;
using mapper::make_geometry;
using mapper::min_dendrites;
using mapper::UnitPlace;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

arch::CoreDescription reference_core() {
  arch::CoreDescription core = test::small_chip().core;
  core.axons = 1152;
  core.fan_in_groups = 64;
  core.route_entries = 2048;
  return core;
}

mapper::LayerGeometry geometry(const converter::SpikingNetwork& network, std::size_t layer) {
  return make_geometry(network.layers[layer], reference_core());
}

std::vector<Region> cover(const std::vector<int>& cores, const arch::MeshDescription& mesh,
                          bool multicast = true) {
  std::vector<Region> regions;
  mapper::Cover(mesh).append(cores.data(), cores.size(), multicast, regions);
  return regions;
}

TEST(AxisMap, AddressesInputsModuloThePitch) {
  // 8 inputs and windows of 3; blocks of 3 outputs with one unit and tiles of 5 inputs.
  const AxisMap map({8, 6, 3, 1, 0, 1}, {3, 3, 5, 5});
  EXPECT_THAT(map.seen_by(2), ElementsAre(UnitPlace{0, 0}));
  EXPECT_THAT(map.seen_by(3), ElementsAre(UnitPlace{0, 0}, UnitPlace{1, 0}));
  EXPECT_EQ(map.addresses(3), 1);  // the same address in both blocks
  EXPECT_EQ(map.plan().slot(map.axis(), 6), 1);
  EXPECT_EQ(map.max_groups(), 3);
}

TEST(AxisMap, UnitsOfABlockHaveAddressesOfTheirOwn) {
  const AxisMap map({8, 6, 3, 1, 0, 1}, {3, 1, 3, 3});
  EXPECT_THAT(map.seen_by(2), ElementsAre(UnitPlace{0, 0}, UnitPlace{0, 1}, UnitPlace{0, 2}));
  EXPECT_EQ(map.addresses(2), 3);
  EXPECT_THAT(map.seen_by(4), ElementsAre(UnitPlace{0, 2}, UnitPlace{1, 0}, UnitPlace{1, 1}));
}

TEST(AxisMap, TakesOnlyTheGroupsThatAWindowTouches) {
  // A stride of 2 over tiles of 2, with padding: the first window covers only one input.
  const AxisMap map({6, 4, 2, 2, 1, 1}, {4, 4, 2, 6});
  EXPECT_THAT(map.groups_of(0), ElementsAre(0));
  EXPECT_THAT(map.groups_of(1), ElementsAre(1));
  EXPECT_THAT(map.groups_of(3), ElementsAre(0));  // the address wraps around
}

/// Records where each input of a term arrives; each (block, group, axon) must be new.
void take_axons(const LayerMap& map, std::size_t term, int axons,
                std::set<std::vector<int>>& taken) {
  const mapper::TermMap& inputs = map.terms()[term];
  const mapper::TermGeometry& geometry = inputs.geometry();
  for (int c = 0; c < geometry.channels(); ++c) {
    const mapper::ChannelClass& channels =
        inputs.channel_classes()[static_cast<std::size_t>(inputs.class_of(c))];
    for (int y = 0; y < geometry.y.inputs; ++y) {
      for (int x = 0; x < geometry.x.inputs; ++x) {
        const int axon = inputs.axon_of_input(c, y, x);
        ASSERT_LE(axon + geometry.input_levels, axons);
        for (const UnitPlace& row : inputs.y().seen_by(y)) {
          for (const UnitPlace& column : inputs.x().seen_by(x)) {
            for (int chunk = channels.chunks.first; chunk < channels.chunks.end; ++chunk) {
              const int group = map.group_base(term, chunk) +
                                inputs.unit_base(row.unit, column.unit) +
                                inputs.group_of_input(c, y, x);
              ASSERT_LT(group, map.groups());
              const int block = map.block_at(chunk, row.block, column.block);
              ASSERT_TRUE(taken.insert({block, group, axon / geometry.input_levels}).second);
            }
          }
        }
      }
    }
  }
}

TEST(LayerMap, GivesEveryInputOfAUnitAnAxonOfItsOwn) {
  test::Random random(1);
  for (int i = 0; i < 100; ++i) {
    const auto network = test::random_network(random);
    const arch::CoreDescription core = test::random_chip(random).core;
    const mapper::LayerGeometry layer = make_geometry(network.layers.back(), core);
    for (const mapper::PlanCandidate& candidate : mapper::search_plans(layer, core)) {
      const LayerMap map(layer, candidate.plan);
      ASSERT_LE(map.groups(), core.fan_in_groups);
      std::set<std::vector<int>> taken;
      for (std::size_t term = 0; term < map.terms().size(); ++term) {
        take_axons(map, term, core.axons, taken);
      }
    }
  }
}

TEST(Partition, KeepsOnlyPlansThatNothingBeats) {
  const auto plans = mapper::search_plans(geometry(test::lenet(), 0), reference_core());
  ASSERT_FALSE(plans.empty());
  constexpr int spikes = 16 * 28 * 28 * 4;
  EXPECT_EQ(plans.front().cores, 36);  // the lower bound, with groups for each block
  EXPECT_GT(plans.front().packets, 2 * spikes);
  const auto shared = std::find_if(plans.begin(), plans.end(),
                                   [](const auto& plan) { return plan.packets == spikes; });
  ASSERT_NE(shared, plans.end());
  EXPECT_EQ(shared->cores, 48);
  for (const auto& plan : plans) {
    EXPECT_LE(plan.work.dendrites, 512);
    EXPECT_LE(LayerMap(geometry(test::lenet(), 0), plan.plan).groups(), 64);
  }
}

TEST(Partition, MinDendritesCountBorders) {
  long long sum = 0;
  const auto network = test::vgg();
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    sum += min_dendrites(geometry(network, l));
  }
  EXPECT_EQ((sum + 511) / 512, 788);
}

TEST(Geometry, ShiftsAddUpToTheFactor) {
  using Shifts = std::vector<int>;
  EXPECT_EQ(mapper::shifts_of(1, 1), Shifts{0});
  EXPECT_EQ(mapper::shifts_of(3, 1), (Shifts{0, 0, 0}));
  EXPECT_EQ(mapper::shifts_of(4, 2), (Shifts{1, 1}));
  EXPECT_EQ(mapper::shifts_of(4, 3), Shifts{2});
  EXPECT_EQ(mapper::shifts_of(6, 3), (Shifts{2, 1}));
  EXPECT_EQ(mapper::shifts_of(128, 8), Shifts{7});
  for (int planes = 1; planes <= 8; ++planes) {
    // Fewest powers of two that add up to each factor, by dynamic programming.
    std::vector<std::size_t> fewest{0};
    for (int factor = 1; factor <= 600; ++factor) {
      fewest.push_back(SIZE_MAX);
      for (int s = 0; s < planes && 1 << s <= factor; ++s) {
        fewest.back() =
            std::min(fewest.back(), fewest[static_cast<std::size_t>(factor - (1 << s))] + 1);
      }
      int sum = 0;
      const Shifts shifts = mapper::shifts_of(factor, planes);
      for (const int shift : shifts) {
        ASSERT_LT(shift, planes);
        sum += 1 << shift;
      }
      ASSERT_EQ(sum, factor);
      ASSERT_EQ(shifts.size(), fewest.back()) << factor << " with " << planes;
    }
  }
}

TEST(Partition, OneThresholdADendriteTakesACopyForEachLevel) {
  arch::CoreDescription core = reference_core();
  core.thresholds_per_dendrite = 1;
  const auto layer = make_geometry(test::lenet().layers[4], core);
  EXPECT_EQ(layer.copies, 4);
  EXPECT_EQ(min_dendrites(layer), 4 * 2 * 256);
  core.thresholds_per_dendrite = 3;
  const auto split = make_geometry(test::lenet().layers[4], core);
  EXPECT_EQ(split.copies, 2);
  EXPECT_EQ(split.thresholds_of_copy(0), 3);
  EXPECT_EQ(split.thresholds_of_copy(1), 1);
}

TEST(BlockArray, KeepsRangesOfBlocksRectangles) {
  // 4 x 3 positions of 6 chunks.
  mapper::LayerGeometry layer;
  layer.output = {6, 4, 3};
  mapper::TermGeometry& term = layer.terms.emplace_back();
  term.y = {4, 4, 1, 1, 0, 1};
  term.x = {3, 3, 1, 1, 0, 1};
  term.outputs_per_group = 6;
  const LayerMap map(layer, {mapper::even_channels(6, 6, 1), {{}}});
  const auto arrays = mapper::arrangements(map);
  EXPECT_THAT(arrays, SizeIs(8));  // chunks as 1x6, 2x3, 3x2, 6x1, each in two orders
  for (const auto& array : arrays) {
    ASSERT_EQ(array.size(), 72);
    EXPECT_EQ(std::set<int>(array.blocks.begin(), array.blocks.end()).size(), 72U);
    // The cores of rows 1..2, columns 0..1 form one rectangle.
    const arch::MeshDescription mesh{array.columns, array.rows};
    std::vector<int> cores;
    for (int i = 0; i < array.size(); ++i) {
      const auto place = map.block_place(array.blocks[static_cast<std::size_t>(i)]);
      if (place.y >= 1 && place.y <= 2 && place.x <= 1) cores.push_back(i);
    }
    EXPECT_THAT(cover(cores, mesh), SizeIs(1));
  }
}

/// Covers cores as mapper::Cover says it does, core by core.
std::vector<Region> naive_cover(const std::vector<int>& cores, const arch::MeshDescription& mesh) {
  std::set<int> left(cores.begin(), cores.end());
  std::vector<Region> regions;
  while (!left.empty()) {
    const int x = mesh.x(*left.begin());
    const int y = mesh.y(*left.begin());
    Region best{x, y, x, y};
    for (int y1 = y; y1 < mesh.rows; ++y1) {
      for (int x1 = x; x1 < mesh.columns; ++x1) {
        const Region region{x, y, x1, y1};
        bool whole = true;
        for (int i = y; i <= y1; ++i) {
          for (int j = x; j <= x1; ++j) whole = whole && left.count(mesh.core_at(j, i)) != 0;
        }
        if (whole && region.cores() > best.cores()) best = region;
      }
    }
    regions.push_back(best);
    for (int i = best.y0; i <= best.y1; ++i) {
      for (int j = best.x0; j <= best.x1; ++j) left.erase(mesh.core_at(j, i));
    }
  }
  return regions;
}

TEST(Routing, TheFirstUncoveredCoreGetsTheLargestRectangle) {
  test::Random random(11);
  for (const arch::MeshDescription mesh :
       {arch::MeshDescription{6, 5}, {64, 3}, {65, 3}, {128, 2}, {3, 128}}) {
    for (int i = 0; i < 12; ++i) {
      const int percent = i < 3 ? 100 : random.between(50, 99);
      std::vector<int> cores;
      for (int core = 0; core < mesh.cores(); ++core) {
        // At 100 %, all but the last few: whole rows of the mesh's width.
        if (random.chance(percent) && core < mesh.cores() - i) cores.push_back(core);
      }
      EXPECT_EQ(cover(cores, mesh), naive_cover(cores, mesh)) << mesh.columns << " x " << mesh.rows;
    }
  }
}

TEST(Routing, CoversExactlyWithFewRectangles) {
  const arch::MeshDescription mesh{4, 4};
  EXPECT_THAT(cover({}, mesh), IsEmpty());
  EXPECT_THAT(cover({5, 6}, mesh, false), ElementsAre(Region{1, 1, 1, 1}, Region{2, 1, 2, 1}));
  EXPECT_THAT(cover({5, 6, 9, 10}, mesh), ElementsAre(Region{1, 1, 2, 2}));
  // An L shape: the column is the larger rectangle at its corner.
  EXPECT_THAT(cover({0, 4, 8, 9}, mesh), ElementsAre(Region{0, 0, 0, 2}, Region{1, 2, 1, 2}));
  // These cores are adjacent in number but not on the mesh.
  EXPECT_THAT(cover({3, 4}, mesh), ElementsAre(Region{3, 0, 3, 0}, Region{0, 1, 0, 1}));
}

TEST(Routing, CoversRandomSetsOnce) {
  test::Random random(7);
  const arch::MeshDescription mesh{6, 5};
  for (int i = 0; i < 200; ++i) {
    std::vector<int> cores;
    for (int core = 0; core < mesh.cores(); ++core) {
      if (random.chance(60)) cores.push_back(core);
    }
    std::vector<int> covered;
    for (const Region& region : cover(cores, mesh)) {
      for (int y = region.y0; y <= region.y1; ++y) {
        for (int x = region.x0; x <= region.x1; ++x) covered.push_back(mesh.core_at(x, y));
      }
    }
    std::sort(covered.begin(), covered.end());
    EXPECT_EQ(covered, cores);
  }
}

TEST(Hops, CountLinksOfTheMesh) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  const mapper::Hops hops(chip);
  const auto from = [&](int x, int y) { return chip.grid().core_at(x, y); };
  EXPECT_EQ(hops.to_cores(from(2, 2), {2, 2, 2, 2}), 0);
  EXPECT_EQ(hops.to_cores(from(0, 0), {3, 2, 3, 2}), 5);
  // Along row 0 to column 3, then down columns 2 and 3 to row 4.
  EXPECT_EQ(hops.to_cores(from(0, 0), {2, 1, 3, 4}), 3 + 2 * 4);
  // From a core inside the rectangle, in both directions.
  EXPECT_EQ(hops.to_cores(from(2, 2), {1, 1, 3, 3}), 2 + 3 * 2);
}

TEST(Hops, LinksBetweenChipsCountAsTheyAreSlow) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.mesh = {4, 4};
  chip.board = {2, 2};
  chip.router.link_cycles = 2;
  chip.inter_chip = {3, 16};  // four flits of 3 cycles
  const mapper::Hops cycles(chip, mapper::link_cycles(chip));
  EXPECT_EQ(cycles.to_cores(0, {3, 0, 3, 0}), 3 * 2);
  EXPECT_EQ(cycles.to_cores(0, {4, 0, 4, 0}), 3 * 2 + 12);
  // Along the row to column 5, then down columns 3, 4 and 5 to row 4.
  EXPECT_EQ(cycles.to_cores(0, {3, 2, 5, 4}), 4 * 2 + 12 + 3 * (3 * 2 + 12));
  // Up two levels and down two; the second link of each is between chips.
  chip.topology = arch::TopologyKind::kQuadtree;
  const mapper::Hops tree(chip, mapper::link_cycles(chip));
  EXPECT_EQ(tree.to_cores(0, {7, 7, 7, 7}), 2 * (2 + 12));
  EXPECT_EQ(tree.to_cores(0, {1, 1, 1, 1}), 0);
  EXPECT_EQ(tree.to_host(0), 2 + 12);
}

TEST(CoreImage, WritesOnlyWhatHasContent) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.dendrites = 128;  // rows of 16 bytes
  chip.bus.latency_cycles = 1;
  mapper::CoreImage image(chip.core);
  image.set_synapses(0, 1, 1, 1);
  image.set_synapses(1, 1, 1, 1);    // a gap of one word, which is cheaper to write than to skip
  image.set_synapses(10, 1, 70, 1);  // far away
  image.set_synapses(2, 1, 3, -1);
  std::vector<arch::Transaction> transactions;
  arch::PayloadPool pool;
  image.append_transactions({0, 5}, chip.bus, pool, transactions);
  ASSERT_THAT(transactions, SizeIs(6));
  using arch::CoreRegion;
  EXPECT_EQ(transactions[0].address, arch::core_address(5, CoreRegion::kPlusPlane, 0));
  EXPECT_THAT(transactions[0].data, SizeIs(24));
  EXPECT_EQ(transactions[0].data[0], 2);
  EXPECT_EQ(transactions[0].data[16], 2);
  EXPECT_EQ(transactions[1].address, arch::core_address(5, CoreRegion::kPlusPlane, 10 * 16 + 8));
  EXPECT_EQ(transactions[1].data[0], 1 << 6);
  EXPECT_EQ(transactions[2].address, arch::core_address(5, CoreRegion::kMinusPlane, 2 * 16));
  EXPECT_EQ(transactions[5].address,
            arch::core_address(5, CoreRegion::kControl, arch::core_control::kEnable));
}

/// Returns what an image would write to its core.
std::vector<std::pair<std::uint64_t, std::vector<std::uint8_t>>> writes_of(
    const mapper::CoreImage& image, const arch::BusDescription& bus) {
  std::vector<arch::Transaction> transactions;
  arch::PayloadPool pool;
  image.append_transactions({0, 0}, bus, pool, transactions);
  std::vector<std::pair<std::uint64_t, std::vector<std::uint8_t>>> writes;
  for (const arch::Transaction& transaction : transactions) {
    writes.emplace_back(transaction.address, std::vector<std::uint8_t>(transaction.data.begin(),
                                                                       transaction.data.end()));
  }
  return writes;
}

TEST(CoreImage, ManyDendritesAtOnceAreTheSameAsOneByOne) {
  test::Random random(3);
  for (const arch::Synapse synapse : {arch::Synapse::kTernary, arch::Synapse::kBinaryPair}) {
    for (int i = 0; i < 200; ++i) {
      arch::ChipDescription chip = test::chip_of_small_cores();
      chip.core.synapse = synapse;
      chip.core.dendrites = 2 * random.between(1, 160);
      const int all = chip.core.ternary_dendrites();
      const int first = random.between(0, all - 1);
      const int count = random.between(1, all - first);
      const int row = random.between(0, chip.core.axons - 1);
      const int rows = random.between(1, chip.core.axons - row);
      std::vector<std::uint64_t> plus(static_cast<std::size_t>(count + 63) / 64);
      std::vector<std::uint64_t> minus(plus.size());
      mapper::CoreImage together(chip.core);
      mapper::CoreImage one_by_one(chip.core);
      for (int d = 0; d < count; ++d) {
        const int weight = random.between(-1, 1);
        if (weight == 0) continue;
        (weight > 0 ? plus : minus)[static_cast<std::size_t>(d / 64)] |= std::uint64_t{1} << d % 64;
        one_by_one.set_synapses(row, rows, first + d, weight);
      }
      together.set_synapses(row, rows, first, {plus.data(), minus.data(), plus.size()});
      ASSERT_EQ(writes_of(together, chip.bus), writes_of(one_by_one, chip.bus))
          << count << " from " << first << " of " << all;
    }
  }
}

TEST(WeightBits, AreTheWeightsOfEachDendrite) {
  test::Random random(5);
  for (int i = 0; i < 100; ++i) {
    converter::SpikingLayer layer;
    mapper::TermGeometry term;
    term.conv_groups = random.between(1, 2);
    term.inputs_per_group = random.between(1, 3);
    term.outputs_per_group = random.between(1, 40);
    term.first_output = random.between(0, 2);
    term.y.kernel = 2;
    term.x.kernel = 3;
    term.planes = {{1, {2, 0}}, {0, {1}}};
    const int weights = term.inputs_per_group * term.kernel_taps();
    for (int plane = 0; plane < 2; ++plane) {
      converter::Term& part = layer.terms.emplace_back();
      part.input.channels = term.channels();
      part.groups = term.conv_groups;
      part.outputs = term.outputs();
      part.window.kernel_height = term.y.kernel;
      part.window.kernel_width = term.x.kernel;
      for (int w = 0; w < term.outputs() * weights; ++w) {
        part.weights.push_back(static_cast<std::int8_t>(random.between(-1, 1)));
      }
    }
    const int group = random.between(0, term.conv_groups - 1);
    const int begin = term.first_output + group * term.outputs_per_group;
    const int first = begin + random.between(0, term.outputs_per_group - 1);
    const mapper::Span channels{first, random.between(first + 1, begin + term.outputs_per_group)};
    const int copies = random.between(1, 2);
    const mapper::WeightBits bits(layer, term, copies, channels);
    const mapper::TapSigns signs(layer.terms[0]);
    for (int channel = channels.first; channel < channels.end; ++channel) {
      const int output = channel - term.first_output;
      const auto weight_of = [&](std::size_t part, int w) {
        return int{layer.terms[part].weights[static_cast<std::size_t>(output * weights + w)]};
      };
      for (int w = 0; w < weights; ++w) {
        const mapper::DendriteBits found = bits.of(static_cast<std::size_t>(w));
        for (int copy = 0; copy < copies; ++copy) {
          // Three dendrites of a copy: two of the first plane, then that of the second one.
          for (const int dendrite : {0, 1, 2}) {
            const int bit = ((channel - channels.first) * copies + copy) * 3 + dendrite;
            const auto at = [&](const std::uint64_t* words) {
              return static_cast<int>(words[bit / 64] >> bit % 64 & 1);
            };
            ASSERT_EQ(at(found.plus) - at(found.minus), weight_of(dendrite < 2 ? 1 : 0, w));
            ASSERT_EQ(at(found.plus) & at(found.minus), 0);
          }
        }
      }
      for (int tap = 0; tap < term.kernel_taps(); ++tap) {
        int positive = 0;
        int negative = 0;
        for (int input = 0; input < term.inputs_per_group; ++input) {
          const int weight = weight_of(0, input * term.kernel_taps() + tap);
          positive += weight > 0 ? 1 : 0;
          negative += weight < 0 ? 1 : 0;
        }
        ASSERT_EQ(signs.count(output, tap).positive, positive);
        ASSERT_EQ(signs.count(output, tap).negative, negative);
      }
    }
  }
}

TEST(CoreImage, PutsPairsIntoNeighbouringColumns) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.synapse = arch::Synapse::kBinaryPair;
  mapper::CoreImage image(chip.core);
  image.set_synapses(0, 1, 1, 1);
  image.set_synapses(0, 1, 2, -1);
  std::vector<arch::Transaction> transactions;
  arch::PayloadPool pool;
  image.append_transactions({0, 0}, chip.bus, pool, transactions);
  ASSERT_THAT(transactions, SizeIs(4));
  EXPECT_EQ(transactions[0].data[0], (1 << 2) | (1 << 5));
}

}  // namespace
}  // namespace spikeloom

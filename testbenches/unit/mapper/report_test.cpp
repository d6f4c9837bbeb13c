// SPDX-License-Identifier: Apache-2.0
// Tests the figures of the mapping report and the baseline.
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/report/toeplitz.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using mapper::LayerReport;
using mapper::MappingReport;

arch::CoreDescription core_of(int axons, int dendrites) {
  arch::CoreDescription core = test::chip_of_small_cores().core;
  core.axons = axons;
  core.dendrites = dendrites;
  return core;
}

mapper::LayerGeometry line(int inputs, int outputs, int kernel, int dilation,
                           const arch::CoreDescription& core) {
  mapper::LayerGeometry layer;
  layer.output = {1, 1, outputs};
  mapper::TermGeometry& term = layer.terms.emplace_back();
  term.x = {inputs, outputs, kernel, 1, 0, dilation};
  term.group_neurons = core.axons;
  return layer;
}

TEST(Toeplitz, CutsTheMatrixIntoTiles) {
  // Output o reads inputs o..o+2. The rows are {0,1}, {2,3}, {4,5} and the columns {0,1}, {2,3}:
  // outputs 0 and 1 read the first two pairs of inputs, outputs 2 and 3 the last two.
  const arch::CoreDescription core = core_of(2, 2);
  const auto baseline = mapper::toeplitz(line(6, 4, 3, 1, core), core);
  EXPECT_EQ(baseline.tiles, 6);
  EXPECT_EQ(baseline.cores, 4);
  EXPECT_EQ(baseline.deliveries, 8);  // outputs of both column tiles read inputs 2 and 3,
  EXPECT_EQ(baseline.packets, 6);     // and these tiles are adjacent
}

TEST(Toeplitz, SendsAPacketToEachRunOfTiles) {
  // Output o reads o and o+2, and a tile has one cross-point: input 2 goes to tiles 0 and 2.
  const arch::CoreDescription core = core_of(1, 1);
  const auto baseline = mapper::toeplitz(line(5, 3, 2, 2, core), core);
  EXPECT_EQ(baseline.tiles, 15);
  EXPECT_EQ(baseline.cores, 6);
  EXPECT_EQ(baseline.deliveries, 6);
  EXPECT_EQ(baseline.packets, 6);
}

TEST(Toeplitz, KeepsChannelsOfAPixelTogether) {
  // Two groups of 2 channels to 3, 2 pixels, 1 x 1 windows: 8 rows and 12 columns. Tiles of 4 x 3
  // hold the inputs of a pixel and the outputs of a group.
  const arch::CoreDescription core = core_of(8, 3);
  mapper::LayerGeometry layer;
  layer.output = {6, 1, 2};
  mapper::TermGeometry& term = layer.terms.emplace_back();
  term.x = {2, 2, 1, 1, 0, 1};
  term.conv_groups = 2;
  term.inputs_per_group = 2;
  term.outputs_per_group = 3;
  term.input_levels = 2;
  term.group_neurons = 4;
  const auto baseline = mapper::toeplitz(layer, core);
  EXPECT_EQ(baseline.tiles, 2 * 4);
  EXPECT_EQ(baseline.cores, 4);
  EXPECT_EQ(baseline.packets, 8);
  layer.copies = 2;  // one output per tile
  layer.levels = 2;
  EXPECT_EQ(mapper::toeplitz(layer, core).cores, 12);
}

void expect_parts_add_up(const MappingReport& report) {
  const std::int64_t core_dendrites = report.core_dendrites;
  double shared = 0.0;
  std::int64_t blocks = 0;
  std::int64_t dendrites = 0;
  std::int64_t neurons = 0;
  std::int64_t toeplitz = 0;
  for (const LayerReport& layer : report.layers) {
    const mapper::LowerBoundGap& apart = layer.separation;
    EXPECT_EQ(layer.blocks * core_dendrites,
              layer.min_dendrites + apart.more_groups + apart.part_blocks + apart.room);
    EXPECT_GE(apart.more_groups, 0);
    EXPECT_GE(apart.part_blocks, 0);
    EXPECT_GE(apart.room, 0);
    EXPECT_GE(layer.blocks, layer.fewest_blocks);
    EXPECT_GE(layer.toeplitz.tiles, layer.toeplitz.cores);
    EXPECT_GE(layer.toeplitz.deliveries, layer.toeplitz.packets);
    shared += apart.shared;
    blocks += layer.blocks;
    dendrites += layer.dendrites;
    neurons += layer.neurons;
    toeplitz += layer.toeplitz.cores;
  }
  EXPECT_NEAR(static_cast<double>(blocks) - shared, report.cores, 1e-9);
  EXPECT_EQ(blocks, report.plans.chosen.cores);
  EXPECT_EQ(toeplitz, report.toeplitz_cores);
  EXPECT_EQ(static_cast<std::size_t>(report.cores), report.core_reports.size());
  for (const mapper::CoreReport& core : report.core_reports) {
    dendrites -= core.dendrites;
    neurons -= core.neurons;
    EXPECT_LE(core.dendrites, core_dendrites);
    EXPECT_LE(core.route_entries, report.max_route_entries);
    EXPECT_LE(core.cycles, report.busiest().cycles);
    std::int64_t parts = 0;
    for (const mapper::CoreReport::Part& part : core.parts) parts += part.dendrites;
    EXPECT_EQ(parts, core.dendrites);
  }
  EXPECT_EQ(dendrites, 0);
  EXPECT_EQ(neurons, 0);
}

TEST(Report, PartsAddUp) {
  int mapped = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(seed);
    const converter::SpikingNetwork network = test::random_chain(random);
    const arch::ChipDescription chip = test::random_chip(random);
    mapper::MapOptions options;
    options.objective = test::random_objective(random);
    options.effort = 0;
    MappingReport report;
    try {
      mapper::map_network(network, {}, chip, options, &report);
    } catch (const base::UserError&) {
      continue;
    }
    ++mapped;
    expect_parts_add_up(report);
  }
  EXPECT_GE(mapped, 30);
}

TEST(Report, TablesFitTheScreen) {
  MappingReport report;
  const arch::ChipDescription chip = test::chip_file("reference");
  mapper::map_network(test::lenet(), {}, chip, {}, &report);
  std::size_t start = 0;
  const std::string table = mapper::format_table(report);
  while (start < table.size()) {
    const std::size_t end = table.find('\n', start);
    EXPECT_LE(end - start, 80U) << table.substr(start, end - start);
    start = end + 1;
  }
  expect_parts_add_up(report);
}

}  // namespace
}  // namespace spikeloom

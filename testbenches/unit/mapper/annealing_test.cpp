// SPDX-License-Identifier: Apache-2.0
// Tests annealed placements: they are never worse, respect all limits, and are the same for the
// same seed.
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/place/annealer.h"
#include "spikeloom/mapper/place/traffic_cost.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using arch::ChipDescription;
using mapper::LayerMap;
using mapper::Slots;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Returns a network whose layers have sizes for which greedy placement is not optimal.
converter::SpikingNetwork uneven_network() {
  return test::NetworkBuilder("uneven", {4, 12, 12}, 2, 5)
      .convolution(6, 3, 1, 1)
      .convolution(4, 2, 2)
      .convolution(8, 3, 1, 1)
      .convolution(5, 3)
      .build();
}

std::int64_t cost_of(const mapper::Traffic& traffic, const ChipDescription& chip,
                     const Slots& slots) {
  mapper::TrafficCost cost(traffic, chip, mapper::link_cycles(chip));
  cost.evaluate(slots);
  return cost.total();
}

TEST(Annealing, IsNeverWorseThanItsStartAndUsesNoMoreCores) {
  int better = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    test::Random random(seed);
    const auto network = test::random_chain(random);
    const ChipDescription chip = test::random_chip(random);
    mapper::MapOptions options;
    options.effort = 1;
    options.seed = seed;
    mapper::MappingReport report;
    mapper::MappingReport greedy;
    try {
      const auto deployment = mapper::map_network(network, {}, chip, options, &report);
      EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
      options.effort = 0;
      mapper::map_network(network, {}, chip, options, &greedy);
    } catch (const base::UserError&) {
      continue;
    }
    EXPECT_EQ(greedy.traffic.link_cycles, greedy.traffic.start_link_cycles);
    EXPECT_EQ(report.traffic.start_link_cycles, greedy.traffic.link_cycles);
    EXPECT_LE(report.traffic.link_cycles, report.traffic.start_link_cycles);
    EXPECT_LE(report.cores, greedy.cores);
    EXPECT_LE(report.max_route_entries, chip.core.route_entries);
    better += report.traffic.link_cycles < report.traffic.start_link_cycles ? 1 : 0;
  }
  EXPECT_GE(better, 8);
}

TEST(Annealing, SameSeedSameBytes) {
  const auto network = uneven_network();
  mapper::MapOptions options;
  options.effort = 2;
  const auto bytes = [&] {
    return mapper::map_network(network, {}, test::chip_of_small_cores(), options).encode();
  };
  const auto first = bytes();
  EXPECT_EQ(first, bytes());
  options.seed = 2;
  EXPECT_NE(first, bytes());
}

TEST(Annealing, ReportsProgressAndCanBeStopped) {
  const auto network = uneven_network();
  mapper::MapOptions options;
  options.effort = 1;
  std::size_t last = 0;
  std::size_t all = 0;
  options.progress = [&](std::size_t done, std::size_t total) {
    EXPECT_GE(done, last);
    EXPECT_LT(done, total);
    last = done;
    all = total;
  };
  mapper::map_network(network, {}, test::chip_of_small_cores(), options);
  EXPECT_GT(last, 0U);
  EXPECT_GT(all, last);
  options.progress = [](std::size_t done, std::size_t) {
    if (done > 1000) throw std::runtime_error("enough");
  };
  EXPECT_THROW(mapper::map_network(network, {}, test::chip_of_small_cores(), options),
               std::runtime_error);
  options.effort = 0;
  options.progress = [](std::size_t, std::size_t) { FAIL(); };
  mapper::map_network(network, {}, test::chip_of_small_cores(), options);
}

/// Only the neurons of the left column of each layer spike.
arch::SpikeProfile profile_of(const converter::SpikingNetwork& network) {
  arch::SpikeProfile profile;
  profile.network = network.name;
  profile.images = 10;
  const auto add = [&](const converter::Shape& shape) {
    arch::ProfiledLayer layer;
    for (int i = 0; i < shape.size(); ++i) layer.spikes.push_back(i % shape.width == 0 ? 20 : 0);
    profile.layers.push_back(layer);
  };
  add(network.encoder.output);
  for (const auto& layer : network.layers) add(layer.output);
  return profile;
}

TEST(Annealing, WeighsTrafficByMeasuredSpikes) {
  const auto network = uneven_network();
  const arch::SpikeProfile profile = profile_of(network);
  const ChipDescription chip = test::chip_of_small_cores();
  const std::vector<LayerMap> layers = test::plan_layers(network, chip, mapper::kDefaultObjective);
  mapper::SpikeCounts spikes;
  for (const auto& layer : profile.layers) spikes.push_back(layer.spikes);
  const mapper::Traffic measured(layers, spikes);
  const mapper::Traffic expected(layers, mapper::uniform_spikes(layers));
  const auto slots = [&](const mapper::Traffic& traffic) {
    auto pieces = mapper::place_pieces(layers, traffic, chip, arch::UsableCores(chip), 1);
    return mapper::anneal(std::move(*pieces), traffic, chip, {1, 5, nullptr}).slots();
  };
  EXPECT_LT(cost_of(measured, chip, slots(measured)), cost_of(measured, chip, slots(expected)));

  mapper::MapOptions options;
  options.profile = &profile;
  mapper::MappingReport report;
  const auto deployment = mapper::map_network(network, {}, chip, options, &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_TRUE(report.traffic.measured);
  EXPECT_THAT(mapper::format_table(report), HasSubstr("as measured"));
}

TEST(Annealing, RefusesAProfileOfOtherLayers) {
  const auto network = uneven_network();
  arch::SpikeProfile profile = profile_of(network);
  profile.layers[1].spikes.pop_back();
  mapper::MapOptions options;
  options.profile = &profile;
  try {
    mapper::map_network(network, {}, test::chip_of_small_cores(), options);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.what(), "the spike profile was measured on " + network.name +
                                "; its layers differ from " + network.name);
  }
}

TEST(SpikeProfile, SurvivesItsFile) {
  const arch::SpikeProfile profile = profile_of(uneven_network());
  const auto read = arch::SpikeProfile::decode(profile.encode(), "test");
  EXPECT_EQ(read.network, profile.network);
  EXPECT_EQ(read.images, profile.images);
  ASSERT_EQ(read.layers.size(), profile.layers.size());
  EXPECT_EQ(read.layers[2].spikes, profile.layers[2].spikes);
}

}  // namespace
}  // namespace spikeloom

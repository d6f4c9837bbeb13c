// SPDX-License-Identifier: Apache-2.0
// End-to-end tests on small random networks and chips: they are mapped, loaded over the bus and run
// in both timings. Every spike is compared with the integer reference.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemc>

#include "spikeloom/base/error.h"
#include "spikeloom/explore/comparison/comparison.h"
#include "spikeloom/hw/functional/lanes.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"
#include "testbenches/unit/support/records.h"

namespace spikeloom::sim {
namespace {

constexpr std::size_t kImages = 8;
/// More than one batch of images that run side by side.
constexpr std::size_t kManyImages = hw::kLanes + 40;

DataSet random_images(test::Random& random, const converter::Shape& shape) {
  DataSet data;
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < shape.size() * static_cast<int>(kManyImages); ++i) {
    pixels.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
  }
  data.set_pixels(kManyImages, shape, std::move(pixels));
  for (std::size_t i = 0; i < kManyImages; ++i) {
    data.labels.push_back(static_cast<std::uint8_t>(random.between(0, 2)));
  }
  return data;
}

/// Runs all images. A difference from the reference ends the run with an exception that describes
/// it.
RangeResult run(const arch::Deployment& deployment, const converter::SpikingNetwork& network,
                const DataSet& data, hw::Timing timing, std::size_t workers) {
  explore::Comparison comparison(network, deployment);
  Simulation simulation{deployment, network, data, timing, nullptr, nullptr};
  if (workers == 1) {
    simulation.observe = [&](const Observation& seen) {
      comparison.observe(seen);
      if (comparison.first()) throw std::logic_error(comparison.first()->text);
    };
  }
  return run_workers(simulation, 0, kImages, workers, nullptr);
}

/// Runs all images without comparing spikes with the reference.
void run_unchecked(const arch::Deployment& deployment, const converter::SpikingNetwork& network,
                   const DataSet& data) {
  const Simulation simulation{deployment, network, data, hw::Timing::kCycle, nullptr, nullptr};
  try {
    run_workers(simulation, 0, kImages, 1, nullptr);
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(),
                ::testing::ContainsRegex("the chip stopped, image .*: tick [0-9]+ \\("));
  }
}

/// Runs many images one after the other, or side by side.
RangeResult run_many(const arch::Deployment& deployment, const converter::SpikingNetwork& network,
                     const DataSet& data, const InputFaults& faults, bool side_by_side,
                     std::size_t workers) {
  Simulation simulation{deployment, network, data, hw::Timing::kFunctional, nullptr, nullptr};
  simulation.faults = faults;
  // Whoever looks at the board after each tick sees one image after the other.
  if (!side_by_side) simulation.observe = [](const Observation&) {};
  return run_workers(simulation, 0, kManyImages, workers, nullptr);
}

void expect_same_counts(const RangeResult& a, const RangeResult& b, bool with_time) {
  ASSERT_EQ(a.images.size(), b.images.size());
  auto other = b.images.begin();
  for (const ImageRecord& image : a.images) {
    EXPECT_EQ(image.predicted, other->predicted);
    EXPECT_EQ(image.steady, other->steady);
    if (with_time) {
      EXPECT_EQ(image.cycles(), other->cycles()) << "image " << image.index;
    }
    for (std::size_t l = 0; l < image.layers.size(); ++l) {
      const LayerCounts& left = image.layers[l];
      const LayerCounts& right = other->layers[l];
      EXPECT_EQ(left.spikes, right.spikes);
      EXPECT_EQ(left.synaptic_operations, right.synaptic_operations);
      EXPECT_EQ(left.row_word_reads, right.row_word_reads);
      EXPECT_EQ(left.packets, right.packets);
      EXPECT_EQ(left.deliveries, right.deliveries);
      EXPECT_EQ(left.axon_writes, right.axon_writes);
      EXPECT_EQ(left.paper_sop, right.paper_sop);
    }
    ++other;
  }
}

/// Maps a network, with cores large enough for it.
arch::Deployment deploy(const converter::SpikingNetwork& network, arch::ChipDescription chip) {
  constexpr int kAttempts = 6;
  for (int attempt = 0;; ++attempt) {
    try {
      return mapper::map_network(network, network.encode(), chip, {});
    } catch (const base::UserError&) {
      if (attempt == kAttempts) throw;
      chip.core.axons *= 2;
      chip.core.dendrites *= 2;
      chip.core.fan_in_groups = std::min(chip.core.fan_in_groups * 2, 256);
      chip.core.route_entries = std::min(chip.core.route_entries * 2, 65535);
    }
  }
}

class RandomNetwork : public ::testing::TestWithParam<int> {};

TEST_P(RandomNetwork, ChipEqualsReferenceInBothTimings) {
  test::Random random(static_cast<std::uint64_t>(GetParam()));
  const converter::SpikingNetwork network = test::random_network(random);
  const arch::Deployment deployment = deploy(network, test::random_chip(random));
  const DataSet data = random_images(random, network.encoder.input);
  const RangeResult cycle = run(deployment, network, data, hw::Timing::kCycle, 1);
  // Ticks of a sufficient fixed length do not change the result.
  arch::Deployment fixed = deployment;
  fixed.chip.sync.tick_cycles = 1 << 20;
  const RangeResult even = run(fixed, network, data, hw::Timing::kCycle, 1);
  expect_same_counts(cycle, even, false);
  const int ticks = fixed.chip.sync.ticks_per_image;
  EXPECT_EQ(test::records(even).front().cycles(), (1 << 20) * ticks);
  // With ticks that are too short, late spikes are counted, and the run finishes or reports an
  // error.
  fixed.chip.sync.tick_cycles = static_cast<int>(test::records(cycle).back().cycles() / ticks);
  fixed.chip.sync.late_spikes = arch::LateSpikes::kDrop;
  EXPECT_NO_THROW(run_unchecked(fixed, network, data));
  const RangeResult functional = run(deployment, network, data, hw::Timing::kFunctional, 1);
  expect_same_counts(cycle, functional, false);
  expect_same_counts(cycle, run(deployment, network, data, hw::Timing::kCycle, 3), true);
}

class RandomNetworkManyImages : public ::testing::TestWithParam<int> {};

TEST_P(RandomNetworkManyImages, SideBySideEqualOneAfterTheOther) {
  test::Random random(static_cast<std::uint64_t>(GetParam()));
  const converter::SpikingNetwork network = test::random_network(random);
  const DataSet data = random_images(random, network.encoder.input);
  const arch::Deployment deployment = deploy(network, test::random_chip(random));
  InputFaults faults;
  if (random.chance(30)) faults = {0.1, 0.05, 0.02, 7};
  const RangeResult each = run_many(deployment, network, data, faults, false, 1);
  for (const std::size_t workers : {1, 2}) {
    const RangeResult together = run_many(deployment, network, data, faults, true, workers);
    // Only images that run one after the other have ticks.
    EXPECT_TRUE(test::records(together).back().ticks.empty());
    EXPECT_FALSE(test::records(each).back().ticks.empty());
    expect_same_counts(each, together, false);
    EXPECT_EQ(each.spikes, together.spikes);
  }
}

TEST(WeightPlanes, TheChipEqualsTheReferenceWithFewerDendrites) {
  // Weights of three planes, and a shortcut times 3.
  test::NetworkBuilder builder("planes", {2, 6, 6}, 3, 7);
  const converter::Window window = test::square_window(3, 1, 1);
  const converter::Window point = test::square_window(1);
  builder.sum(6, {3},
              {{converter::kEncoder, window},
               {converter::kEncoder, window, 1, 2},
               {converter::kEncoder, window, 1, 4}});
  builder.sum(6, {3}, {{0, window}, {0, window, 1, 4}, {0, point, 1, 3}});
  const converter::SpikingNetwork network = builder.build(3);
  test::Random random(1);
  const DataSet data = random_images(random, network.encoder.input);
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.axons = 160;
  chip.core.dendrites = 120;
  chip.core.route_entries = 1024;
  chip.inter_chip.link_cycles = 1;
  chip.inter_chip.flit_bits = 64;
  std::vector<std::int64_t> dendrites;
  std::vector<std::uint64_t> spikes;
  for (const int planes : {1, 2, 8}) {
    SCOPED_TRACE(planes);
    chip.core.weight_planes = planes;
    mapper::MappingReport report;
    const arch::Deployment deployment =
        mapper::map_network(network, network.encode(), chip, {}, &report);
    const RangeResult cycle = run(deployment, network, data, hw::Timing::kCycle, 1);
    expect_same_counts(cycle, run(deployment, network, data, hw::Timing::kFunctional, 1), false);
    dendrites.push_back(report.layers[0].dendrites + report.layers[1].dendrites);
    spikes.push_back(0);
    for (const auto& image : cycle.images) {
      for (const LayerCounts& layer : image.layers) spikes.back() += layer.spikes;
    }
  }
  EXPECT_GT(spikes[0], 100U);
  EXPECT_EQ(spikes[1], spikes[0]);
  EXPECT_EQ(spikes[2], spikes[0]);
  EXPECT_LT(dendrites[1], dendrites[0]);
  EXPECT_LT(dendrites[2], dendrites[1]);
}

/// Returns the number of networks, which the environment can increase.
int networks() {
  const char* const wanted = std::getenv("SPIKELOOM_RANDOM_NETWORKS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetwork, ::testing::Range(0, networks()));
INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworkManyImages, ::testing::Range(0, networks() / 4));

}  // namespace
}  // namespace spikeloom::sim

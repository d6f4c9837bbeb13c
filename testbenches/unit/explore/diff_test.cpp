// SPDX-License-Identifier: Apache-2.0
// Tests the comparison of two runs: the reported first difference must be that between the
// references of both networks.
#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemc>

#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/explore/comparison/comparison.h"
#include "spikeloom/explore/comparison/run_comparison.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom::explore {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kImages = 4;

arch::ChipDescription roomy_chip() {
  arch::ChipDescription chip = test::small_chip();
  chip.mesh = {8, 8};
  chip.core.axons = 2048;
  chip.core.dendrites = 1024;
  chip.core.fan_in_groups = 64;
  chip.core.route_entries = 4096;
  return chip;
}

sim::DataSet images(std::uint64_t seed, const converter::Shape& shape) {
  test::Random random(seed);
  sim::DataSet data;
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < shape.size() * static_cast<int>(kImages); ++i) {
    pixels.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
  }
  data.set_pixels(kImages, shape, std::move(pixels));
  data.labels.resize(kImages);
  return data;
}

sim::PreparedRun prepare(const converter::SpikingNetwork& network, const std::string& name) {
  sim::PreparedRun run;
  run.config.path = name + ".yaml";
  run.config.network = name + ".onnx";
  run.network = network;
  run.deployment = mapper::map_network(network, network.encode(), roomy_chip(), {});
  run.data = images(7, network.encoder.input);
  run.count = kImages;
  return run;
}

struct Place {
  std::size_t image;
  std::size_t layer;
  std::size_t neuron;
  std::int32_t potential;  ///< same in both networks, since the preceding layers are equal
};

/// Returns the first neuron in which the references of two networks with the same layers differ.
std::optional<Place> first_difference(const sim::PreparedRun& a, const sim::PreparedRun& b) {
  const converter::Reference first(a.network), second(b.network);
  const converter::Encoder encoder(a.network.encoder);
  std::vector<std::uint8_t> levels(static_cast<std::size_t>(encoder.outputs()));
  for (std::size_t image = 0; image < kImages; ++image) {
    encoder.encode(a.data.image(image, a.network.encoder.input).data(), levels.data());
    const auto left = first.run(levels.data(), converter::Reference::Potentials::kKeep);
    const auto right = second.run(levels.data());
    for (std::size_t l = 0; l < left.levels.size(); ++l) {
      for (std::size_t j = 0; j < left.levels[l].size(); ++j) {
        if (left.levels[l][j] != right.levels[l][j]) return {{image, l, j, left.potentials[l][j]}};
      }
    }
  }
  return std::nullopt;
}

TEST(Diff, NamesTheFirstNeuronThatDiffers) {
  int different = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    test::Random random(seed);
    const converter::SpikingNetwork network = test::random_network(random);
    converter::SpikingNetwork changed = network;
    const auto layer =
        std::find_if(changed.layers.begin(), changed.layers.end(),
                     [](const auto& each) { return each.kind != converter::LayerKind::kMaxPool; });
    if (layer == changed.layers.end()) continue;
    for (std::int32_t& threshold : layer->thresholds) {
      if (threshold != arch::kAlwaysFires && threshold != arch::kNeverFires) ++threshold;
    }
    const sim::PreparedRun run = prepare(network, "a");
    const sim::PreparedRun against = prepare(changed, "b");
    const RunComparison result = compare_runs(run, against, nullptr);
    const std::optional<Place> place = first_difference(run, against);
    ASSERT_EQ(result.difference.has_value(), place.has_value());
    if (!place) continue;
    ++different;
    EXPECT_THAT(*result.difference,
                StartsWith(fmt::format("image {}, layer {}, neuron {} (channel ", place->image,
                                       network.layers[place->layer].name, place->neuron)));
    // The first image is run alone, then one image enters per tick, see docs/running.md.
    const int tick =
        network.depth() + 1 + static_cast<int>(place->image) + network.depths()[place->layer];
    const auto lines = fmt::format(" in tick {}, chip0.core_", tick);
    const std::size_t ours = result.difference->find("\n  run:     ");
    const std::size_t theirs = result.difference->find("\n  against: ");
    ASSERT_NE(theirs, std::string::npos);
    for (const std::string& line :
         {result.difference->substr(ours, theirs - ours), result.difference->substr(theirs)}) {
      EXPECT_THAT(line, HasSubstr(lines));
      EXPECT_THAT(line, HasSubstr(fmt::format("potential {}, threshold ", place->potential)));
    }
  }
  EXPECT_GE(different, 3);
}

TEST(Diff, EqualRunsAreEqual) {
  test::Random random(1);
  const converter::SpikingNetwork network = test::random_network(random);
  const sim::PreparedRun run = prepare(network, "a");
  sim::PreparedRun against = prepare(network, "b");
  against.config.timing = hw::Timing::kFunctional;
  const RunComparison result = compare_runs(run, against, nullptr);
  EXPECT_EQ(result.difference, std::nullopt);
  auto neurons = static_cast<std::uint64_t>(network.encoder.output.size());
  for (const auto& layer : network.layers) {
    neurons += static_cast<std::uint64_t>(layer.output.size());
  }
  EXPECT_EQ(result.compared, neurons * kImages);
}

std::string refusal(const sim::PreparedRun& run, const sim::PreparedRun& against) {
  try {
    compare_runs(run, against, nullptr);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Diff, OtherLayersOrImagesAreRefused) {
  test::Random random(1);
  const converter::SpikingNetwork network = test::random_network(random);
  sim::PreparedRun run;
  run.config.path = "a.yaml";
  run.config.network = "a.onnx";
  run.config.data.set = "random";
  run.network = network;
  run.data = images(7, network.encoder.input);
  run.count = kImages;
  sim::PreparedRun other = run;
  other.config.path = "b.yaml";
  other.config.network = "b.onnx";
  other.count = 2;
  EXPECT_EQ(refusal(run, other),
            "cannot compare: a.yaml has images 0..3 of random, b.yaml has 0..1 of random");
  other.count = kImages;
  other.config.data.set = "else";
  EXPECT_EQ(refusal(run, other),
            "cannot compare: a.yaml has images 0..3 of random, b.yaml has 0..3 of else");
  other = run;
  other.config.network = "b.onnx";
  ++other.network.layers[0].output.width;
  EXPECT_THAT(refusal(run, other),
              StartsWith(fmt::format("cannot compare: layer 1 is {} (", network.layers[0].name)));
  other.network = network;
  other.network.layers.pop_back();
  EXPECT_EQ(refusal(run, other),
            fmt::format("cannot compare: a.onnx has {} on-chip layers, b.onnx has {}",
                        network.layers.size(), network.layers.size() - 1));
}

/// The first row and the others have thresholds of their own; those of the others are changed in
/// the reference.
TEST(Comparison, NamesTheThresholdOfTheNeuronsPlace) {
  test::NetworkBuilder builder("borders", {1, 3, 3}, 1, 1);
  builder.sum(1, {1}, {{converter::kEncoder, test::square_window(1)}});
  builder.classify(2, 1);
  converter::SpikingNetwork network = builder.build();
  converter::SpikingLayer& layer = network.layers.front();
  layer.rows.of = {0, 1, 1};
  layer.thresholds = {-5, -6};
  const sim::PreparedRun run = prepare(network, "a");
  layer.thresholds = {-5, 77};
  Comparison comparison(network, run.deployment);
  sim::Simulation simulation = run.simulation();
  simulation.observe = [&](const sim::Observation& seen) {
    comparison.observe(seen);
    if (comparison.first()) throw std::logic_error(comparison.first()->text);
  };
  try {
    sim::run_workers(simulation, 0, 1, 1, nullptr);
    FAIL() << "no difference";
  } catch (const std::runtime_error& difference) {
    EXPECT_THAT(difference.what(), HasSubstr("neuron 3 (channel 0, y 1, x 0)"));
    EXPECT_THAT(difference.what(), ::testing::ContainsRegex(
                                       "reference: 0 spikes of 1, potential [-01]+, threshold 77"));
  }
}

}  // namespace
}  // namespace spikeloom::explore

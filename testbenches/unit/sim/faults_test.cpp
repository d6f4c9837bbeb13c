// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/base/error.h"
#include "spikeloom/sim/inputs/input_faults.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

constexpr int kLevels = 4;
constexpr std::size_t kNeurons = 20000;

/// Returns routes with one packet for each input neuron.
arch::InputRoutes routes() {
  arch::InputRoutes routes;
  routes.levels = kLevels;
  routes.first.push_back(0);
  for (std::size_t j = 0; j < kNeurons; ++j) {
    routes.packets.push_back(arch::Packet::to_cores({0, 0, 0, 0}, 0, 0).bits());
    routes.first.push_back(static_cast<std::uint32_t>(j + 1));
  }
  return routes;
}

/// Returns level j % (kLevels + 1) for neuron j, so half of all levels fire.
std::vector<std::uint8_t> mixed_levels() {
  std::vector<std::uint8_t> levels(kNeurons);
  for (std::size_t j = 0; j < kNeurons; ++j) {
    levels[j] = static_cast<std::uint8_t>(j % (kLevels + 1));
  }
  return levels;
}

int sum(const std::vector<std::uint8_t>& levels) {
  return std::accumulate(levels.begin(), levels.end(), 0);
}

std::vector<InputSpike> spikes_after(const InputFaults& faults, std::size_t image = 3) {
  return input_spikes(mixed_levels(), kLevels, faults, image);
}

TEST(InputFaults, WithoutThemTheCodeIsAThermometers) {
  std::vector<std::uint64_t> packets;
  const arch::InputRoutes all = routes();
  for (const InputSpike& spike : spikes_after({})) {
    all.append(spike.neuron, spike.level, packets);
  }
  EXPECT_EQ(packets, routes().spikes(mixed_levels()));
}

TEST(InputFaults, DropAsOftenAsTheySayAndNothingElse) {
  const std::vector<InputSpike> spikes = spikes_after({0.1, 0.0, 0.0, 1});
  const int before = sum(mixed_levels());
  // With 40,000 spikes the dropped fraction has a standard deviation of 0.0015.
  EXPECT_NEAR(1.0 - static_cast<double>(spikes.size()) / before, 0.1, 0.0075);
  const std::vector<std::uint8_t> whole = mixed_levels();
  EXPECT_TRUE(std::all_of(spikes.begin(), spikes.end(), [&](const InputSpike& spike) {
    return spike.level < whole[spike.neuron];
  }));
}

TEST(InputFaults, InsertAsOftenAsTheySay) {
  const int before = sum(mixed_levels());
  const auto after = static_cast<double>(spikes_after({0.0, 0.2, 0.0, 1}).size());
  EXPECT_NEAR((after - before) / before, 0.2, 0.01);
}

TEST(InputFaults, ADroppedNeuronLosesAllItsSpikesAndNoOtherOne) {
  std::vector<int> left(kNeurons, 0);
  for (const InputSpike& spike : spikes_after({0.0, 0.0, 0.2, 1})) ++left[spike.neuron];
  const std::vector<std::uint8_t> whole = mixed_levels();
  std::size_t fired = 0;
  std::size_t silent = 0;
  for (std::size_t j = 0; j < kNeurons; ++j) {
    if (whole[j] == 0) continue;
    ++fired;
    if (left[j] == 0) ++silent;
    EXPECT_TRUE(left[j] == 0 || left[j] == whole[j]) << j;
  }
  // With 16,000 firing neurons the silenced fraction has a standard deviation of 0.0032.
  EXPECT_NEAR(static_cast<double>(silent) / static_cast<double>(fired), 0.2, 0.016);
}

TEST(InputFaults, AKindDoesNotMoveTheDrawsOfAnother) {
  std::vector<bool> some(kNeurons * kLevels, false);
  for (const InputSpike& spike : spikes_after({0.1, 0.1, 0.0, 1})) {
    some[spike.neuron * kLevels + spike.level] = true;
  }
  for (const InputSpike& spike : spikes_after({0.1, 0.1, 0.3, 1})) {
    EXPECT_TRUE(some[spike.neuron * kLevels + spike.level]);
  }
}

TEST(InputFaults, TheEndsAreExact) {
  EXPECT_TRUE(spikes_after({0.0, 1.0, 1.0, 1}).empty());
  EXPECT_TRUE(spikes_after({1.0, 0.0, 0.0, 1}).empty());
  EXPECT_EQ(spikes_after({0.0, 1.0, 0.0, 1}).size(), kNeurons * kLevels);
}

TEST(InputFaults, HangOnSeedAndImageAlone) {
  const auto spikes = [](std::uint64_t seed, std::size_t image) {
    return spikes_after({0.1, 0.1, 0.1, seed}, image);
  };
  EXPECT_EQ(spikes(1, 5), spikes(1, 5));
  EXPECT_FALSE(spikes(1, 5) == spikes(1, 6));
  EXPECT_FALSE(spikes(1, 5) == spikes(2, 5));
  EXPECT_FALSE(spikes(1, 5) == spikes(std::uint64_t{1} << 32 | 1, 5));
}

TEST(InputFaults, NotBeforeAPooling) {
  const converter::SpikingNetwork network =
      test::NetworkBuilder("pooled", {1, 4, 4}, 3, 1)
          .max_pool(converter::kEncoder, test::square_window(2, 2))
          .convolution(2, 2)
          .build();
  RunConfig config;
  config.path = "run.yaml";
  config.network = "pooled.snn";
  config.data.set = "mnist";
  config.faults.drop = 0.1;
  DataSet data;
  data.set_pixels(
      1, network.encoder.input,
      std::vector<std::uint8_t>(static_cast<std::size_t>(network.encoder.input.size())));
  data.labels = {0};
  try {
    check_run(config, network, data);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.what(), "run.yaml: faults: layer \"" + network.layers[0].name +
                                "\" of pooled.snn pools the input's spikes level by level; input "
                                "faults need a network whose first layers are sums");
  }
}

}  // namespace
}  // namespace spikeloom::sim

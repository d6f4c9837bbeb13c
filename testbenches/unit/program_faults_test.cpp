// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "common/packet.h"
#include "testbenches/spikeloom/input_faults.h"

namespace spikeloom::program {
namespace {

constexpr int kLevels = 4;
constexpr std::size_t kNeurons = 20000;

/// A packet for each input neuron.
common::InputRoutes routes() {
  common::InputRoutes routes;
  routes.levels = kLevels;
  routes.first.push_back(0);
  for (std::size_t j = 0; j < kNeurons; ++j) {
    routes.packets.push_back(common::Packet::to_cores({0, 0, 0, 0}, 0, 0).bits());
    routes.first.push_back(static_cast<std::uint32_t>(j + 1));
  }
  return routes;
}

/// Neuron j at level j % (kLevels + 1): half of all levels fire.
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

TEST(InputFaults, WithoutThemTheCodeIsAThermometers) {
  std::vector<std::uint8_t> levels = mixed_levels();
  EXPECT_EQ(input_packets(routes(), {}, 3, levels), routes().spikes(mixed_levels()));
  EXPECT_EQ(levels, mixed_levels());
}

TEST(InputFaults, DropAsOftenAsTheySayAndCountWhatIsLeft) {
  std::vector<std::uint8_t> levels = mixed_levels();
  const int before = sum(levels);
  const std::size_t packets = input_packets(routes(), {0.1, 0.0, 1}, 3, levels).size();
  EXPECT_EQ(packets, static_cast<std::size_t>(sum(levels)));
  // 40,000 spikes: the share lost has a standard deviation of 0.0015.
  EXPECT_NEAR(1.0 - static_cast<double>(packets) / before, 0.1, 0.0075);
  const std::vector<std::uint8_t> whole = mixed_levels();
  EXPECT_TRUE(std::equal(levels.begin(), levels.end(), whole.begin(),
                         [](std::uint8_t left, std::uint8_t was) { return left <= was; }));
}

TEST(InputFaults, InsertAsOftenAsTheySay) {
  std::vector<std::uint8_t> levels = mixed_levels();
  const int before = sum(levels);
  input_packets(routes(), {0.0, 0.2, 1}, 3, levels);
  EXPECT_NEAR(static_cast<double>(sum(levels) - before) / before, 0.2, 0.01);
}

TEST(InputFaults, TheEndsAreExact) {
  std::vector<std::uint8_t> levels = mixed_levels();
  EXPECT_TRUE(input_packets(routes(), {1.0, 0.0, 1}, 0, levels).empty());
  EXPECT_EQ(sum(levels), 0);
  levels = mixed_levels();
  input_packets(routes(), {0.0, 1.0, 1}, 0, levels);
  EXPECT_EQ(sum(levels), static_cast<int>(kNeurons) * kLevels);
}

TEST(InputFaults, HangOnSeedAndImageAlone) {
  const auto packets = [](std::uint64_t seed, std::size_t image) {
    std::vector<std::uint8_t> levels = mixed_levels();
    return input_packets(routes(), {0.1, 0.1, seed}, image, levels);
  };
  EXPECT_EQ(packets(1, 5), packets(1, 5));
  EXPECT_NE(packets(1, 5), packets(1, 6));
  EXPECT_NE(packets(1, 5), packets(2, 5));
  EXPECT_NE(packets(1, 5), packets(std::uint64_t{1} << 32 | 1, 5));
}

}  // namespace
}  // namespace spikeloom::program

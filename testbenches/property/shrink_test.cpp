// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/shrink.h"

#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace spikeloom::property {
namespace {

using test::Choices;
using test::Random;

/// Draws up to 50 numbers of 0..1000, each after a "yes".
std::vector<int> numbers(Random& random) {
  std::vector<int> result;
  while (result.size() < 50 && random.chance(90)) result.push_back(random.between(0, 1000));
  return result;
}

Choices shrunk(std::uint64_t seed, const std::function<bool(const std::vector<int>&)>& fails) {
  Choices made;
  Random random(seed, made);
  EXPECT_TRUE(fails(numbers(random))) << "seed " << seed;
  return shrink(
      made,
      [&](const Choices& choices) -> std::optional<Choices> {
        Choices again;
        Random replay(choices, again);
        if (!fails(numbers(replay))) return std::nullopt;
        return again;
      },
      [] { return false; });
}

TEST(Choices, GiveTheSameDrawsAgain) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Choices made;
    Random random(seed, made);
    const std::vector<int> drawn = numbers(random);
    Choices again;
    Random replay(made, again);
    EXPECT_EQ(numbers(replay), drawn);
    EXPECT_EQ(again, made);
    Random unrecorded(seed);
    EXPECT_EQ(numbers(unrecorded), drawn);
  }
}

TEST(Choices, AreTheSimplestAfterTheirEnd) {
  Choices made;
  Random random(Choices{7, 99}, made);
  EXPECT_EQ(random.between(-3, 10), 4);
  EXPECT_EQ(random.between(-3, 10), 10);  // the highest possible one
  EXPECT_EQ(random.between(-3, 10), -3);
  EXPECT_FALSE(random.chance(100));
  EXPECT_EQ(random.bits(), 0U);
  EXPECT_EQ(made, (Choices{7, 13, 0, 0, 0}));
}

TEST(Choices, NothingPossibleIsChosen) {
  Choices made;
  Random random(Choices{1, 1}, made);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
  EXPECT_EQ(made, (Choices{0, 1}));
}

TEST(Shrink, LeavesOneNumberAtTheLimit) {
  const auto fails = [](const std::vector<int>& all) {
    for (const int number : all) {
      if (number >= 618) return true;
    }
    return false;
  };
  EXPECT_EQ(shrunk(3, fails), (Choices{1, 618, 0}));
}

TEST(Shrink, LeavesTheFewestNumbers) {
  const auto fails = [](const std::vector<int>& all) {
    return std::accumulate(all.begin(), all.end(), 0) >= 2001;
  };
  // Three numbers, the first as low as the others allow.
  EXPECT_EQ(shrunk(3, fails), (Choices{1, 1, 1, 1000, 1, 1000, 0}));
}

TEST(Shrink, KeepsTheOrderThatMatters) {
  const auto fails = [](const std::vector<int>& all) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i] < all[i - 1]) return true;
    }
    return false;
  };
  EXPECT_EQ(shrunk(3, fails), (Choices{1, 1, 1, 0, 0}));
}

TEST(Shrink, EndsWhenItIsStopped) {
  Choices made;
  Random random(3, made);
  numbers(random);
  int tries = 0;
  const Choices result = shrink(
      made,
      [&](const Choices& choices) -> std::optional<Choices> {
        ++tries;
        return choices;
      },
      [&] { return tries >= 1; });
  EXPECT_EQ(tries, 1);
  EXPECT_TRUE(simpler(result, made));
}

}  // namespace
}  // namespace spikeloom::property

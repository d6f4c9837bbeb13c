// SPDX-License-Identifier: Apache-2.0
// Tests the arithmetic on many images at once against integers, one lane after the other.
#include "spikeloom/hw/functional/lanes.h"

#include <gtest/gtest.h>

#include "spikeloom/hw/functional/lane_count.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::hw {
namespace {

bool lane(const Lanes& lanes, std::size_t i) { return (lanes.words[i / 64] >> i % 64 & 1) != 0; }

std::vector<Lanes> random_masks(test::Random& random, std::size_t count) {
  std::vector<Lanes> masks(count);
  for (Lanes& mask : masks) {
    for (std::uint64_t& word : mask.words) word = random.bits();
  }
  return masks;
}

LaneRows random_rows(test::Random& random, int masks, int set, int clear) {
  LaneRows rows;
  for (int i = 0; i < set; ++i) {
    rows.set.push_back(static_cast<std::uint32_t>(random.between(0, masks - 1)));
  }
  for (int i = 0; i < clear; ++i) {
    rows.clear.push_back(static_cast<std::uint32_t>(random.between(0, masks - 1)));
  }
  return rows;
}

std::int64_t counted(const std::vector<Lanes>& masks, const LaneRows& rows, std::size_t i) {
  std::int64_t count = 0;
  for (const std::uint32_t row : rows.set) count += lane(masks[row], i) ? 1 : 0;
  for (const std::uint32_t row : rows.clear) count += lane(masks[row], i) ? 0 : 1;
  return count;
}

TEST(Lanes, First) {
  for (const std::size_t count : {0, 1, 63, 64, 65, 511, 512}) {
    const Lanes lanes = Lanes::first(count);
    EXPECT_EQ(lanes.count(), count);
    EXPECT_EQ(lanes.any(), count != 0);
    for (std::size_t i = 0; i < kLanes; ++i) EXPECT_EQ(lane(lanes, i), i < count);
  }
}

TEST(LaneCount, EachInstructionSetCountsAllRows) {
  test::Random random(1);
  const std::vector<Lanes> masks = random_masks(random, 100);
  for (const LaneCount& version : lane_counts()) {
    SCOPED_TRACE(version.instruction_set);
    for (const int set : {0, 1, 7, 8, 15, 16, 17, 40, 300}) {
      for (const int clear : {0, 1, 16, 33}) {
        const LaneRows rows = random_rows(random, 100, set, clear);
        // One bit more than the count needs.
        constexpr int kBits = 10;
        std::vector<Lanes> slices(kBits);
        version.function(masks.data(), rows, kBits, slices.data());
        for (std::size_t i = 0; i < kLanes; ++i) {
          std::int64_t count = 0;
          for (int s = 0; s < kBits; ++s) {
            count += static_cast<std::int64_t>(lane(slices[static_cast<std::size_t>(s)], i)) << s;
          }
          ASSERT_EQ(count, counted(masks, rows, i)) << set << " set, " << clear << " clear, " << i;
        }
      }
    }
  }
}

TEST(LaneNumbers, AddsShiftedCountsAndComparesThem) {
  test::Random random(2);
  const std::vector<Lanes> masks = random_masks(random, 50);
  for (int repeat = 0; repeat < 50; ++repeat) {
    LaneNumbers numbers;
    std::vector<std::int64_t> expected(kLanes);
    for (int term = random.between(0, 4); term > 0; --term) {
      const LaneRows rows = random_rows(random, 50, random.between(0, 20), random.between(0, 20));
      const int shift = random.between(0, 7);
      numbers.add(masks.data(), rows, shift);
      for (std::size_t i = 0; i < kLanes; ++i) expected[i] += counted(masks, rows, i) << shift;
    }
    std::array<std::uint64_t, kLanes> sums{};
    numbers.add_to(sums);
    for (std::size_t i = 0; i < kLanes; ++i) {
      ASSERT_EQ(static_cast<std::int64_t>(sums[i]), expected[i]);
    }
    const std::int64_t some = expected[static_cast<std::size_t>(random.between(0, 511))];
    for (const std::int64_t least : {std::int64_t{INT32_MIN}, std::int64_t{-1}, std::int64_t{0},
                                     std::int64_t{1}, some, some + 1, std::int64_t{INT32_MAX}}) {
      const Lanes reached = numbers.reach(least);
      for (std::size_t i = 0; i < kLanes; ++i) {
        ASSERT_EQ(lane(reached, i), expected[i] >= least) << least;
      }
    }
  }
}

TEST(LaneSum, SumsWeights) {
  test::Random random(3);
  const std::vector<Lanes> masks = random_masks(random, 300);
  LaneSum sum;
  for (int repeat = 0; repeat < 2; ++repeat) {
    std::vector<std::uint64_t> expected(kLanes);
    const auto add = [&](std::size_t mask, std::uint64_t weight) {
      for (std::size_t i = 0; i < kLanes; ++i) expected[i] += lane(masks[mask], i) ? weight : 0;
    };
    for (std::size_t m = 0; m < masks.size(); ++m) {
      const auto weight = static_cast<std::uint32_t>(random.between(0, 100000));
      sum.add(masks[m], weight);
      add(m, weight);
    }
    std::vector<std::uint32_t> rows;
    std::vector<std::uint16_t> weights;
    for (int i = 0; i < 77; ++i) {
      rows.push_back(static_cast<std::uint32_t>(random.between(0, 299)));
      weights.push_back(static_cast<std::uint16_t>(random.between(0, 65535)));
      add(rows.back(), weights.back());
      add(rows.back(), 1152);
    }
    sum.add(masks.data(), rows.data(), weights.data(), rows.size());
    sum.add(masks.data(), rows.data(), rows.size(), 1152);
    const auto sums = sum.take();
    for (std::size_t i = 0; i < kLanes; ++i) ASSERT_EQ(sums[i], expected[i]);
  }
}

TEST(Transpose, ExchangesRowsAndColumns) {
  test::Random random(4);
  std::array<std::uint64_t, 64> square;
  for (std::uint64_t& row : square) row = random.bits();
  const std::array<std::uint64_t, 64> before = square;
  transpose(square);
  for (std::size_t i = 0; i < 64; ++i) {
    for (std::size_t j = 0; j < 64; ++j) {
      ASSERT_EQ(square[j] >> i & 1, before[i] >> j & 1) << i << ", " << j;
    }
  }
}

}  // namespace
}  // namespace spikeloom::hw

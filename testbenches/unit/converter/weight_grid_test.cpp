// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/weight_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "testbenches/unit/support/random.h"

namespace spikeloom::converter {
namespace {

using Codes = std::vector<std::int16_t>;
using Planes = std::vector<std::vector<std::int8_t>>;

GraphWeights values(std::vector<float> numbers) {
  GraphWeights weights;
  weights.values = std::move(numbers);
  return weights;
}

std::optional<WeightGrid> grid_of(const GraphWeights& weights, std::size_t channels = 1) {
  WeightConflict conflict{};
  return find_grid(weights, channels, conflict);
}

/// Divides by the greatest common divisor.
Codes reduced(const std::vector<int>& codes) {
  int divisor = 0;
  for (const int code : codes) divisor = std::gcd(divisor, code);
  Codes result;
  for (const int code : codes) {
    result.push_back(static_cast<std::int16_t>(divisor == 0 ? 0 : code / divisor));
  }
  return result;
}

std::vector<int> random_codes(test::Random& random, int count, int maximum) {
  std::vector<int> codes;
  for (int i = 0; i < count; ++i) codes.push_back(random.between(-maximum, maximum));
  return codes;
}

/// Whether some float32 scale gives all of `weights` as rounded products with codes up to kMaxCode,
/// by trying every code of the largest magnitude.
bool has_rounded_scale(const std::vector<float>& weights) {
  float largest = 0;
  for (const float w : weights) largest = std::max(largest, std::abs(w));
  for (int top = 1; top <= kMaxCode; ++top) {
    float scale = largest / static_cast<float>(top);
    for (int i = 0; i < 3; ++i) scale = std::nextafter(scale, 0.0F);
    for (int i = -3; i <= 3; ++i, scale = std::nextafter(scale, largest * 2)) {
      const bool all = std::all_of(weights.begin(), weights.end(), [scale](float w) {
        const auto near = static_cast<int>(std::lround(static_cast<double>(w) / scale));
        return std::abs(near) <= kMaxCode && static_cast<float>(near) * scale == w;
      });
      if (all) return true;
    }
  }
  return false;
}

/// Checks that all values are code * scale but for some roundings to float32, and the codes without
/// a common divisor.
void check_grid(const WeightGrid& grid, const std::vector<float>& numbers) {
  ASSERT_EQ(grid.codes.size(), numbers.size());
  EXPECT_EQ(grid.codes, reduced({grid.codes.begin(), grid.codes.end()}));
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    const Rational product = grid.scales[0] * Rational(grid.codes[n]);
    const Rational value = Rational::from_double(static_cast<double>(numbers[n]));
    if (!grid.rounded) {
      EXPECT_EQ(product, value);
      continue;
    }
    const double ratio = value.sign() == 0 ? 1 : (product / value).to_double();
    EXPECT_NEAR(ratio, 1, std::ldexp(1.0, -21)) << numbers[n];
  }
}

int magnitudes(const std::vector<int>& codes) {
  std::set<int> distinct;
  for (const int code : codes) distinct.insert(std::abs(code));
  distinct.erase(0);
  return static_cast<int>(distinct.size());
}

TEST(WeightGrid, ExactScales) {
  test::Random random(1);
  for (int i = 0; i < 2000; ++i) {
    // Products of at most 24 bits: each value is exactly code * scale.
    const float scale =
        static_cast<float>(random.between(1, 4095)) * std::ldexp(1.0F, random.between(-40, 10));
    const std::vector<int> codes =
        random_codes(random, random.between(1, 12), random.chance(50) ? 255 : 7);
    std::vector<float> numbers;
    for (const int code : codes) numbers.push_back(static_cast<float>(code) * scale);
    const auto grid = grid_of(values(numbers));
    ASSERT_TRUE(grid);
    EXPECT_FALSE(grid->rounded);
    EXPECT_EQ(grid->codes, reduced(codes));
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      EXPECT_EQ(grid->scales[0] * Rational(grid->codes[n]), Rational::from_double(numbers[n]));
    }
  }
}

float odd_scale(test::Random& random) {
  return std::ldexp(static_cast<float>((1 << 23) + 2 * random.between(0, (1 << 22) - 1) + 1),
                    random.between(-45, -10));
}

// The product of a code and an odd scale of 24 bits is rounded.
TEST(WeightGrid, ScalesThatHoldAfterRounding) {
  test::Random random(2);
  int rounded = 0;
  for (int i = 0; i < 1000; ++i) {
    SCOPED_TRACE(i);
    const float scale = odd_scale(random);
    const int maximum = random.chance(50) ? 127 : random.chance(50) ? 255 : 7;
    const std::vector<int> codes = random_codes(random, random.between(2, 30), maximum);
    std::vector<float> numbers;
    for (const int code : codes) numbers.push_back(static_cast<float>(code) * scale);
    const auto grid = grid_of(values(numbers));
    ASSERT_TRUE(grid);
    check_grid(*grid, numbers);
    // Of few magnitudes, smaller codes may round to the same numbers.
    if (magnitudes(codes) > 4) {
      EXPECT_EQ(grid->codes, reduced(codes));
    }
    rounded += grid->rounded ? 1 : 0;
  }
  EXPECT_GT(rounded, 700);
}

// Tools that fold normalizations into weights round more than once.
TEST(WeightGrid, ScalesThatHoldAfterSeveralRoundings) {
  test::Random random(6);
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const float scale = odd_scale(random);
    const float factor = random.real(0.5F, 2);
    const std::vector<int> codes = random_codes(random, 30, random.chance(50) ? 127 : 7);
    std::vector<float> numbers;
    for (const int code : codes) numbers.push_back(static_cast<float>(code) * scale * factor);
    const auto grid = grid_of(values(numbers));
    ASSERT_TRUE(grid);
    check_grid(*grid, numbers);
    EXPECT_EQ(grid->codes, reduced(codes));
  }
}

// Real numbers have no scale, except by chance.
TEST(WeightGrid, OfRealNumbersThereIsNone) {
  test::Random random(3);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    const std::vector<float> numbers = random.reals(random.between(3, 5), -1.0F, 1.0F);
    const auto grid = grid_of(values(numbers));
    if (grid) {
      check_grid(*grid, numbers);
    } else {
      EXPECT_FALSE(has_rounded_scale(numbers));
    }
    refused += grid ? 0 : 1;
  }
  EXPECT_GT(refused, 290);
}

TEST(WeightGrid, EachChannelHasItsOwnScale) {
  const auto grid = grid_of(values({0.5F, -0.5F, 0, 0.75F, 0.25F, 0, 0, 0, 0, 3, -255, 0}), 4);
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->codes, (Codes{1, -1, 0, 3, 1, 0, 0, 0, 0, 1, -85, 0}));
  EXPECT_EQ(grid->scales[0], Rational(1) / Rational(2));
  EXPECT_EQ(grid->scales[1], Rational(1) / Rational(4));
  EXPECT_EQ(grid->scales[2], Rational(0));
  EXPECT_EQ(grid->scales[3], Rational(3));
  EXPECT_FALSE(grid->rounded);
}

TEST(WeightGrid, CodesUpTo255) {
  for (const float scale : {1.0F, 0.375F, 0.1F, std::ldexp(1.0F, -140)}) {
    std::vector<float> numbers;
    Codes codes;
    for (int code = -kMaxCode; code <= kMaxCode; ++code) {
      numbers.push_back(static_cast<float>(code) * scale);
      codes.push_back(static_cast<std::int16_t>(code));
    }
    const auto grid = grid_of(values(numbers));
    ASSERT_TRUE(grid) << scale;
    EXPECT_EQ(grid->codes, codes);
    numbers.push_back(256 * scale);  // together with the code 1
    EXPECT_FALSE(grid_of(values(numbers))) << scale;
  }
}

TEST(WeightGrid, ConflictsNameTheSmallestAndTheLargest) {
  struct Case {
    std::vector<float> numbers;
    std::size_t channel;
    float first;
    float second;
  };
  std::vector<float> many(512, 0.0F);
  for (std::size_t i = 0; i < 256; ++i) many[256 + i] = 1.0F + 0.001F * static_cast<float>(i);
  const std::vector<Case> cases = {
      {{1, 0, -256, 4, 8, 0}, 0, 1, -256},
      {{1, 1, 1, 3, -768, 900}, 1, 3, 900},
      {{1, -1, 0, 0.0F, 1.0F, std::sqrt(2.0F)}, 1, 1, std::sqrt(2.0F)},
      {many, 1, 1, 1.255F},
  };
  for (const Case& c : cases) {
    WeightConflict conflict{};
    ASSERT_FALSE(find_grid(values(c.numbers), 2, conflict));
    EXPECT_EQ(conflict.channel, c.channel);
    EXPECT_EQ(conflict.first, c.first);
    EXPECT_EQ(conflict.second, c.second);
  }
}

TEST(WeightGrid, CodesOfTheFile) {
  GraphWeights weights;
  weights.codes = {1000, -3000, 0, 6, 4, -2, 0, 0, 0, 255, -1, 0};
  weights.scales = {0.1F, 0.25, 7, 0.3F};
  weights.values.assign(12, 9.0F);  // are not read
  const auto grid = grid_of(weights, 4);
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->codes, (Codes{1, -3, 0, 3, 2, -1, 0, 0, 0, 255, -1, 0}));
  EXPECT_EQ(grid->scales[0], Rational::from_double(0.1F) * Rational(1000));
  EXPECT_EQ(grid->scales[1], Rational(1) / Rational(2));
  EXPECT_EQ(grid->scales[2], Rational(0));
  EXPECT_EQ(grid->scales[3], Rational::from_double(0.3F));
  EXPECT_FALSE(grid->rounded);

  weights.codes = {3, 0, 0, 1, 256, 0, 0, 0, 0, 0, 0, 0};
  weights.values = {3, 0, 0, 0.25F, 64, 0, 0, 0, 0, 0, 0, 0};
  WeightConflict conflict{};
  EXPECT_FALSE(find_grid(weights, 4, conflict));
  EXPECT_EQ(conflict.channel, 1U);
  EXPECT_EQ(conflict.first, 0.25F);
  EXPECT_EQ(conflict.second, 64.0F);
}

/// Checks that the planes add up to the codes, and are as split_planes describes them.
void check_planes(const Codes& codes, const std::vector<WeightPlane>& planes) {
  ASSERT_FALSE(planes.empty());
  std::vector<int> sums(codes.size());
  int last = -1;
  for (const WeightPlane& plane : planes) {
    EXPECT_GT(plane.shift, last);
    last = plane.shift;
    ASSERT_EQ(plane.weights.size(), codes.size());
    bool any = false;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      ASSERT_LE(std::abs(plane.weights[i]), 1);
      any = any || plane.weights[i] != 0;
      sums[i] += plane.weights[i] * (1 << plane.shift);
    }
    EXPECT_TRUE(any || planes.size() == 1);
  }
  EXPECT_EQ(sums, std::vector<int>(codes.begin(), codes.end()));
}

/// Returns for each bit set, as a mask, the fewest nonzero weights with which its planes add up to
/// the codes; nothing if they do not.
std::optional<int> fewest_weights(const Codes& codes, unsigned mask) {
  std::vector<int> bits;
  for (int bit = 0; bit < 9; ++bit) {
    if ((mask >> bit & 1U) != 0) bits.push_back(bit);
  }
  int combinations = 1;
  for (std::size_t i = 0; i < bits.size(); ++i) combinations *= 3;
  int total = 0;
  for (const int code : codes) {
    int fewest = std::numeric_limits<int>::max();
    for (int combination = 0; combination < combinations; ++combination) {
      int sum = 0;
      int count = 0;
      int rest = combination;
      for (const int bit : bits) {
        const int digit = rest % 3 - 1;
        rest /= 3;
        sum += digit * (1 << bit);
        count += digit != 0 ? 1 : 0;
      }
      if (sum == code) fewest = std::min(fewest, count);
    }
    if (fewest == std::numeric_limits<int>::max()) return std::nullopt;
    total += fewest;
  }
  return total;
}

int set_bits(unsigned mask) {
  int count = 0;
  for (; mask != 0; mask >>= 1U) count += static_cast<int>(mask & 1U);
  return count;
}

TEST(WeightPlanes, AreAsFewAsPossible) {
  test::Random random(4);
  std::set<int> counts;
  for (int i = 0; i < 120; ++i) {
    const int maximum = random.chance(30) ? 255 : random.between(2, 40);
    Codes codes;
    const int count = random.between(1, 6);
    for (int n = 0; n < count; ++n) {
      codes.push_back(static_cast<std::int16_t>(random.between(-maximum, maximum)));
    }
    if (std::all_of(codes.begin(), codes.end(), [](int code) { return std::abs(code) < 2; })) {
      continue;
    }
    // By trying all sets of bits: few planes come first, then few weights, then low shifts.
    unsigned best = 0;
    int best_weights = 0;
    for (unsigned mask = 1; mask < 512; ++mask) {
      if (best != 0 && set_bits(mask) > set_bits(best)) continue;
      const std::optional<int> weights = fewest_weights(codes, mask);
      if (!weights) continue;
      if (best == 0 || set_bits(mask) < set_bits(best) || *weights < best_weights) {
        best = mask;
        best_weights = *weights;
      }
    }
    const std::vector<WeightPlane> planes = split_planes(codes);
    check_planes(codes, planes);
    unsigned mask = 0;
    int weights = 0;
    for (const WeightPlane& plane : planes) {
      mask |= 1U << static_cast<unsigned>(plane.shift);
      weights += static_cast<int>(std::count_if(plane.weights.begin(), plane.weights.end(),
                                                [](int weight) { return weight != 0; }));
    }
    EXPECT_EQ(mask, best);
    EXPECT_EQ(weights, best_weights);
    counts.insert(set_bits(mask));
  }
  EXPECT_GE(counts.size(), 4U);
}

TEST(WeightPlanes, AddUpToAnyCodes) {
  test::Random random(5);
  Codes all;
  for (int code = -kMaxCode; code <= kMaxCode; ++code) {
    all.push_back(static_cast<std::int16_t>(code));
    const Codes one = {static_cast<std::int16_t>(code)};
    check_planes(one, split_planes(one));
  }
  check_planes(all, split_planes(all));
  // 1..255 need a bit for each doubling: sums of n bits of a sign reach 3^n numbers at most.
  EXPECT_EQ(split_planes(all).size(), 8U);
  for (int i = 0; i < 100; ++i) {
    const std::vector<int> codes = random_codes(random, 20, random.between(1, 255));
    check_planes({codes.begin(), codes.end()}, split_planes({codes.begin(), codes.end()}));
  }
}

TEST(WeightPlanes, ByHand) {
  struct Case {
    Codes codes;
    std::vector<int> shifts;
    Planes planes;
  };
  const std::vector<Case> cases = {
      {{0, 0}, {0}, {{0, 0}}},
      {{1, 0, -1}, {0}, {{1, 0, -1}}},
      {{2, 0, -2}, {1}, {{1, 0, -1}}},
      {{-3, -2, -1, 0, 1, 2, 3}, {0, 1}, {{-1, 0, -1, 0, 1, 0, 1}, {-1, -1, 0, 0, 0, 1, 1}}},
      {{5, 4, 3, 1}, {0, 2}, {{1, 0, -1, 1}, {1, 1, 1, 0}}},
      {{7, -7, 8}, {0, 3}, {{-1, 1, 0}, {1, -1, 1}}},
      {{255}, {0, 8}, {{-1}, {1}}},
  };
  for (const Case& c : cases) {
    const std::vector<WeightPlane> planes = split_planes(c.codes);
    std::vector<int> shifts;
    Planes weights;
    for (const WeightPlane& plane : planes) {
      shifts.push_back(plane.shift);
      weights.push_back(plane.weights);
    }
    EXPECT_EQ(shifts, c.shifts);
    EXPECT_EQ(weights, c.planes);
  }
}

}  // namespace
}  // namespace spikeloom::converter

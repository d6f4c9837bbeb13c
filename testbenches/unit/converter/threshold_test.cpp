// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/threshold.h"

#include <cmath>
#include <random>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include "spikeloom/arch/core_tables.h"

namespace spikeloom::converter {
namespace {

using Rounding = Quantizer::Rounding;
using Big = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<500>>;

/// The parameters of a channel as stored in a network.
struct Channel {
  float scale, bias, gamma, beta, mean, variance, epsilon;
  int k_in;
};

ChannelFunction function_of(const Channel& c) {
  ChannelFunction f;
  f.slope = Rational::from_double(c.gamma) * Rational::from_double(c.scale) *
            Rational::power_of_two(-c.k_in);
  f.offset = Rational::from_double(c.gamma) *
             (Rational::from_double(c.bias) - Rational::from_double(c.mean));
  f.variance = Rational::from_double(c.variance) + Rational::from_double(c.epsilon);
  f.shift = Rational::from_double(c.beta);
  return f;
}

/// Returns the sign of y(m) - T, computed with 500 decimal digits (1,660 bits), of which rounding
/// affects the last few. Parameters are floats, so any nonzero difference is far larger than
/// 2^-1100.
int sign_of_distance(const Channel& c, int m, const Quantizer& q, int level) {
  const Big z = Big(c.scale) * m / Big(std::ldexp(1.0, c.k_in)) + Big(c.bias) - Big(c.mean);
  const Big y = Big(c.gamma) * z / sqrt(Big(c.variance) + Big(c.epsilon)) + Big(c.beta);
  const Big target = (Big(level) + Big(0.5)) / Big(std::ldexp(1.0, q.k));
  const Big distance = y - target;
  if (abs(distance) < ldexp(Big(1), -1100)) return 0;
  return distance > 0 ? 1 : -1;
}

bool fires(const Channel& c, int m, const Quantizer& q, int level) {
  const int sign = sign_of_distance(c, m, q, level);
  const bool tie_fires = q.rounding == Rounding::kHalfUp || level % 2 == 1;
  return sign > 0 || (sign == 0 && tie_fires);
}

/// Checks each threshold on both sides, and saturated thresholds at the limits of the potential.
void check(const Channel& c, const Quantizer& q, int maximum) {
  const ChannelThresholds found = find_thresholds(function_of(c), q, maximum);
  ASSERT_EQ(found.values.size(), static_cast<std::size_t>(q.levels));
  EXPECT_EQ(found.flipped, static_cast<double>(c.gamma) * static_cast<double>(c.scale) < 0);
  for (int level = 0; level < q.levels; ++level) {
    const std::int32_t threshold = found.values[static_cast<std::size_t>(level)];
    const auto fires_at = [&](int m) { return fires(c, found.flipped ? -m : m, q, level); };
    if (level > 0) {
      EXPECT_LE(found.values[static_cast<std::size_t>(level - 1)], threshold);
    }
    if (threshold == arch::kAlwaysFires) {
      EXPECT_TRUE(fires_at(-maximum));
    } else if (threshold == arch::kNeverFires) {
      EXPECT_FALSE(fires_at(maximum));
    } else {
      ASSERT_LE(std::abs(threshold), maximum);
      EXPECT_TRUE(fires_at(threshold)) << "level " << level << " m " << threshold;
      EXPECT_FALSE(fires_at(threshold - 1)) << "level " << level << " m " << threshold;
    }
  }
}

class Parameters {
 public:
  explicit Parameters(unsigned seed) : generator_(seed) {}

  float real(float minimum, float maximum) {
    return std::uniform_real_distribution<float>(minimum, maximum)(generator_);
  }
  int integer(int minimum, int maximum) {
    return std::uniform_int_distribution<int>(minimum, maximum)(generator_);
  }
  Rounding rounding() { return integer(0, 1) == 0 ? Rounding::kHalfUp : Rounding::kHalfEven; }
  Quantizer quantizer() {
    Quantizer q;
    q.k = integer(0, 3);
    q.levels = integer(1, 8);
    q.rounding = rounding();
    return q;
  }

 private:
  std::mt19937 generator_;
};

TEST(Rational, IsExactlyTheFloat) {
  EXPECT_EQ(Rational::from_double(0.0), Rational(0));
  EXPECT_EQ(Rational::from_double(-0.75), Rational(-3, 4));
  EXPECT_EQ(Rational::from_double(0.1F), Rational(13421773, 134217728));
  EXPECT_EQ(Rational::from_double(std::ldexp(1.0, -149)), Rational::power_of_two(-149));
  EXPECT_EQ(Rational::from_double(std::ldexp(1.0, 127)), Rational::power_of_two(127));
}

TEST(Thresholds, RandomChannelsFireOnTheRightSide) {
  Parameters random(1);
  for (int i = 0; i < 3000; ++i) {
    const Channel c = {random.real(0.001F, 1.0F), random.real(-1.0F, 1.0F),
                       random.real(-2.0F, 2.0F),  random.real(-2.0F, 2.0F),
                       random.real(-5.0F, 5.0F),  random.real(0.0F, 10.0F),
                       random.real(1e-7F, 1e-2F), random.integer(0, 3)};
    check(c, random.quantizer(), 2000);
  }
}

// variance + epsilon is a square and all other numbers are short binary fractions, so the bounds X
// are often integers. This covers ties and the choice between > and >=.
TEST(Thresholds, WholeBoundsAreExact) {
  Parameters random(2);
  int ties = 0;
  for (int i = 0; i < 4000; ++i) {
    const int root = random.integer(1, 4);
    const auto quarter = [&] { return static_cast<float>(random.integer(-8, 8)) / 4; };
    const float gamma = std::ldexp(random.integer(0, 1) == 0 ? -1.0F : 1.0F, random.integer(-2, 2));
    const Channel c = {std::ldexp(1.0F, random.integer(-2, 1)),
                       quarter(),
                       gamma,
                       quarter(),
                       quarter(),
                       static_cast<float>(root * root) - 0.25F,
                       0.25F,
                       random.integer(0, 2)};
    const Quantizer q = random.quantizer();
    check(c, q, 500);
    const ChannelThresholds found = find_thresholds(function_of(c), q, 500);
    for (int level = 0; level < q.levels; ++level) {
      const std::int32_t t = found.values[static_cast<std::size_t>(level)];
      if (std::abs(t) > 500) continue;
      const int sign = found.flipped ? -1 : 1;
      ties += sign_of_distance(c, sign * t, q, level) == 0 ||
                      sign_of_distance(c, sign * (t - 1), q, level) == 0
                  ? 1
                  : 0;
    }
  }
  EXPECT_GT(ties, 2000);
}

// X is irrational but within 1e-7 of an integer, so the precision of doubles is not sufficient.
TEST(Thresholds, BoundsNextToWholeNumbersAreExact) {
  Parameters random(3);
  for (int i = 0; i < 1500; ++i) {
    const float nudge = std::ldexp(1.0F, -random.integer(18, 40));
    const Channel c = {1.0F,
                       0.0F,
                       random.integer(0, 1) == 0 ? 1.0F : -1.0F,
                       0.5F,
                       static_cast<float>(random.integer(-20, 20)),
                       1.0F,
                       nudge,
                       0};
    check(c, random.quantizer(), 500);
  }
}

TEST(Thresholds, ExtremeFloats) {
  const float tiny = std::ldexp(1.0F, -149);
  const float huge = std::ldexp(1.0F, 127);
  Quantizer q;
  q.levels = 3;
  for (const float gamma : {tiny, -tiny, huge, -huge}) {
    for (const float scale : {tiny, huge}) {
      for (const float variance : {tiny, huge}) {
        check({scale, 0.0F, gamma, 0.25F, 0.0F, variance, 0.0F, 0}, q, 100000);
      }
    }
  }
}

TEST(Thresholds, ByHand) {
  // y = m / 2, k = 1: level i fires if m >= i + 1/2, so from m = i + 1 on.
  ChannelFunction f;
  f.slope = Rational(1, 2);
  EXPECT_EQ(find_thresholds(f, {1, 4, Rounding::kHalfUp}, 100).values,
            (std::vector<std::int32_t>{1, 2, 3, 4}));
  // y = m / 2, k = 0: odd m are ties, which half-to-even rounds up only to even numbers.
  EXPECT_EQ(find_thresholds(f, {0, 4, Rounding::kHalfUp}, 100).values,
            (std::vector<std::int32_t>{1, 3, 5, 7}));
  EXPECT_EQ(find_thresholds(f, {0, 4, Rounding::kHalfEven}, 100).values,
            (std::vector<std::int32_t>{2, 3, 6, 7}));
}

TEST(Thresholds, FallingChannelsAreFlipped) {
  // y = 4 - m / 2 >= i + 1/2 iff m <= 7 - 2 i, so -m >= 2 i - 7.
  ChannelFunction f;
  f.slope = Rational(-1, 2);
  f.shift = 4;
  const ChannelThresholds up = find_thresholds(f, {0, 4, Rounding::kHalfUp}, 100);
  EXPECT_TRUE(up.flipped);
  EXPECT_EQ(up.values, (std::vector<std::int32_t>{-7, -5, -3, -1}));
  const ChannelThresholds even = find_thresholds(f, {0, 4, Rounding::kHalfEven}, 100);
  EXPECT_EQ(even.values, (std::vector<std::int32_t>{-6, -5, -2, -1}));
}

TEST(Thresholds, ConstantChannels) {
  ChannelFunction f;
  f.slope = 0;
  f.shift = Rational(5, 2);
  using arch::kAlwaysFires;
  using arch::kNeverFires;
  const std::vector<std::int32_t> three = {kAlwaysFires, kAlwaysFires, kAlwaysFires, kNeverFires};
  const std::vector<std::int32_t> two = {kAlwaysFires, kAlwaysFires, kNeverFires, kNeverFires};
  EXPECT_EQ(find_thresholds(f, {0, 4, Rounding::kHalfUp}, 100).values, three);
  EXPECT_EQ(find_thresholds(f, {0, 4, Rounding::kHalfEven}, 100).values, two);
  // The same value with an offset: 3/2 / sqrt(4) + 7/4.
  f.offset = Rational(3, 2);
  f.variance = 4;
  f.shift = Rational(7, 4);
  EXPECT_EQ(find_thresholds(f, {0, 4, Rounding::kHalfUp}, 100).values, three);
}

TEST(Thresholds, SaturateAtTheMostPotential) {
  ChannelFunction f;
  f.shift = Rational(-19, 2);  // fires from m = 10 + i on
  EXPECT_EQ(find_thresholds(f, {0, 3, Rounding::kHalfUp}, 11).values,
            (std::vector<std::int32_t>{10, 11, arch::kNeverFires}));
  f.shift = Rational(23, 2);  // fires from m = i - 11 on
  EXPECT_EQ(find_thresholds(f, {0, 3, Rounding::kHalfUp}, 11).values,
            (std::vector<std::int32_t>{arch::kAlwaysFires, -10, -9}));
}

}  // namespace
}  // namespace spikeloom::converter

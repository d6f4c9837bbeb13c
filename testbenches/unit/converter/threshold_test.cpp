// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/threshold.h"

#include <cmath>
#include <limits>
#include <random>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gtest/gtest.h>

#include "spikeloom/arch/core_tables.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;
using Levels = std::vector<LevelThreshold>;
using Thresholds = std::vector<std::int32_t>;
using Big = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<500>>;

using arch::kAlwaysFires;
using arch::kNeverFires;

Rational fraction(std::int64_t numerator, std::int64_t denominator) {
  return Rational(numerator) / Rational(denominator);
}

Big to_big(const Rational& value) { return Big(value.numerator()) / Big(value.denominator()); }

ChannelStep step(Kind kind, double value) {
  ChannelStep result;
  result.kind = kind;
  result.values = {value};
  return result;
}

ChannelStep clamp(std::optional<Rational> lower, std::optional<Rational> upper) {
  ChannelStep result;
  result.kind = Kind::kClamp;
  result.lower = std::move(lower);
  result.upper = std::move(upper);
  return result;
}

ChannelStep normalize(double gamma, double beta, double mean, double variance, double epsilon) {
  ChannelStep result = step(Kind::kNormalize, gamma);
  result.beta = {beta};
  result.mean = {mean};
  result.variance = {variance};
  result.epsilon = epsilon;
  return result;
}

/// A channel: the steps applied to slope * m + offset.
struct Channel {
  Rational slope = 1;
  Rational offset = 0;
  std::vector<ChannelStep> steps = {};

  ChannelThresholds find(const Levels& levels, std::int32_t max_potential) const {
    ChannelFunction function;
    function.slope = slope;
    function.offset = offset;
    function.steps = &steps;
    return find_thresholds(function, levels, max_potential);
  }
  /// Whether an odd number of its factors is negative.
  bool decreases() const {
    int sign = slope.sign();
    for (const ChannelStep& s : steps) {
      const bool scales =
          s.kind == Kind::kMultiply || s.kind == Kind::kDivide || s.kind == Kind::kNormalize;
      if (scales) sign *= s.values[0] < 0 ? -1 : s.values[0] > 0 ? 1 : 0;
    }
    return sign < 0;
  }
  /// Returns y(m), computed with 500 decimal digits (1,660 bits), of which rounding affects the
  /// last few.
  Big operator()(int m) const {
    Big y = to_big(slope) * m + to_big(offset);
    for (const ChannelStep& s : steps) {
      switch (s.kind) {
        case Kind::kMultiply:
          y *= s.values[0];
          break;
        case Kind::kDivide:
          y /= s.values[0];
          break;
        case Kind::kAdd:
          y += s.values[0];
          break;
        case Kind::kNormalize:
          y = Big(s.values[0]) * (y - Big(s.mean[0])) / sqrt(Big(s.variance[0]) + Big(s.epsilon)) +
              Big(s.beta[0]);
          break;
        case Kind::kClamp:
          if (s.lower && y < to_big(*s.lower)) y = to_big(*s.lower);
          if (s.upper && y > to_big(*s.upper)) y = to_big(*s.upper);
          break;
        case Kind::kLeakyRelu:
          if (y < 0) y *= s.values[0];
          break;
      }
    }
    return y;
  }
};

/// Returns the sign of y(m) - T. Parameters are short numbers, so any nonzero difference is far
/// larger than 2^-1100.
int sign_of_distance(const Channel& c, int m, const LevelThreshold& level) {
  const Big distance = c(m) - to_big(level.value);
  if (abs(distance) < ldexp(Big(1), -1100)) return 0;
  return distance > 0 ? 1 : -1;
}

bool reached(const Channel& c, int m, const LevelThreshold& level) {
  const int sign = sign_of_distance(c, m, level);
  return sign > 0 || (sign == 0 && !level.strict);
}

/// Checks each threshold on both sides, and saturated thresholds at the limits of the potential.
/// Returns the number of thresholds next to which y equals the threshold exactly.
int check(const Channel& c, const Levels& levels, int maximum) {
  const ChannelThresholds found = c.find(levels, maximum);
  EXPECT_EQ(found.values.size(), levels.size());
  EXPECT_EQ(found.flipped, c.decreases());
  int ties = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::int32_t threshold = found.values[i];
    const int sign = found.flipped ? -1 : 1;
    const auto fires_at = [&](int m) { return reached(c, sign * m, levels[i]); };
    if (i > 0) {
      EXPECT_LE(found.values[i - 1], threshold);
    }
    if (threshold == kAlwaysFires) {
      EXPECT_TRUE(fires_at(-maximum)) << "level " << i;
    } else if (threshold == kNeverFires) {
      EXPECT_FALSE(fires_at(maximum)) << "level " << i;
    } else {
      EXPECT_LE(std::abs(threshold), maximum);
      EXPECT_TRUE(fires_at(threshold)) << "level " << i << " m " << threshold;
      EXPECT_FALSE(fires_at(threshold - 1)) << "level " << i << " m " << threshold;
      const bool tie = sign_of_distance(c, sign * threshold, levels[i]) == 0 ||
                       sign_of_distance(c, sign * (threshold - 1), levels[i]) == 0;
      ties += tie ? 1 : 0;
    }
  }
  return ties;
}

/// Returns the thresholds of a quantizer of precision k: level i + 1 begins at (i + 1/2) / 2^k, and
/// half to even gives the tie to level i if that is even.
Levels uniform(int k, int levels, bool half_even) {
  Levels result;
  for (int i = 0; i < levels; ++i) {
    result.push_back({fraction(2 * i + 1, std::int64_t{2} << k), half_even && i % 2 == 0});
  }
  return result;
}

class Parameters {
 public:
  explicit Parameters(unsigned seed) : generator_(seed) {}

  double real(float minimum, float maximum) {
    return static_cast<double>(std::uniform_real_distribution<float>(minimum, maximum)(generator_));
  }
  int integer(int minimum, int maximum) {
    return std::uniform_int_distribution<int>(minimum, maximum)(generator_);
  }
  bool coin() { return integer(0, 1) == 0; }
  Levels levels() {
    const int k = integer(0, 3);
    const int count = integer(1, 8);
    return uniform(k, count, coin());
  }

 private:
  std::mt19937 generator_;
};

/// Returns a channel with the parameters of a network as stored: a normalization after the bias.
Channel stored(double scale, double bias, double gamma, double beta, double mean, double variance,
               double epsilon, int k_in) {
  return {Rational::from_double(scale) * Rational::power_of_two(-k_in),
          Rational::from_double(bias),
          {normalize(gamma, beta, mean, variance, epsilon)}};
}

TEST(Rational, IsExactlyTheFloat) {
  EXPECT_EQ(Rational::from_double(0.0), Rational(0));
  EXPECT_EQ(Rational::from_double(-0.75), fraction(-3, 4));
  EXPECT_EQ(Rational::from_double(0.1F), fraction(13421773, 134217728));
  EXPECT_EQ(Rational::from_double(std::ldexp(1.0, -149)), Rational::power_of_two(-149));
  EXPECT_EQ(Rational::from_double(std::ldexp(1.0, 127)), Rational::power_of_two(127));
}

TEST(Rational, ToDoubleRoundsOnce) {
  Parameters random(9);
  for (int i = 0; i < 20000; ++i) {
    const double exact = std::ldexp(random.real(-1, 1), random.integer(-30, 30));
    EXPECT_EQ(Rational::from_double(exact).to_double(), exact);
    // A quotient of two doubles is correctly rounded by the machine.
    const double divisor = std::ldexp(random.real(0.5F, 1), random.integer(-30, 30));
    const Rational quotient = Rational::from_double(exact) / Rational::from_double(divisor);
    EXPECT_EQ(quotient.to_double(), exact / divisor);
  }
  const double unit = std::ldexp(1.0, 53);
  EXPECT_EQ(Rational((std::int64_t{1} << 53) + 1).to_double(), unit);  // a tie, to even
  EXPECT_EQ(Rational((std::int64_t{1} << 53) + 3).to_double(), unit + 4);
  EXPECT_EQ(fraction(-1, 3).to_double(), -1.0 / 3);
  const double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(Rational::from_double(tiny).to_double(), tiny);
  EXPECT_EQ((Rational::from_double(tiny) / Rational(2)).to_double(), 0);
  EXPECT_EQ((Rational::from_double(tiny) * fraction(3, 4)).to_double(), tiny);
  EXPECT_EQ((Rational::from_double(tiny) * fraction(3, 2)).to_double(), 2 * tiny);
  EXPECT_EQ(Rational::power_of_two(2000).to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(Rational::power_of_two(-2000).to_double(), 0);
}

TEST(Rational, FloorGoesDown) {
  for (int numerator = -50; numerator <= 50; ++numerator) {
    for (const int denominator : {1, 2, 3, 7}) {
      EXPECT_EQ(fraction(numerator, denominator).floor(),
                Integer(static_cast<int>(std::floor(double(numerator) / denominator))));
    }
  }
}

TEST(Thresholds, RandomChannelsFireOnTheRightSide) {
  Parameters random(1);
  for (int i = 0; i < 3000; ++i) {
    const Channel c =
        stored(random.real(0.001F, 1.0F), random.real(-1.0F, 1.0F), random.real(-2.0F, 2.0F),
               random.real(-2.0F, 2.0F), random.real(-5.0F, 5.0F), random.real(0.0F, 10.0F),
               random.real(1e-7F, 1e-2F), random.integer(0, 3));
    check(c, random.levels(), 2000);
  }
}

// variance + epsilon is a square and all other numbers are short binary fractions, so the bounds X
// are often integers. This covers ties and the choice between > and >=.
TEST(Thresholds, WholeBoundsAreExact) {
  Parameters random(2);
  int ties = 0;
  for (int i = 0; i < 4000; ++i) {
    const int root = random.integer(1, 4);
    const auto quarter = [&] { return random.integer(-8, 8) / 4.0; };
    const double gamma = std::ldexp(random.coin() ? -1.0 : 1.0, random.integer(-2, 2));
    const Channel c = stored(std::ldexp(1.0, random.integer(-2, 1)), quarter(), gamma, quarter(),
                             quarter(), root * root - 0.25, 0.25, random.integer(0, 2));
    ties += check(c, random.levels(), 500);
  }
  EXPECT_GT(ties, 2000);
}

// X is irrational but within 1e-7 of an integer, so the precision of doubles is not sufficient.
TEST(Thresholds, BoundsNextToWholeNumbersAreExact) {
  Parameters random(3);
  for (int i = 0; i < 1500; ++i) {
    const double nudge = std::ldexp(1.0, -random.integer(18, 40));
    const Channel c =
        stored(1, 0, random.coin() ? 1 : -1, 0.5, random.integer(-20, 20), 1, nudge, 0);
    check(c, random.levels(), 500);
  }
}

TEST(Thresholds, ExtremeFloats) {
  const double tiny = std::ldexp(1.0, -149);
  const double huge = std::ldexp(1.0, 127);
  for (const double gamma : {tiny, -tiny, huge, -huge}) {
    for (const double scale : {tiny, huge}) {
      for (const double variance : {tiny, huge}) {
        check(stored(scale, 0, gamma, 0.25, 0, variance, 0, 0), uniform(0, 3, false), 100000);
      }
    }
  }
}

// Any steps in any order, with at most one normalization. Bounds, factors and terms are multiples
// of 1/4 and half of the variances are squares, so that y often equals a threshold or a bound.
TEST(Thresholds, AnyStepsInAnyOrder) {
  Parameters random(4);
  int ties = 0;
  int always = 0;
  int never = 0;
  int flipped = 0;
  int clamped_before = 0;
  int clamped_after = 0;
  for (int i = 0; i < 6000; ++i) {
    const auto quarter = [&](int maximum) { return random.integer(-maximum, maximum) / 4.0; };
    const auto factor = [&] {
      const double result = quarter(8);
      return result == 0 ? 0.75 : result;
    };
    Channel c;
    c.slope = fraction(random.integer(-6, 6), random.integer(1, 3));
    c.offset = fraction(random.integer(-9, 9), random.integer(1, 3));
    bool normalized = false;
    const int steps = random.integer(0, 5);
    for (int s = 0; s < steps; ++s) {
      switch (random.integer(0, 5)) {
        case 0:
          // A factor of 0 makes the channel constant.
          c.steps.push_back(step(Kind::kMultiply, random.integer(0, 9) == 0 ? 0.0 : factor()));
          break;
        case 1:
          c.steps.push_back(step(Kind::kDivide, factor()));
          break;
        case 2:
          c.steps.push_back(step(Kind::kAdd, quarter(20)));
          break;
        case 3: {
          if (normalized) break;
          normalized = true;
          const int root = random.integer(1, 3);
          const double variance = random.coin() ? root * root - 0.25 : random.integer(1, 9);
          c.steps.push_back(normalize(random.integer(0, 9) == 0 ? 0.0 : factor(), quarter(8),
                                      quarter(8), variance, 0.25));
          break;
        }
        case 4:
          c.steps.push_back(step(Kind::kLeakyRelu, random.integer(1, 8) / 4.0));
          break;
        default: {
          std::optional<Rational> lower;
          std::optional<Rational> upper;
          if (random.integer(0, 2) != 0) lower = fraction(random.integer(-12, 4), 4);
          if (random.integer(0, 2) != 0) upper = fraction(random.integer(5, 24), 4);
          (normalized ? clamped_after : clamped_before) += lower || upper ? 1 : 0;
          c.steps.push_back(clamp(lower, upper));
          break;
        }
      }
    }
    const int maximum = random.integer(1, 120);
    const Levels levels = random.levels();
    ties += check(c, levels, maximum);
    const ChannelThresholds found = c.find(levels, maximum);
    flipped += found.flipped ? 1 : 0;
    for (const std::int32_t threshold : found.values) {
      always += threshold == kAlwaysFires ? 1 : 0;
      never += threshold == kNeverFires ? 1 : 0;
    }
    ASSERT_FALSE(::testing::Test::HasFailure()) << "channel " << i;
  }
  EXPECT_GT(ties, 500);
  EXPECT_GT(always, 1000);
  EXPECT_GT(never, 1000);
  EXPECT_GT(flipped, 1000);
  EXPECT_GT(clamped_before, 1000);
  EXPECT_GT(clamped_after, 400);
}

// With a threshold that is no binary fraction, the comparison at a tie is one of square roots:
// y = gamma * (m - mean) / sqrt(v) + beta >= T, where gamma * (m - mean) = (T - beta) * sqrt(v).
TEST(Thresholds, TiesOfSquareRoots) {
  Parameters random(5);
  int ties = 0;
  for (int i = 0; i < 3000; ++i) {
    const int root = random.integer(1, 12);
    const int numerator = random.integer(-40, 40);
    const int denominator = random.integer(1, 7);
    const Channel c{
        1, 0, {normalize(random.coin() ? 1 : -1, 0, 0, static_cast<double>(root * root), 0)}};
    Levels levels = {{fraction(numerator, denominator), random.coin()}};
    // The same threshold again, for the values above it alone.
    if (!levels[0].strict) levels.push_back({levels[0].value, true});
    ties += check(c, levels, 1000);
  }
  EXPECT_GT(ties, 1000);
}

TEST(Thresholds, ExplicitLists) {
  // y = m / 2 + 1/4: equal thresholds, with and without equality.
  const Channel c{fraction(1, 2), fraction(1, 4), {}};
  const Levels equal = {{fraction(5, 4), false}, {fraction(5, 4), false}, {fraction(5, 4), true}};
  EXPECT_EQ(c.find(equal, 100).values, (Thresholds{2, 2, 3}));
  // Thresholds that all numbers reach, and that none does.
  const Rational beyond = Rational::power_of_two(1000);
  const Levels unreachable = {
      {-beyond, false}, {Rational(-50), false}, {Rational(50), false}, {beyond, false}};
  EXPECT_EQ(c.find(unreachable, 100).values,
            (Thresholds{kAlwaysFires, kAlwaysFires, 100, kNeverFires}));
  EXPECT_EQ(c.find(unreachable, 99).values,
            (Thresholds{kAlwaysFires, kAlwaysFires, kNeverFires, kNeverFires}));
  const Channel falling{fraction(-1, 2), fraction(1, 4), {}};
  EXPECT_EQ(falling.find(equal, 100).values, (Thresholds{2, 2, 3}));
  EXPECT_EQ(falling.find(unreachable, 100).values,
            (Thresholds{kAlwaysFires, kAlwaysFires, 100, kNeverFires}));
}

TEST(Thresholds, ByHand) {
  // y = m / 2, k = 1: level i fires if m >= i + 1/2, so from m = i + 1 on.
  const Channel c{fraction(1, 2), 0, {}};
  EXPECT_EQ(c.find(uniform(1, 4, false), 100).values, (Thresholds{1, 2, 3, 4}));
  // y = m / 2, k = 0: odd m are ties, which half-to-even rounds up only to even numbers.
  EXPECT_EQ(c.find(uniform(0, 4, false), 100).values, (Thresholds{1, 3, 5, 7}));
  EXPECT_EQ(c.find(uniform(0, 4, true), 100).values, (Thresholds{2, 3, 6, 7}));
}

TEST(Thresholds, FallingChannelsAreFlipped) {
  // y = 4 - m / 2 >= i + 1/2 iff m <= 7 - 2 i, so -m >= 2 i - 7.
  const Channel c{fraction(-1, 2), 4, {}};
  const ChannelThresholds up = c.find(uniform(0, 4, false), 100);
  EXPECT_TRUE(up.flipped);
  EXPECT_EQ(up.values, (Thresholds{-7, -5, -3, -1}));
  const ChannelThresholds even = c.find(uniform(0, 4, true), 100);
  EXPECT_EQ(even.values, (Thresholds{-6, -5, -2, -1}));
}

TEST(Thresholds, BoundsDecideConstantLevels) {
  // y = clamp(m / 2, 1, 2): half of the levels of k = 1 are below the bounds, some are above.
  const Channel c{fraction(1, 2), 0, {clamp(Rational(1), Rational(2))}};
  EXPECT_EQ(c.find(uniform(1, 6, false), 100).values,
            (Thresholds{kAlwaysFires, kAlwaysFires, 3, 4, kNeverFires, kNeverFires}));
  // y = 3 - clamp(m / 2, 1, 2): 1..2 likewise, falling.
  const Channel falling{
      fraction(1, 2),
      0,
      {clamp(Rational(1), Rational(2)), step(Kind::kMultiply, -1), step(Kind::kAdd, 3)}};
  EXPECT_EQ(falling.find(uniform(1, 6, false), 100).values,
            (Thresholds{kAlwaysFires, kAlwaysFires, -3, -2, kNeverFires, kNeverFires}));
  // The bound itself reaches a threshold, but not one that needs more.
  const Levels at_bound = {{Rational(1), false}, {Rational(1), true}, {Rational(2), true}};
  EXPECT_EQ(c.find(at_bound, 100).values, (Thresholds{kAlwaysFires, 3, kNeverFires}));
}

TEST(Thresholds, ConstantChannels) {
  Channel c{0, fraction(5, 2), {}};
  const Thresholds three = {kAlwaysFires, kAlwaysFires, kAlwaysFires, kNeverFires};
  const Thresholds two = {kAlwaysFires, kAlwaysFires, kNeverFires, kNeverFires};
  EXPECT_EQ(c.find(uniform(0, 4, false), 100).values, three);
  EXPECT_EQ(c.find(uniform(0, 4, true), 100).values, two);
  // The same value with an offset: 3/2 / sqrt(4) + 7/4.
  c.offset = fraction(3, 2);
  c.steps = {normalize(1, 1.75, 0, 4, 0)};
  EXPECT_EQ(c.find(uniform(0, 4, false), 100).values, three);
  // gamma is 0: y = beta, whatever the potential.
  c = {1, 0, {normalize(0, 2.5, 1, 3, 0)}};
  EXPECT_EQ(c.find(uniform(0, 4, false), 100).values, three);
  EXPECT_EQ(c.find(uniform(0, 4, true), 100).values, two);
}

TEST(Thresholds, SaturateAtTheMostPotential) {
  Channel c{1, fraction(-19, 2), {}};  // fires from m = 10 + i on
  EXPECT_EQ(c.find(uniform(0, 3, false), 11).values, (Thresholds{10, 11, kNeverFires}));
  c.offset = fraction(23, 2);  // fires from m = i - 11 on
  EXPECT_EQ(c.find(uniform(0, 3, false), 11).values, (Thresholds{kAlwaysFires, -10, -9}));
}

TEST(Thresholds, AChannelUsesItsOwnParameters) {
  ChannelStep multiply = step(Kind::kMultiply, 1);
  multiply.values = {1, 2, -1};
  const std::vector<ChannelStep> steps = {multiply};
  ChannelFunction function;
  function.steps = &steps;
  const std::vector<Thresholds> expected = {{1, 2, 3}, {1, 1, 2}, {1, 2, 3}};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    function.channel = channel;
    EXPECT_EQ(decreases(function), channel == 2);
    const ChannelThresholds found = find_thresholds(function, uniform(0, 3, false), 100);
    EXPECT_EQ(found.flipped, channel == 2);
    EXPECT_EQ(found.values, expected[channel]);
  }
}

}  // namespace
}  // namespace spikeloom::converter

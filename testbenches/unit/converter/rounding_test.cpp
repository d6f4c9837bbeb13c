// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/rounding.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "spikeloom/base/enum_names.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::converter {
namespace {

Rational fraction(std::int64_t numerator, std::int64_t denominator) {
  return Rational(numerator) / Rational(denominator);
}

/// Rounds numerator / denominator (positive) by the definition of the mode, in integers.
std::int64_t expected(std::int64_t numerator, std::int64_t denominator, Rounding rounding) {
  std::int64_t floor = numerator / denominator;
  if (floor * denominator > numerator) --floor;
  const std::int64_t rest = numerator - floor * denominator;
  const std::int64_t ceil = rest == 0 ? floor : floor + 1;
  const bool tie = 2 * rest == denominator;
  const std::int64_t nearest = 2 * rest < denominator ? floor : ceil;
  switch (rounding) {
    case Rounding::kHalfUp:
      return nearest;
    case Rounding::kHalfEven:
      return tie ? (floor % 2 == 0 ? floor : ceil) : nearest;
    case Rounding::kHalfAway:
      return tie && numerator < 0 ? floor : nearest;
    case Rounding::kHalfToZero:
      return tie && numerator > 0 ? floor : nearest;
    case Rounding::kFloor:
      return floor;
    case Rounding::kCeil:
      return ceil;
    case Rounding::kToZero:
      return numerator > 0 ? floor : ceil;
    case Rounding::kAway:
      return numerator > 0 ? ceil : floor;
    case Rounding::kThresholds:
      break;
  }
  return 0;
}

std::vector<Rounding> modes() {
  std::vector<Rounding> result;
  for (int i = 0; !name(static_cast<Rounding>(i)).empty(); ++i) {
    if (static_cast<Rounding>(i) != Rounding::kThresholds) {
      result.push_back(static_cast<Rounding>(i));
    }
  }
  return result;
}

TEST(Rounding, HasNames) {
  EXPECT_EQ(modes().size(), 8U);
  for (const Rounding mode : modes()) EXPECT_EQ(base::value_named<Rounding>(name(mode)), mode);
  EXPECT_FALSE(base::value_named<Rounding>("half_down"));
}

TEST(Rounding, FollowsTheDefinitionAtTiesAndBesideThem) {
  for (const Rounding mode : modes()) {
    SCOPED_TRACE(name(mode));
    for (const int denominator : {1, 2, 3, 4, 6, 10, 1000}) {
      for (int numerator = -6 * denominator; numerator <= 6 * denominator; ++numerator) {
        ASSERT_EQ(round_to_integer(fraction(numerator, denominator), mode),
                  expected(numerator, denominator, mode))
            << numerator << "/" << denominator;
      }
    }
    // Next to ties by far less than a double resolves.
    const Rational nudge = Rational::power_of_two(-200);
    for (int twice = -11; twice <= 11; ++twice) {
      const std::int64_t scale = 1000000;
      const Rational tie = fraction(twice, 2);
      EXPECT_EQ(round_to_integer(tie + nudge, mode), expected(twice * scale + 1, 2 * scale, mode));
      EXPECT_EQ(round_to_integer(tie - nudge, mode), expected(twice * scale - 1, 2 * scale, mode));
    }
  }
}

// The level of a number is at least n iff the number reaches the threshold of n.
TEST(Rounding, ThresholdsAgreeWithIt) {
  for (const Rounding mode : modes()) {
    SCOPED_TRACE(name(mode));
    for (int level = -7; level <= 7; ++level) {
      const LevelThreshold threshold = rounding_threshold(level, mode);
      for (int numerator = -48; numerator <= 48; ++numerator) {
        const Rational value = fraction(numerator, 6);
        const bool reached = threshold.strict ? threshold.value < value : threshold.value <= value;
        ASSERT_EQ(reached, expected(numerator, 6, mode) >= level)
            << "level " << level << " value " << numerator << "/6";
      }
    }
  }
}

TEST(Rounding, OfFloats) {
  test::Random random(1);
  for (const Rounding mode : modes()) {
    SCOPED_TRACE(name(mode));
    for (int i = 0; i < 3000; ++i) {
      // Multiples of 1/4 of up to 2^20: many ties.
      const std::int64_t quarters = random.between(-(1 << 22), 1 << 22) >> random.between(0, 20);
      const auto value = static_cast<float>(quarters) / 4;
      ASSERT_EQ(round_to_integer(value, mode), static_cast<double>(expected(quarters, 4, mode)));
    }
    // Large numbers are integers; infinities stay.
    for (const float value : {8388608.0F, 8388609.0F, -8388611.0F, 1e30F}) {
      EXPECT_EQ(round_to_integer(value, mode), static_cast<double>(value));
    }
    EXPECT_EQ(round_to_integer(std::numeric_limits<float>::infinity(), mode),
              std::numeric_limits<double>::infinity());
  }
  for (int i = 0; i < 20000; ++i) {
    const float value = random.real(-100, 100);
    EXPECT_EQ(round_to_integer(value, Rounding::kHalfEven), std::nearbyint(value));
    EXPECT_EQ(round_to_integer(value, Rounding::kHalfAway), std::round(value));
    EXPECT_EQ(round_to_integer(value, Rounding::kFloor), std::floor(value));
    EXPECT_EQ(round_to_integer(value, Rounding::kCeil), std::ceil(value));
    EXPECT_EQ(round_to_integer(value, Rounding::kToZero), std::trunc(value));
  }
}

// q = round(multiplier * y + addend).
TEST(UniformRounding, ScalesAndShiftsBeforeIt) {
  test::Random random(2);
  for (int i = 0; i < 300; ++i) {
    const int p = random.between(1, 9);
    const int q = random.between(1, 9);
    const int a = random.between(-10, 10);
    const int b = random.between(1, 4);
    UniformRounding rounding;
    rounding.rounding = modes()[static_cast<std::size_t>(random.between(0, 7))];
    rounding.multiplier = fraction(p, q);
    rounding.addend = fraction(a, b);
    for (int numerator = -40; numerator <= 40; ++numerator) {
      const std::int64_t result =
          expected(std::int64_t{numerator} * p * b + std::int64_t{a} * 8 * q,
                   std::int64_t{8} * q * b, rounding.rounding);
      const Rational y = fraction(numerator, 8);
      ASSERT_EQ(rounding(y), result);
      for (std::int64_t level = result - 1; level <= result + 1; ++level) {
        const LevelThreshold threshold = rounding.threshold(level);
        const bool reached = threshold.strict ? threshold.value < y : threshold.value <= y;
        ASSERT_EQ(reached, result >= level);
      }
    }
  }
}

}  // namespace
}  // namespace spikeloom::converter

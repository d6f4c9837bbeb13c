// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/rounding.h"

#include <cmath>

namespace spikeloom::converter {
namespace {

const Rational& half() {
  static const Rational kHalf(Integer(1), Integer(2));
  return kHalf;
}

bool is_even(const Integer& value) { return (value & 1) == 0; }

}  // namespace

LevelThreshold rounding_threshold(const Integer& level, Rounding rounding) {
  const Rational value(level, Integer(1));
  const Rational tie = value - half();
  switch (rounding) {
    case Rounding::kHalfUp:
      return {tie, false};
    case Rounding::kHalfEven:
      return {tie, !is_even(level)};
    case Rounding::kHalfAway:
      return {tie, level <= 0};
    case Rounding::kHalfToZero:
      return {tie, level > 0};
    case Rounding::kFloor:
      return {value, false};
    case Rounding::kCeil:
      return {value - Rational(1), true};
    case Rounding::kToZero:
      return level > 0 ? LevelThreshold{value, false} : LevelThreshold{value - Rational(1), true};
    case Rounding::kAway:
      return level > 0 ? LevelThreshold{value - Rational(1), true} : LevelThreshold{value, false};
    case Rounding::kThresholds:
      break;
  }
  return {value, false};
}

Integer round_to_integer(const Rational& value, Rounding rounding) {
  // One of the two neighbours: the upper one if value reaches its threshold.
  const Integer upper = value.floor() + 1;
  const LevelThreshold threshold = rounding_threshold(upper, rounding);
  const bool reached = threshold.strict ? threshold.value < value : threshold.value <= value;
  return reached ? upper : Integer(upper - 1);
}

double round_to_integer(float value, Rounding rounding) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  if (std::abs(value) >= 8388608.0F) return static_cast<double>(value);  // 2^23: an integer
  return round_to_integer(Rational::from_double(static_cast<double>(value)), rounding)
      .convert_to<double>();
}

}  // namespace spikeloom::converter

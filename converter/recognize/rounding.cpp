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

Integer UniformRounding::of_known(double value) const {
  if (in_integers) return (*this)(Rational::from_double(value));
  NumberSteps steps;
  steps.divide(divisor);
  steps.add(shift);
  const double result = steps(value);
  if (!std::isfinite(result)) return (*this)(Rational::from_double(value));
  return round_to_integer(Rational::from_double(result), rounding);
}

namespace {

Integer bounded_link(const RoundingChain::Link& link, Integer integer) {
  if (link.lowest && integer < *link.lowest) return *link.lowest;
  if (link.highest && *link.highest < integer) return *link.highest;
  return integer;
}

}  // namespace

Integer RoundingChain::Link::operator()(const Integer& before) const {
  // Integers that float32 does not hold are none that it computed.
  constexpr int kMaxFloatInteger = 1 << 24;
  if (abs(before) <= kMaxFloatInteger) {
    const double value = values(before.convert_to<double>());
    if (std::isfinite(value)) return own.of_known(value);
  }
  return rounding(to_rational(before));
}

Integer RoundingChain::operator()(const Rational& value) const {
  return finish(links.front().rounding(value));
}

Integer RoundingChain::finish(Integer integer) const {
  integer = bounded_link(links.front(), integer);
  for (std::size_t i = 1; i < links.size(); ++i)
    integer = bounded_link(links[i], links[i](integer));
  return integer;
}

double RoundingChain::of_pixel(float value) const {
  const UniformRounding& first = links.front().rounding;
  const double result = round_to_integer(
      value / static_cast<float>(first.divisor) + static_cast<float>(first.shift), first.rounding);
  if (links.size() == 1 || !std::isfinite(result)) return result;
  return finish(Rational::from_double(result).floor()).convert_to<double>();
}

LevelThreshold RoundingChain::threshold(const Integer& level) const {
  const Rational beyond = Rational::power_of_two(1000);
  Integer wanted = level;
  for (std::size_t i = links.size(); i-- > 0;) {
    const Link& link = links[i];
    if (link.lowest && wanted <= *link.lowest) return {-beyond, false};
    if (link.highest && *link.highest < wanted) return {beyond, false};
    LevelThreshold threshold = link.rounding.threshold(wanted);
    if (i == 0) {
      if (lower && threshold.value <= *lower) threshold = {*lower, true};
      if (upper && *upper < threshold.value) threshold = {*upper, false};
      return threshold;
    }
    // The smallest integer of the link before that reaches it: near the one of exact arithmetic.
    Integer first =
        threshold.strict ? (threshold.value + Rational(1)).floor() : threshold.value.ceil();
    while (link(first) < wanted) ++first;
    while (link(first - 1) >= wanted) --first;
    wanted = first;
  }
  return {};
}

double round_to_integer(float value, Rounding rounding) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  if (std::abs(value) >= 8388608.0F) return static_cast<double>(value);  // 2^23: an integer
  return round_to_integer(Rational::from_double(static_cast<double>(value)), rounding)
      .convert_to<double>();
}

}  // namespace spikeloom::converter

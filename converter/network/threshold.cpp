// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/threshold.h"

#include "spikeloom/arch/core_tables.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

/// The number rational + factor * sqrt(radicand), radicand > 0.
struct Surd {
  Rational rational;
  Rational factor;
  Rational radicand = 1;

  /// Returns the sign of this number minus `o`.
  int compare(const Rational& o) const {
    const Rational rest = o - rational;  // against factor * sqrt(radicand)
    if (factor.sign() == 0 || factor.sign() != rest.sign()) return factor.sign() - rest.sign();
    const Rational squares = factor * factor * radicand - rest * rest;
    return factor.sign() * squares.sign();
  }
};

/// What a condition on the value after a step says of the value before it.
enum class Verdict { kDepends, kAlways, kNever };

/// A condition on a value: value >= bound, or value > bound if `strict`; with `below` value <=
/// bound, or value < bound.
struct Condition {
  Surd bound;
  bool strict = false;
  bool below = false;

  bool holds(const Rational& value) const {
    const int sign = below ? bound.compare(value) : -bound.compare(value);
    return strict ? sign > 0 : sign >= 0;
  }
};

/// Turns a condition on factor * value into one on the value.
Verdict divide(Condition& condition, const Rational& factor) {
  if (factor.sign() == 0) return condition.holds(Rational()) ? Verdict::kAlways : Verdict::kNever;
  condition.bound.rational = condition.bound.rational / factor;
  condition.bound.factor = condition.bound.factor / factor;
  if (factor.sign() < 0) condition.below = !condition.below;
  return Verdict::kDepends;
}

/// Turns a condition on the value after clamping, which is that of `level`, into one on the value
/// before.
Verdict unclamp(Condition& condition, const ChannelStep& step, std::size_t channel, int level) {
  const std::optional<Rational>& low = condition.below ? step.upper : step.lower;
  const std::optional<Rational>& high = condition.below ? step.lower : step.upper;
  const std::vector<int>& low_levels = condition.below ? step.upper_levels : step.lower_levels;
  const std::vector<int>& high_levels = condition.below ? step.lower_levels : step.upper_levels;
  const auto reached = [&](const std::optional<Rational>& bound, const std::vector<int>& levels) {
    return levels.empty() ? condition.holds(*bound) : level <= levels[channel];
  };
  const bool at_low = low && reached(low, low_levels);
  const bool at_high = !high || reached(high, high_levels);
  if (at_low) return Verdict::kAlways;
  if (!at_high) return Verdict::kNever;
  // What the bounds have may differ from what numbers of the same size have.
  if (low && condition.holds(*low)) {
    condition.bound = {*low, Rational(), Rational(1)};
    condition.strict = true;
  }
  if (high && !condition.holds(*high)) {
    condition.bound = {*high, Rational(), Rational(1)};
    condition.strict = false;
  }
  return Verdict::kDepends;
}

/// Turns a condition on the result of `step`, which is that of `level`, into one on its operand.
Verdict undo(Condition& condition, const ChannelStep& step, std::size_t channel, int level) {
  const auto exact = [channel](const std::vector<double>& values) {
    return Rational::from_double(values[channel]);
  };
  Surd& bound = condition.bound;
  switch (step.kind) {
    case Kind::kAdd:
      bound.rational = bound.rational - exact(step.values);
      return Verdict::kDepends;
    case Kind::kMultiply:
      return divide(condition, exact(step.values));
    case Kind::kDivide:
      return divide(condition, Rational(1) / exact(step.values));
    case Kind::kClamp:
      return unclamp(condition, step, channel, level);
    case Kind::kLeakyRelu:
      return bound.compare(Rational()) < 0 ? divide(condition, exact(step.values))
                                           : Verdict::kDepends;
    case Kind::kNormalize: {
      // gamma * (v - mean) >= (bound - beta) * sqrt(variance)
      bound.factor = bound.rational - exact(step.beta);
      bound.rational = Rational();
      bound.radicand = exact(step.variance) + Rational::from_double(step.epsilon);
      const Verdict verdict = divide(condition, exact(step.values));
      bound.rational = bound.rational + exact(step.mean);
      return verdict;
    }
  }
  return Verdict::kNever;
}

/// Returns the smallest integer m with m >= bound, or m > bound if `strict`.
Integer smallest_integer(const Surd& bound, bool strict) {
  // factor * sqrt(p / q) = sign * sqrt(factor^2 * p * q) / q. Brought to a common denominator d
  // with the rational part: m >= (a + sign * sqrt(r)) / d.
  const Rational square = bound.factor * bound.factor * bound.radicand;
  const Integer& q = square.denominator();
  const Integer d = lcm(bound.rational.denominator(), q);
  const Integer a = bound.rational.numerator() * (d / bound.rational.denominator());
  const Integer r = square.numerator() * q * (d / q) * (d / q);
  Integer rest;
  const Integer root = sqrt(r, rest);
  const bool whole = rest == 0;
  // The smallest integer n >= sign * sqrt(r) (or > if strict): then d * m >= a + n.
  Integer n;
  if (bound.factor.sign() >= 0) {
    n = whole && !strict ? root : Integer(root + 1);
  } else {
    n = whole && strict ? Integer(1 - root) : Integer(-root);
  }
  return Rational(Integer(a + n), d).ceil();
}

std::int32_t saturate(const Integer& threshold, std::int32_t max_potential) {
  if (threshold > max_potential) return arch::kNeverFires;
  if (threshold <= -max_potential) return arch::kAlwaysFires;
  return threshold.convert_to<std::int32_t>();
}

}  // namespace

bool decreases(const ChannelFunction& function) {
  int sign = function.slope.sign();
  for (const ChannelStep& step : *function.steps) {
    switch (step.kind) {
      case Kind::kMultiply:
      case Kind::kDivide:
      case Kind::kNormalize: {
        const double value = step.values[function.channel];
        sign *= (value > 0) - (value < 0);
        break;
      }
      case Kind::kAdd:
      case Kind::kClamp:
      case Kind::kLeakyRelu:
        break;
    }
  }
  return sign < 0;
}

ChannelThresholds find_thresholds(const ChannelFunction& function,
                                  const std::vector<LevelThreshold>& levels,
                                  std::int32_t max_potential) {
  ChannelThresholds thresholds;
  thresholds.flipped = decreases(function);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    Condition condition;
    condition.bound.rational = levels[i].value;
    condition.strict = levels[i].strict;
    Verdict verdict = Verdict::kDepends;
    for (auto step = function.steps->rbegin();
         step != function.steps->rend() && verdict == Verdict::kDepends; ++step) {
      verdict = undo(condition, *step, function.channel, static_cast<int>(i) + 1);
    }
    if (verdict == Verdict::kDepends) {
      condition.bound.rational = condition.bound.rational - function.offset;
      verdict = divide(condition, function.slope);
    }
    switch (verdict) {
      case Verdict::kAlways:
        thresholds.values.push_back(arch::kAlwaysFires);
        break;
      case Verdict::kNever:
        thresholds.values.push_back(arch::kNeverFires);
        break;
      case Verdict::kDepends: {
        Surd& bound = condition.bound;
        if (condition.below) {  // m <= bound: -m >= -bound
          bound.rational = -bound.rational;
          bound.factor = -bound.factor;
        }
        thresholds.values.push_back(
            saturate(smallest_integer(bound, condition.strict), max_potential));
        break;
      }
    }
  }
  return thresholds;
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/threshold.h"

#include "spikeloom/arch/core_tables.h"

namespace spikeloom::converter {
namespace {

Integer ceil_divide(const Integer& dividend, const Integer& divisor) {
  Integer quotient;
  Integer rest;
  divide_qr(dividend, divisor, quotient, rest);  // towards zero
  return rest > 0 ? Integer(quotient + 1) : quotient;
}

/// Returns the smallest integer that is >= factor * sqrt(radicand), or > if `strict`.
Integer smallest_above(const Integer& factor, const Integer& radicand, bool strict) {
  Integer rest;
  const Integer root = sqrt(Integer(factor * factor * radicand), rest);
  const bool whole = rest == 0;
  if (factor >= 0) return whole && !strict ? root : Integer(root + 1);
  return whole && strict ? Integer(1 - root) : Integer(-root);
}

std::int32_t saturate(const Integer& threshold, std::int32_t max_potential) {
  if (threshold > max_potential) return arch::kNeverFires;
  if (threshold <= -max_potential) return arch::kAlwaysFires;
  return threshold.convert_to<std::int32_t>();
}

}  // namespace

ChannelThresholds find_thresholds(const ChannelFunction& function, const Quantizer& quantizer,
                                  std::int32_t max_potential) {
  ChannelThresholds thresholds;
  thresholds.flipped = function.slope.sign() < 0;
  const Rational slope = thresholds.flipped ? -function.slope : function.slope;
  const Integer radicand = function.variance.numerator() * function.variance.denominator();
  const auto scaled = [](const Rational& value, const Integer& scale) {
    return Integer(value.numerator() * (scale / value.denominator()));
  };
  for (int i = 0; i < quantizer.levels; ++i) {
    // Level i fires if slope * m + offset >= target * sqrt(variance), where sqrt(p / q) =
    // sqrt(p * q) / q. Multiplied by the common denominator, the left side is an integer, so the
    // right side may be rounded up to the next integer.
    const Rational target =
        Rational(2 * i + 1) * Rational::power_of_two(-quantizer.k - 1) - function.shift;
    const Rational factor = target / Rational(function.variance.denominator(), Integer(1));
    const Integer both = lcm(slope.denominator(), function.offset.denominator());
    const Integer scale = lcm(both, factor.denominator());
    const bool strict = quantizer.half_even() && i % 2 == 0;
    const Integer bound =
        smallest_above(scaled(factor, scale), radicand, strict) - scaled(function.offset, scale);
    const Integer step = scaled(slope, scale);
    if (step == 0) {
      thresholds.values.push_back(bound <= 0 ? arch::kAlwaysFires : arch::kNeverFires);
    } else {
      thresholds.values.push_back(saturate(ceil_divide(bound, step), max_potential));
    }
  }
  return thresholds;
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/rational.h"

#include <cmath>
#include <utility>

namespace spikeloom::converter {

Rational::Rational() : Rational(0) {}
Rational::Rational(std::int64_t value) : numerator_(value), denominator_(1) {}
Rational::Rational(const Rational& o) = default;
Rational::Rational(Rational&& o) noexcept = default;
Rational& Rational::operator=(const Rational& o) = default;
Rational& Rational::operator=(Rational&& o) noexcept = default;
Rational::~Rational() = default;

Rational::Rational(Integer numerator, Integer denominator)
    : numerator_(std::move(numerator)), denominator_(std::move(denominator)) {
  Integer divisor = gcd(numerator_, denominator_);
  if (denominator_.sign() < 0) divisor = -divisor;
  numerator_ /= divisor;
  denominator_ /= divisor;
}

Rational Rational::from_double(double value) {
  constexpr int kDigits = 53;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return Rational(static_cast<std::int64_t>(std::ldexp(mantissa, kDigits))) *
         power_of_two(exponent - kDigits);
}

Rational Rational::power_of_two(int exponent) {
  Integer power;
  // Not by shifting 1: GCC 14 then warns of a write out of bounds in the inlined code.
  bit_set(power, static_cast<unsigned>(std::abs(exponent)));
  return exponent < 0 ? Rational(Integer(1), std::move(power))
                      : Rational(std::move(power), Integer(1));
}

Rational Rational::operator-() const { return {Integer(-numerator_), denominator_}; }

Rational Rational::operator-(const Rational& o) const { return *this + -o; }

Rational Rational::operator+(const Rational& o) const {
  return {Integer(numerator_ * o.denominator_ + o.numerator_ * denominator_),
          Integer(denominator_ * o.denominator_)};
}

Rational Rational::operator*(const Rational& o) const {
  return {Integer(numerator_ * o.numerator_), Integer(denominator_ * o.denominator_)};
}

Rational Rational::operator/(const Rational& o) const {
  return {Integer(numerator_ * o.denominator_), Integer(denominator_ * o.numerator_)};
}

bool Rational::operator==(const Rational& o) const {
  return numerator_ == o.numerator_ && denominator_ == o.denominator_;
}

}  // namespace spikeloom::converter

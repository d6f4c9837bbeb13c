// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/rational.h"

#include <algorithm>
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
  const bool is_negative = numerator_.sign() * denominator_.sign() < 0;
  numerator_ = abs(numerator_);
  denominator_ = abs(denominator_);
  if (numerator_.is_zero()) {
    denominator_ = 1;
    return;
  }
  // Of floating-point numbers the denominators are powers of two, which need no divisions.
  const std::size_t twos = std::min(lsb(numerator_), lsb(denominator_));
  numerator_ >>= twos;
  denominator_ >>= twos;
  if (lsb(denominator_) != msb(denominator_)) {
    const Integer divisor = gcd(numerator_, denominator_);
    numerator_ /= divisor;
    denominator_ /= divisor;
  }
  if (is_negative) numerator_ = -numerator_;
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

bool Rational::operator<(const Rational& o) const {
  return numerator_ * o.denominator_ < o.numerator_ * denominator_;
}

Integer Rational::floor() const {
  Integer quotient;
  Integer rest;
  divide_qr(numerator_, denominator_, quotient, rest);  // towards zero
  return rest < 0 ? Integer(quotient - 1) : quotient;
}

Integer Rational::ceil() const { return -(-*this).floor(); }

double Rational::to_double() const {
  if (numerator_ == 0) return 0;
  // A quotient of at least 64 bits, its last bit set if it is not exact: rounded correctly once.
  constexpr int kBits = 64;
  const Integer magnitude = abs(numerator_);
  const int excess = static_cast<int>(msb(magnitude)) - static_cast<int>(msb(denominator_));
  const int shift = kBits - excess;
  Integer scaled = magnitude;
  Integer divisor = denominator_;
  if (shift > 0) scaled <<= static_cast<unsigned>(shift);
  if (shift < 0) divisor <<= static_cast<unsigned>(-shift);
  Integer quotient;
  Integer rest;
  divide_qr(scaled, divisor, quotient, rest);
  // Of the 64 or 65 bits of the quotient, a double keeps 53 (fewer if subnormal).
  const int top = static_cast<int>(msb(quotient)) - shift;  // exponent of the leading bit
  const int kept = std::min(53, top + 1075);
  if (kept < 0) return 0;
  const int dropped = static_cast<int>(msb(quotient)) + 1 - kept;
  Integer mantissa = quotient >> static_cast<unsigned>(dropped);
  const Integer tail = quotient - (mantissa << static_cast<unsigned>(dropped));
  const Integer half = Integer(1) << static_cast<unsigned>(dropped - 1);
  if (tail > half || (tail == half && (rest != 0 || (mantissa & 1) != 0))) ++mantissa;
  const double value = std::ldexp(mantissa.convert_to<double>(), dropped - shift);
  return numerator_.sign() < 0 ? -value : value;
}

Rational to_rational(const Integer& value) { return {value, Integer(1)}; }

Rational greatest_common_divisor(const Rational& a, const Rational& b) {
  if (a.sign() == 0) return b;
  if (b.sign() == 0) return a;
  return {gcd(Integer(a.numerator() * b.denominator()), Integer(b.numerator() * a.denominator())),
          Integer(a.denominator() * b.denominator())};
}

}  // namespace spikeloom::converter

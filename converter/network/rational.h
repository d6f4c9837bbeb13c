// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <boost/multiprecision/cpp_int.hpp>

namespace spikeloom::converter {

using Integer = boost::multiprecision::cpp_int;

/// An exact fraction in lowest terms with a positive denominator. (Boost's cpp_rational does not
/// compile without warnings.)
class Rational {
 public:
  Rational();
  Rational(std::int64_t value);  // NOLINT: implicit, as for built-in numbers
  Rational(Integer numerator, Integer denominator);
  // Out of line: when inlined into sanitized code, those of cpp_int cause false warnings.
  Rational(const Rational& o);
  Rational(Rational&& o) noexcept;
  Rational& operator=(const Rational& o);
  Rational& operator=(Rational&& o) noexcept;
  ~Rational();

  /// Returns the exact value of a finite double.
  static Rational from_double(double value);
  /// Returns 2^exponent.
  static Rational power_of_two(int exponent);

  const Integer& numerator() const { return numerator_; }
  const Integer& denominator() const { return denominator_; }
  int sign() const { return numerator_.sign(); }

  Rational operator-() const;
  Rational operator+(const Rational& o) const;
  Rational operator-(const Rational& o) const;
  Rational operator*(const Rational& o) const;
  /// `o` must not be 0.
  Rational operator/(const Rational& o) const;
  bool operator==(const Rational& o) const;
  bool operator<(const Rational& o) const;
  bool operator<=(const Rational& o) const { return !(o < *this); }

  bool is_integer() const { return denominator_ == 1; }
  /// Returns the largest integer that is not greater.
  Integer floor() const;
  /// Returns the smallest integer that is not less.
  Integer ceil() const;
  /// Returns the nearest double (ties to even), 0 and infinity beyond the range of a double.
  double to_double() const;

 private:
  Integer numerator_;
  Integer denominator_;
};

/// Returns a whole number.
Rational to_rational(const Integer& value);
/// Returns the largest number of which both are multiples; the other one if one is 0.
Rational greatest_common_divisor(const Rational& a, const Rational& b);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <boost/multiprecision/cpp_int.hpp>

namespace spikeloom::converter {

using Integer = boost::multiprecision::cpp_int;

/// An exact fraction in lowest terms, its denominator positive. (Boost's cpp_rational does not
/// compile without warnings.)
class Rational {
 public:
  Rational() : Rational(0) {}
  Rational(std::int64_t value) : numerator_(value), denominator_(1) {}  // NOLINT: as numbers do
  Rational(Integer numerator, Integer denominator);

  /// The number that a finite double is.
  static Rational exactly(double value);
  static Rational power_of_two(int exponent);

  const Integer& numerator() const { return numerator_; }
  const Integer& denominator() const { return denominator_; }
  int sign() const { return numerator_.sign(); }

  Rational operator-() const { return {Integer(-numerator_), denominator_}; }
  Rational operator+(const Rational& o) const;
  Rational operator-(const Rational& o) const { return *this + -o; }
  Rational operator*(const Rational& o) const;
  /// `o` must not be 0.
  Rational operator/(const Rational& o) const;
  bool operator==(const Rational& o) const;

 private:
  Integer numerator_;
  Integer denominator_;
};

}  // namespace spikeloom::converter

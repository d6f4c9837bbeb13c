// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "spikeloom/converter/network/number_steps.h"
#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

/// Rounds to an integer as `rounding` says, which is not kThresholds.
Integer round_to_integer(const Rational& value, Rounding rounding);
/// Likewise in float32, for numbers that a quantizer's range bounds.
double round_to_integer(float value, Rounding rounding);

/// Returns the smallest numbers that round to `level` or more.
LevelThreshold rounding_threshold(const Integer& level, Rounding rounding);

/// The integer q = round(multiplier * y + addend), multiplier > 0.
struct UniformRounding {
  Rounding rounding = Rounding::kHalfEven;
  Rational multiplier = 1;
  Rational addend = 0;
  // How the operator itself computes, of numbers that are known: y / divisor + shift in float32, or
  // exactly in integers.
  double divisor = 1;
  double shift = 0;
  bool in_integers = false;

  Integer operator()(const Rational& value) const {
    return round_to_integer(value * multiplier + addend, rounding);
  }
  /// Returns the integer of a finite number that is known, as the operator itself computes it.
  Integer of_known(double value) const;
  /// Returns where y begins to give `level`.
  LevelThreshold threshold(const Integer& level) const {
    LevelThreshold result = rounding_threshold(level, rounding);
    result.value = (result.value - addend) / multiplier;
    return result;
  }
};

/// Roundings one after the other, each of the integer that the one before gives, within bounds.
struct RoundingChain {
  struct Link {
    UniformRounding rounding;
    std::optional<Integer> lowest = {};  ///< bounds of its integer for the next link
    std::optional<Integer> highest = {};
    /// Not of the first link: what stands for the integer before, and the operator that rounds it.
    NumberSteps values = {};
    UniformRounding own = {};

    /// Returns the integer, not yet bounded, of the integer that the link before gives.
    Integer operator()(const Integer& before) const;
  };
  std::vector<Link> links;
  /// Bounds of y before the first link: a level above that of the lower bound is reached above the
  /// bound at the earliest, a level that the upper bound has there at the latest.
  std::optional<Rational> lower = {};
  std::optional<Rational> upper = {};

  /// Returns the integer of the last link.
  Integer operator()(const Rational& value) const;
  /// Likewise of a pixel, by the first link's operations in float32.
  double of_pixel(float value) const;
  /// Returns where y begins to give `level`. A level that no y gives, or every one, begins beyond
  /// all numbers that occur.
  LevelThreshold threshold(const Integer& level) const;

 private:
  /// Returns the integer of the last link from that of the first, not yet bounded.
  Integer finish(Integer integer) const;
};

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

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
  // How the operator itself computes in float32, for a quantizer of the image: y / divisor + shift.
  float divisor = 1;
  float shift = 0;

  Integer operator()(const Rational& value) const {
    return round_to_integer(value * multiplier + addend, rounding);
  }
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
  };
  std::vector<Link> links;

  /// Returns the integer of the last link.
  Integer operator()(const Rational& value) const;
  /// Likewise of a pixel, by the first link's operations in float32.
  double of_pixel(float value) const;
  /// Returns where y begins to give `level`. A level that no y gives, or every one, begins beyond
  /// all numbers that occur.
  LevelThreshold threshold(const Integer& level) const;
};

}  // namespace spikeloom::converter

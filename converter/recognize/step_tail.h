// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "spikeloom/converter/recognize/rounding.h"

namespace spikeloom::converter {

/// What the steps before a rounding are to it.
struct StepTail {
  UniformRounding rounding;        ///< with their scales and offsets
  std::optional<Integer> lowest;   ///< integers of their bounds
  std::optional<Integer> highest;  ///< likewise
  std::optional<Rational> lower;   ///< the bounds themselves, as bounds of what is before them
  std::optional<Rational> upper;   ///< likewise
};

/// Takes the last steps as far as they are the same for all channels: they belong to the rounding's
/// scale, and bounds among them to its range.
StepTail take_tail(std::vector<ChannelStep>& steps, const UniformRounding& rounding);

}  // namespace spikeloom::converter

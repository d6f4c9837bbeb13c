// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "spikeloom/converter/recognize/quantization.h"

namespace spikeloom::converter {

// Numbers that are known before any image, such as bounds and the values of levels, have the levels
// that the graph's own tool gives them: it rounds each operation to float32.

/// Returns the integer that a quantizer gives a number of a channel.
Integer integer_of(const QuantizerSpec& spec, std::size_t channel, const Rational& number);
/// Likewise of a number that is known; `exact` is what it would be without rounding, which counts
/// if it overflows.
Integer integer_of_known(const QuantizerSpec& spec, std::size_t channel, double number,
                         const Rational& exact);

/// Returns the integers of the bounds of the steps that clamp, where they are others than without
/// rounding.
std::map<std::size_t, BoundLevels> bound_levels(const QuantizedLayer& layer,
                                                const QuantizerSpec& spec);

/// Turns a quantizer of a sum that passes on levels into thresholds that give each level what the
/// tool gives it. Without a change if exact arithmetic gives the same, or if they are too many.
void use_known_levels(const SumValue& sum, QuantizerSpec& spec);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

/// A quantizer to integers q, which stand for decoding.offset + decoding.step * q.
struct QuantizerSpec {
  /// A rounding, or thresholds: [1 or channel][level], q counts those reached.
  std::variant<UniformRounding, std::vector<std::vector<LevelThreshold>>> function;
  std::optional<Integer> lowest;  ///< saturation; no value: none
  std::optional<Integer> highest;
  Decoding decoding;
  NumberSteps values;      ///< what q stands for, as the graph's own tool computes it
  bool continues = false;  ///< the second half of an operator, of what its first half has made
};

/// Applies a quantizer to a value. Levels that keep their distances stay the levels of their layer.
Value quantize(const Context& context, const OnnxNode& node, const QuantizerSpec& spec,
               Value value);

}  // namespace spikeloom::converter

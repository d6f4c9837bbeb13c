// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

/// Reads Flatten, Reshape, Transpose, Squeeze or Unsqueeze, which only move data.
Value read_shape_change(const Context& context, const OnnxNode& node, Value value);
/// Reads a Pad of height and width, which the next convolution or pooling takes.
Value read_pad(const Context& context, const OnnxNode& node, Value value);
/// Reads a Concat of quantized activations.
Value read_concatenation(const OnnxNode& node, const std::vector<const Value*>& inputs);

}  // namespace spikeloom::converter

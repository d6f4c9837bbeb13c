// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/chain.h"

namespace spikeloom::converter {

/// Whether the next node of `chain` is one that read_step takes.
bool starts_step(const Chain& chain);

/// Takes a BatchNormalization, or an Add, Sub, Mul or Div with one constant for all or one a
/// channel, from `chain` into the steps of `layer`; false where the next node is none, or starts a
/// quantizer.
bool read_step(Chain& chain, QuantizedLayer& layer);

/// Moves a last step that multiplies or divides all channels by a power of two into the exponent:
/// a quantizer's scale before its bounds.
void move_scale_to_exponent(QuantizedLayer& layer);

/// A number for each of `channels` from a tensor that broadcasts along them, or is a scalar.
std::vector<float> per_channel(const OnnxNode& node, const Tensor& tensor, bool flat, int channels,
                               const std::string& what);

}  // namespace spikeloom::converter

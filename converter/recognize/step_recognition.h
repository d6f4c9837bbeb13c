// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/chain.h"

namespace spikeloom::converter {

/// Whether the next node of `chain` is one that read_step takes.
bool starts_step(const Chain& chain);

/// Takes a BatchNormalization, or an Add, Sub, Mul or Div by one constant or by one per channel,
/// from `chain` and appends it to the steps of `layer`. Returns false if the next node is none of
/// these or starts a quantizer.
bool read_step(Chain& chain, QuantizedLayer& layer);

/// Moves last steps that multiply or divide all channels by the same power of two into the exponent
/// of `layer`: they are the quantizer's scale before its bounds.
void move_scale_to_exponent(QuantizedLayer& layer);

/// Returns one number for each of `channels` from a scalar or a tensor that broadcasts along the
/// channels; refuses any other. `what` names the tensor in messages.
std::vector<float> per_channel(const OnnxNode& node, const Tensor& tensor, bool flat, int channels,
                               const std::string& what);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/chain.h"

namespace spikeloom::converter {

/// The exponent of a power of two; nothing for another number.
std::optional<int> exponent_of(double value);

/// Whether the next node of `chain` is the first of a quantizer.
bool starts_quantizer(const Chain& chain);

/// Takes a quantizer from `chain` into quantizer and exponent of `layer`: bounds by Relu and Clip,
/// before or after the rounding; scales by Mul and Div, powers of two; and a rounding in the
/// middle, Add(0.5) and Floor, or Round, or QuantizeLinear with DequantizeLinear. Refuses others.
void read_quantizer(Chain& chain, QuantizedLayer& layer);

}  // namespace spikeloom::converter

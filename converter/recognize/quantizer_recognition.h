// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/chain.h"

namespace spikeloom::converter {

/// Returns the exponent if `value` is a power of two, else nullopt.
std::optional<int> exponent_of(double value);

/// Whether the next node of `chain` is the first node of a quantizer.
bool starts_quantizer(const Chain& chain);

/// Takes a quantizer from `chain` and sets quantizer and exponent of `layer`. Accepted are a
/// rounding (Add(0.5) and Floor, or Round, or QuantizeLinear with DequantizeLinear), and before or
/// after it bounds (Relu, Clip) and scales that are powers of two (Mul, Div). Refuses anything
/// else.
void read_quantizer(Chain& chain, QuantizedLayer& layer);

}  // namespace spikeloom::converter

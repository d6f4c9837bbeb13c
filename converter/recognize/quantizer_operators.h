// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

/// Divides integers, truncating, by one positive number for all channels.
Value divide_integers(const Context& context, const OnnxNode& node, double divisor, Value value);

/// Reads Cast: truncation to an integer type, or of integers to a type that holds them.
Value read_cast(const Context& context, const OnnxNode& node, Value value);
/// Reads Floor, Ceil, Round or Sign.
Value read_rounding(const Context& context, const OnnxNode& node, Value value);
/// Reads QuantizeLinear: its integers.
Value read_quantize_linear(const Context& context, const OnnxNode& node, Value value);
/// Reads DequantizeLinear of activations.
Value read_dequantize_linear(const Context& context, const OnnxNode& node, Value value);
/// Reads Quant, IntQuant, BipolarQuant, Trunc or MultiThreshold of the domains of QONNX.
Value read_custom_quantizer(const Context& context, const OnnxNode& node, Value value);

}  // namespace spikeloom::converter

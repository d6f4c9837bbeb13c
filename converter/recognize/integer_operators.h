// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

/// The value of input `i` of a node, which must not be constant.
using InputValue = std::function<Value(int i)>;

/// Whether `node` is one of the operators on integers that read_integer_operator reads.
bool is_integer_operator(const OnnxNode& node);

/// Reads ConvInteger, MatMulInteger, QLinearConv, QLinearMatMul and the operators QLinear... of
/// ONNX Runtime, as the real-valued operators between DequantizeLinear and QuantizeLinear.
Value read_integer_operator(const Context& context, const OnnxNode& node, const InputValue& input);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// Operators besides Constant and Identity that can be evaluated on constants, for messages.
inline constexpr const char* kConstantOperators =
    "Cast, DequantizeLinear with zero point 0, Mul and Transpose";

/// Whether `node` has an operator that can be evaluated on constants: Constant, Identity, Cast to
/// float, DequantizeLinear with zero point 0, Mul of floats, Transpose of matrices.
bool can_evaluate_constant(const OnnxNode& node);

/// Evaluates `node` on its inputs (null for omitted ones), in float32 as ONNX defines. Throws
/// std::invalid_argument if it uses features of its operator beyond those of can_evaluate_constant;
/// the text completes a sentence after "is".
Tensor evaluate_constant(const OnnxNode& node, const std::vector<const Tensor*>& inputs);

}  // namespace spikeloom::converter

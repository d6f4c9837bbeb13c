// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// Operators that make constants of constants: Constant, Identity, Cast to float, DequantizeLinear
/// with zero point 0, Mul of floats, Transpose of matrices.
bool can_fold(const OnnxNode& node);

/// What `node` makes of its inputs (null for those left out), in float32 as ONNX defines. Throws
/// std::invalid_argument, whose text goes after "is", where it uses more of its operator than said.
Tensor fold(const OnnxNode& node, const std::vector<const Tensor*>& inputs);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// Whether `node` has an operator that can be evaluated on constants.
bool can_evaluate_constant(const OnnxNode& node);

/// Whether `node` has an operator that only moves the elements of integers, so that some of them
/// may be the symbolic batch dimension (NaN).
bool moves_integers(const OnnxNode& node);

/// Evaluates `node` on its inputs (null for omitted ones) as its operator is defined: each floating
/// result is rounded to its type. Throws std::invalid_argument for what it does not define or this
/// program does not compute; the text completes a sentence after "is".
Tensor evaluate_constant(const OnnxNode& node, const std::vector<const Tensor*>& inputs);

}  // namespace spikeloom::converter

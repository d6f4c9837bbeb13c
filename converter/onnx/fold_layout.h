// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/onnx/constant_operands.h"

namespace spikeloom::converter {

// Evaluate operators that make or move numbers without changing them, also the symbolic batch
// dimension (NaN) in a shape. They keep the integers of a tensor unless the scales no longer belong
// to one axis. Each throws std::invalid_argument for what its operator does not define; the text
// completes a sentence after "is".

Tensor fold_constant(const ConstantOperands& operands);
Tensor fold_constant_of_shape(const ConstantOperands& operands);
Tensor fold_identity(const ConstantOperands& operands);
Tensor fold_transpose(const ConstantOperands& operands);
Tensor fold_reshape(const ConstantOperands& operands);
Tensor fold_flatten(const ConstantOperands& operands);
Tensor fold_squeeze(const ConstantOperands& operands);
Tensor fold_unsqueeze(const ConstantOperands& operands);
Tensor fold_concat(const ConstantOperands& operands);
Tensor fold_slice(const ConstantOperands& operands);
Tensor fold_gather(const ConstantOperands& operands);
Tensor fold_expand(const ConstantOperands& operands);
Tensor fold_range(const ConstantOperands& operands);
Tensor fold_shape(const ConstantOperands& operands);

/// Returns the shape `dims`, in which NaN stands for -1, as the Shape operator `node` gives it.
Tensor shape_tensor(const OnnxNode& node, const Dims& dims);

/// Returns the tensor with other dimensions, in the same order. Throws std::invalid_argument if
/// they hold another number of elements.
Tensor reshaped(Tensor tensor, Dims dims);

/// Return the dimensions that Squeeze and Unsqueeze give.
Dims squeezed_dims(const Dims& dims, const std::vector<std::int64_t>& axes);
Dims unsqueezed_dims(const Dims& dims, const std::vector<std::int64_t>& axes);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/onnx/constant_operands.h"

namespace spikeloom::converter {

// Evaluate operators number by number, with NumPy's broadcasting. Floating results are rounded once
// to their type. Each throws std::invalid_argument for what its operator does not define; the text
// completes a sentence after "is".

Tensor fold_cast(const ConstantOperands& operands);
/// Add, Sub, Mul, Div, Pow. Mul and Div keep the integers of an operand that they scale exactly.
Tensor fold_arithmetic(const ConstantOperands& operands);
/// Min and Max of any number of operands.
Tensor fold_extremum(const ConstantOperands& operands);
Tensor fold_clip(const ConstantOperands& operands);
/// Abs, Ceil, Floor, Neg, Reciprocal, Round, Sign, Sqrt. Neg keeps the integers.
Tensor fold_function(const ConstantOperands& operands);
/// ReduceSum and ReduceMean. A sum is rounded once, at its end.
Tensor fold_reduction(const ConstantOperands& operands);

}  // namespace spikeloom::converter

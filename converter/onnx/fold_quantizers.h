// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/onnx/constant_operands.h"

namespace spikeloom::converter {

// Evaluate quantizers of constants, in the float32 steps that their definitions name. Each throws
// std::invalid_argument for what its operator does not define; the text completes a sentence after
// "is".

Tensor fold_quantize_linear(const ConstantOperands& operands);
/// Keeps the integers minus the zero point, with the scales.
Tensor fold_dequantize_linear(const ConstantOperands& operands);
/// Quant and IntQuant of QONNX: keeps the integers minus the zero point, if they are integers.
Tensor fold_int_quant(const ConstantOperands& operands);
/// BipolarQuant of QONNX: -1 or 1.
Tensor fold_bipolar_quant(const ConstantOperands& operands);
/// Trunc of QONNX, versions 1 (5 inputs) and 2 (6 inputs).
Tensor fold_trunc(const ConstantOperands& operands);

}  // namespace spikeloom::converter

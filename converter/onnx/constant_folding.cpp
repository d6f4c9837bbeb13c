// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/constant_folding.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "spikeloom/converter/onnx/constant_operands.h"
#include "spikeloom/converter/onnx/fold_elementwise.h"
#include "spikeloom/converter/onnx/fold_layout.h"
#include "spikeloom/converter/onnx/fold_quantizers.h"
#include "spikeloom/converter/onnx/operator_domain.h"

namespace spikeloom::converter {
namespace {

struct Fold {
  std::string_view domain;
  std::string_view op;
  Tensor (*evaluate)(const ConstantOperands& operands);
};

constexpr std::array<Fold, 41> kFolds = {{
    {kStandardDomain, "Abs", fold_function},
    {kStandardDomain, "Add", fold_arithmetic},
    {kStandardDomain, "Cast", fold_cast},
    {kStandardDomain, "Ceil", fold_function},
    {kStandardDomain, "Clip", fold_clip},
    {kStandardDomain, "Concat", fold_concat},
    {kStandardDomain, "Constant", fold_constant},
    {kStandardDomain, "ConstantOfShape", fold_constant_of_shape},
    {kStandardDomain, "DequantizeLinear", fold_dequantize_linear},
    {kStandardDomain, "Div", fold_arithmetic},
    {kStandardDomain, "Expand", fold_expand},
    {kStandardDomain, "Flatten", fold_flatten},
    {kStandardDomain, "Floor", fold_function},
    {kStandardDomain, "Gather", fold_gather},
    {kStandardDomain, "Identity", fold_identity},
    {kStandardDomain, "Max", fold_extremum},
    {kStandardDomain, "Min", fold_extremum},
    {kStandardDomain, "Mul", fold_arithmetic},
    {kStandardDomain, "Neg", fold_function},
    {kStandardDomain, "Pow", fold_arithmetic},
    {kStandardDomain, "QuantizeLinear", fold_quantize_linear},
    {kStandardDomain, "Range", fold_range},
    {kStandardDomain, "Reciprocal", fold_function},
    {kStandardDomain, "ReduceMean", fold_reduction},
    {kStandardDomain, "ReduceSum", fold_reduction},
    {kStandardDomain, "Reshape", fold_reshape},
    {kStandardDomain, "Round", fold_function},
    {kStandardDomain, "Shape", fold_shape},
    {kStandardDomain, "Sign", fold_function},
    {kStandardDomain, "Slice", fold_slice},
    {kStandardDomain, "Sqrt", fold_function},
    {kStandardDomain, "Squeeze", fold_squeeze},
    {kStandardDomain, "Sub", fold_arithmetic},
    {kStandardDomain, "Transpose", fold_transpose},
    {kStandardDomain, "Unsqueeze", fold_unsqueeze},
    {kQonnxDomain, "BipolarQuant", fold_bipolar_quant},
    {kQonnxDomain, "IntQuant", fold_int_quant},
    {kQonnxDomain, "Quant", fold_int_quant},
    {kQonnxDomain, "Trunc", fold_trunc},
    {kMicrosoftDomain, "DequantizeLinear", fold_dequantize_linear},
    {kMicrosoftDomain, "QuantizeLinear", fold_quantize_linear},
}};

const Fold* find_fold(const OnnxNode& node) {
  const auto* found = std::find_if(kFolds.begin(), kFolds.end(), [&node](const Fold& fold) {
    return fold.domain == node.domain() && fold.op == node.op();
  });
  return found == kFolds.end() ? nullptr : found;
}

}  // namespace

bool can_evaluate_constant(const OnnxNode& node) { return find_fold(node) != nullptr; }

bool moves_integers(const OnnxNode& node) {
  if (node.domain() != kStandardDomain) return false;
  if (node.op() == "Cast") return is_integer(node.data_type("to", 0));
  constexpr std::array<std::string_view, 9> kMoves = {
      "Concat",  "Expand", "Flatten", "Gather",    "Identity",
      "Reshape", "Slice",  "Squeeze", "Unsqueeze",
  };
  return std::find(kMoves.begin(), kMoves.end(), node.op()) != kMoves.end();
}

Tensor evaluate_constant(const OnnxNode& node, const std::vector<const Tensor*>& inputs) {
  Tensor result = find_fold(node)->evaluate(ConstantOperands(node, inputs));
  set_integer_grid(result);
  return result;
}

}  // namespace spikeloom::converter

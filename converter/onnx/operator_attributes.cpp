// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/operator_attributes.h"

#include <algorithm>
#include <array>

#include "spikeloom/converter/onnx/operator_domain.h"

namespace spikeloom::converter {
namespace {

struct Operator {
  std::string_view domain;
  std::string_view name;
  std::string_view attributes;  ///< of all versions, each followed by a blank
};

// From the operator definitions of ONNX, QONNX and ONNX Runtime.
constexpr std::array<Operator, 85> kOperators = {{
    {kStandardDomain, "Abs", "consumed_inputs "},
    {kStandardDomain, "Add", "axis broadcast consumed_inputs "},
    {kStandardDomain, "ArgMax", "axis keepdims select_last_index "},
    {kStandardDomain, "AveragePool",
     "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides "},
    {kStandardDomain, "BatchNormalization",
     "consumed_inputs epsilon is_test momentum spatial training_mode "},
    {kStandardDomain, "Cast", "round_mode saturate to "},
    {kStandardDomain, "Ceil", "consumed_inputs "},
    {kStandardDomain, "Clip", "consumed_inputs max min "},
    {kStandardDomain, "Concat", "axis "},
    {kStandardDomain, "Constant",
     "sparse_value value value_float value_floats value_int value_ints value_string "
     "value_strings "},
    {kStandardDomain, "ConstantOfShape", "value "},
    {kStandardDomain, "Conv", "auto_pad dilations group kernel_shape pads strides "},
    {kStandardDomain, "ConvInteger", "auto_pad dilations group kernel_shape pads strides "},
    {kStandardDomain, "DequantizeLinear", "axis block_size output_dtype "},
    {kStandardDomain, "Div", "axis broadcast consumed_inputs "},
    {kStandardDomain, "Dropout", "consumed_inputs is_test ratio seed "},
    {kStandardDomain, "Elu", "alpha consumed_inputs "},
    {kStandardDomain, "Exp", "consumed_inputs "},
    {kStandardDomain, "Expand", ""},
    {kStandardDomain, "Flatten", "axis "},
    {kStandardDomain, "Floor", "consumed_inputs "},
    {kStandardDomain, "Gather", "axis "},
    {kStandardDomain, "Gemm", "alpha beta broadcast transA transB "},
    {kStandardDomain, "GlobalAveragePool", ""},
    {kStandardDomain, "GlobalMaxPool", ""},
    {kStandardDomain, "HardSigmoid", "alpha beta consumed_inputs "},
    {kStandardDomain, "Identity", ""},
    {kStandardDomain, "LeakyRelu", "alpha consumed_inputs "},
    {kStandardDomain, "Log", "consumed_inputs "},
    {kStandardDomain, "LogSoftmax", "axis "},
    {kStandardDomain, "MatMul", ""},
    {kStandardDomain, "MatMulInteger", ""},
    {kStandardDomain, "Max", "consumed_inputs "},
    {kStandardDomain, "MaxPool",
     "auto_pad ceil_mode dilations kernel_shape pads storage_order strides "},
    {kStandardDomain, "Mean", "consumed_inputs "},
    {kStandardDomain, "Min", "consumed_inputs "},
    {kStandardDomain, "Mul", "axis broadcast consumed_inputs "},
    {kStandardDomain, "Neg", "consumed_inputs "},
    {kStandardDomain, "PRelu", "consumed_inputs "},
    {kStandardDomain, "Pad", "mode paddings pads value "},
    {kStandardDomain, "Pow", "axis broadcast "},
    {kStandardDomain, "QLinearConv", "auto_pad dilations group kernel_shape pads strides "},
    {kStandardDomain, "QLinearMatMul", ""},
    {kStandardDomain, "QuantizeLinear", "axis block_size output_dtype precision saturate "},
    {kStandardDomain, "Range", "stash_type "},
    {kStandardDomain, "Reciprocal", "consumed_inputs "},
    {kStandardDomain, "ReduceMax", "axes keepdims noop_with_empty_axes "},
    {kStandardDomain, "ReduceMean", "axes keepdims noop_with_empty_axes "},
    {kStandardDomain, "ReduceSum", "axes keepdims noop_with_empty_axes "},
    {kStandardDomain, "Relu", "consumed_inputs "},
    {kStandardDomain, "Reshape", "allowzero consumed_inputs shape "},
    {kStandardDomain, "Resize",
     "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside "
     "extrapolation_value keep_aspect_ratio_policy mode nearest_mode "},
    {kStandardDomain, "Round", ""},
    {kStandardDomain, "Selu", "alpha consumed_inputs gamma "},
    {kStandardDomain, "Shape", "end start "},
    {kStandardDomain, "Sigmoid", "consumed_inputs "},
    {kStandardDomain, "Sign", ""},
    {kStandardDomain, "Slice", "axes ends starts "},
    {kStandardDomain, "Softmax", "axis "},
    {kStandardDomain, "Softplus", ""},
    {kStandardDomain, "Split", "axis num_outputs split "},
    {kStandardDomain, "Sqrt", "consumed_inputs "},
    {kStandardDomain, "Squeeze", "axes "},
    {kStandardDomain, "Sub", "axis broadcast consumed_inputs "},
    {kStandardDomain, "Sum", "consumed_inputs "},
    {kStandardDomain, "Tanh", "consumed_inputs "},
    {kStandardDomain, "TopK", "axis k largest sorted "},
    {kStandardDomain, "Transpose", "perm "},
    {kStandardDomain, "Unsqueeze", "axes "},
    {kStandardDomain, "Upsample", "height_scale mode scales width_scale "},
    {kQonnxDomain, "BipolarQuant", ""},
    {kQonnxDomain, "IntQuant", "narrow rounding_mode signed "},
    {kQonnxDomain, "MultiThreshold", "data_layout out_bias out_dtype out_scale "},
    {kQonnxDomain, "Quant", "narrow rounding_mode signed "},
    {kQonnxDomain, "Trunc", "narrow rounding_mode signed "},
    {kMicrosoftDomain, "DequantizeLinear", "axis block_size "},
    {kMicrosoftDomain, "QGemm", "alpha transA transB "},
    {kMicrosoftDomain, "QLinearAdd", ""},
    {kMicrosoftDomain, "QLinearAveragePool",
     "auto_pad ceil_mode channels_last count_include_pad kernel_shape pads strides "},
    {kMicrosoftDomain, "QLinearConcat", "axis "},
    {kMicrosoftDomain, "QLinearGlobalAveragePool", "channels_last "},
    {kMicrosoftDomain, "QLinearLeakyRelu", "alpha "},
    {kMicrosoftDomain, "QLinearMul", ""},
    {kMicrosoftDomain, "QLinearSigmoid", ""},
    {kMicrosoftDomain, "QuantizeLinear", "axis block_size "},
}};

const Operator* find(std::string_view domain, std::string_view name) {
  const auto* found = std::find_if(
      kOperators.begin(), kOperators.end(),
      [&](const Operator& entry) { return entry.domain == domain && entry.name == name; });
  return found == kOperators.end() ? nullptr : found;
}

}  // namespace

bool has_standard_namesake(std::string_view domain, std::string_view op) {
  if (domain == kStandardDomain) return false;
  // ONNX Runtime has these for more types.
  const bool same = op == "QuantizeLinear" || op == "DequantizeLinear";
  return find(kStandardDomain, op) != nullptr && !(domain == kMicrosoftDomain && same);
}

bool is_foreign_attribute(std::string_view domain, std::string_view op,
                          std::string_view attribute) {
  const Operator* found = find(domain, op);
  if (found == nullptr) return false;
  std::string_view rest = found->attributes;
  while (!rest.empty()) {
    const std::size_t end = rest.find(' ');
    if (rest.substr(0, end) == attribute) return false;
    rest.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace spikeloom::converter

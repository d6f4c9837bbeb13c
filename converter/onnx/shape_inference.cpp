// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/shape_inference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "spikeloom/converter/onnx/fold_layout.h"
#include "spikeloom/converter/onnx/operator_domain.h"

namespace spikeloom::converter {
namespace {

using KnownDims = std::optional<Dims>;

constexpr std::int64_t kBatch = -1;
constexpr std::int64_t kMaxDimension = (std::int64_t{1} << 31) - 1;

template <std::size_t N>
bool is_one_of(const std::string& op, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

/// A product of dimensions: the number of elements, and whether the batch dimension is a factor.
struct Volume {
  std::int64_t size = 1;
  bool batch = false;

  /// Returns it as one dimension, if it is one number or the batch dimension alone.
  std::optional<std::int64_t> dim() const {
    if (!batch) return size;
    return size == 1 ? std::optional<std::int64_t>(kBatch) : std::nullopt;
  }
};

std::optional<Volume> volume(Dims::const_iterator begin, Dims::const_iterator end) {
  Volume result;
  for (; begin != end; ++begin) {
    if (*begin == kBatch && result.batch) return std::nullopt;
    if (*begin == kBatch) {
      result.batch = true;
    } else if (*begin < 0 || __builtin_mul_overflow(result.size, *begin, &result.size)) {
      return std::nullopt;
    }
  }
  return result;
}

/// Broadcasts as NumPy does; the batch dimension goes with itself and with 1.
KnownDims broadcast(const Dims& left, const Dims& right) {
  Dims dims(std::max(left.size(), right.size()), 1);
  for (const Dims* operand : {&left, &right}) {
    const std::size_t missing = dims.size() - operand->size();
    for (std::size_t d = 0; d < operand->size(); ++d) {
      std::int64_t& dim = dims[missing + d];
      if (dim == 1) {
        dim = (*operand)[d];
      } else if ((*operand)[d] != 1 && (*operand)[d] != dim) {
        return std::nullopt;
      }
    }
  }
  return dims;
}

/// Returns an attribute of one size per spatial axis; all `default_value` without the attribute.
std::optional<Dims> sizes(const OnnxNode& node, const char* name, std::size_t count,
                          std::int64_t default_value, std::int64_t lowest) {
  Dims values = node.integers(name, Dims(count, default_value));
  const bool valid = std::all_of(values.begin(), values.end(), [lowest](std::int64_t value) {
    return value >= lowest && value <= kMaxDimension;
  });
  if (!valid || values.size() != count) return std::nullopt;
  return values;
}

/// Returns the dimensions after a window has passed over `input`, with `channels` of them.
KnownDims window_dims(const OnnxNode& node, const Dims& input, const Dims& kernel,
                      std::int64_t channels) {
  const std::size_t axes = input.size() - 2;
  const auto strides = sizes(node, "strides", axes, 1, 1);
  const auto dilations = sizes(node, "dilations", axes, 1, 1);
  const auto pads = sizes(node, "pads", 2 * axes, 0, 0);
  if (kernel.size() != axes || !strides || !dilations || !pads) return std::nullopt;
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  Dims dims = {input[0], channels};
  for (std::size_t a = 0; a < axes; ++a) {
    const std::int64_t size = input[a + 2];
    const std::int64_t stride = (*strides)[a];
    if (size < 0 || kernel[a] < 1) return std::nullopt;
    if (same) {
      dims.push_back((size + stride - 1) / stride);
      continue;
    }
    const std::int64_t padding = auto_pad == "VALID" ? 0 : (*pads)[a] + (*pads)[axes + a];
    const std::int64_t room = size + padding - ((kernel[a] - 1) * (*dilations)[a] + 1);
    if (room < 0) return std::nullopt;
    // Versions of the standard differ in windows that overhang.
    if (node.integer("ceil_mode", 0) != 0 && room % stride != 0) return std::nullopt;
    dims.push_back(room / stride + 1);
  }
  return dims;
}

KnownDims convolution(const OnnxNode& node, const KnownDims& input, const KnownDims& weights) {
  if (!input || !weights || input->size() < 3 || weights->size() != input->size()) {
    return std::nullopt;
  }
  return window_dims(node, *input, Dims(weights->begin() + 2, weights->end()), weights->front());
}

KnownDims pool(const OnnxNode& node, const KnownDims& input) {
  if (!input || input->size() < 3 || node.integer("channels_last", 0) != 0) return std::nullopt;
  const auto kernel = sizes(node, "kernel_shape", input->size() - 2, 0, 1);
  return kernel ? window_dims(node, *input, *kernel, (*input)[1]) : std::nullopt;
}

KnownDims global_pool(const OnnxNode& node, const KnownDims& input) {
  if (!input || input->size() < 3 || node.integer("channels_last", 0) != 0) return std::nullopt;
  Dims dims(input->size(), 1);
  std::copy_n(input->begin(), 2, dims.begin());
  return dims;
}

KnownDims matrix_product(const KnownDims& left, const KnownDims& right) {
  if (!left || !right || left->empty() || right->size() != 2 || left->back() != right->front()) {
    return std::nullopt;
  }
  Dims dims = *left;
  dims.back() = right->back();
  return dims;
}

KnownDims transposed_product(const OnnxNode& node, KnownDims left, KnownDims right) {
  if (!left || !right || left->size() != 2 || right->size() != 2) return std::nullopt;
  if (node.integer("transA", 0) != 0) std::swap(left->front(), left->back());
  if (node.integer("transB", 0) != 0) std::swap(right->front(), right->back());
  return matrix_product(left, right);
}

KnownDims flattened(const OnnxNode& node, const KnownDims& input) {
  if (!input) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(input->size());
  const std::int64_t axis = node.integer("axis", 1);
  if (axis < -rank || axis > rank) return std::nullopt;
  const auto split = input->begin() + (axis < 0 ? axis + rank : axis);
  const auto rows = volume(input->begin(), split);
  const auto columns = volume(split, input->end());
  if (!rows || !columns || !rows->dim() || !columns->dim()) return std::nullopt;
  return Dims{*rows->dim(), *columns->dim()};
}

KnownDims reshaped(const OnnxNode& node, const KnownDims& input, const Tensor* target) {
  if (!input || target == nullptr || !is_integer(target->type)) return std::nullopt;
  constexpr std::int64_t kRest = -2;
  Dims dims;
  for (std::size_t d = 0; d < target->values.size(); ++d) {
    const double size = target->values[d];
    const bool copies = size == 0 && node.integer("allowzero", 0) == 0;
    if (copies && d >= input->size()) return std::nullopt;
    if (!std::isnan(size) && (size < -1 || size > static_cast<double>(kMaxDimension))) {
      return std::nullopt;
    }
    dims.push_back(std::isnan(size) ? kBatch
                   : copies         ? (*input)[d]
                   : size == -1     ? kRest
                                    : static_cast<std::int64_t>(size));
  }
  const auto rest = std::find(dims.begin(), dims.end(), kRest);
  if (std::count(dims.begin(), dims.end(), kRest) > 1) return std::nullopt;
  if (rest == dims.end()) return dims;
  *rest = 1;
  const auto total = volume(input->begin(), input->end());
  const auto known = volume(dims.begin(), dims.end());
  if (!total || !known || known->size == 0 || total->size % known->size != 0 ||
      (known->batch && !total->batch)) {
    return std::nullopt;
  }
  const auto dim = Volume{total->size / known->size, total->batch && !known->batch}.dim();
  if (!dim) return std::nullopt;
  *rest = *dim;
  return dims;
}

KnownDims transposed(const OnnxNode& node, const KnownDims& input) {
  if (!input) return std::nullopt;
  std::vector<std::int64_t> order(input->size());
  std::iota(order.rbegin(), order.rend(), 0);
  order = node.integers("perm", order);
  if (order.size() != input->size()) return std::nullopt;
  Dims dims;
  for (const std::int64_t axis : order) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(input->size())) return std::nullopt;
    dims.push_back((*input)[static_cast<std::size_t>(axis)]);
  }
  return dims;
}

/// The inputs first, first + step, first + 2 step, ...
KnownDims concatenation(const OnnxNode& node, const KnownInputs& inputs, int first, int step) {
  KnownDims result = inputs.dims(first);
  if (!result) return std::nullopt;
  const std::size_t axis = normalized_axis(node.integer("axis", 1), result->size());
  for (int i = first + step; i < node.inputs(); i += step) {
    const KnownDims next = inputs.dims(i);
    if (!next || next->size() != result->size()) return std::nullopt;
    if ((*next)[axis] < 0 || (*result)[axis] < 0) return std::nullopt;
    if (__builtin_add_overflow((*result)[axis], (*next)[axis], &(*result)[axis])) {
      return std::nullopt;
    }
  }
  return result;
}

/// Returns the attribute `axes`, or input 1 since a later version; std::nullopt if that is not
/// constant.
std::optional<std::vector<std::int64_t>> axes_of(const OnnxNode& node, const KnownInputs& inputs) {
  if (node.input(1).empty()) return node.integers("axes", {});
  const Tensor* tensor = inputs.constant(1);
  if (tensor == nullptr || !is_integer(tensor->type)) return std::nullopt;
  std::vector<std::int64_t> axes;
  for (const double value : tensor->values) axes.push_back(to_integer(value));
  return axes;
}

KnownDims reduction(const OnnxNode& node, const KnownInputs& inputs) {
  KnownDims input = inputs.dims(0);
  const auto axes = axes_of(node, inputs);
  if (!input || !axes) return std::nullopt;
  if (axes->empty() && node.integer("noop_with_empty_axes", 0) != 0) return input;
  std::vector<bool> reduced(input->size(), axes->empty());
  for (const std::int64_t axis : *axes) reduced[normalized_axis(axis, input->size())] = true;
  Dims dims;
  for (std::size_t d = 0; d < reduced.size(); ++d) {
    if (!reduced[d]) dims.push_back((*input)[d]);
    if (reduced[d] && node.integer("keepdims", 1) != 0) dims.push_back(1);
  }
  return dims;
}

KnownDims all_broadcast(const OnnxNode& node, const KnownInputs& inputs) {
  KnownDims result = inputs.dims(0);
  for (int i = 1; result && i < node.inputs(); ++i) {
    const KnownDims next = inputs.dims(i);
    result = next ? broadcast(*result, *next) : std::nullopt;
  }
  return result;
}

KnownDims infer_standard(const OnnxNode& node, const KnownInputs& inputs) {
  constexpr std::array<std::string_view, 28> kSame = {"Abs",
                                                      "BatchNormalization",
                                                      "Cast",
                                                      "Ceil",
                                                      "Clip",
                                                      "Dropout",
                                                      "Elu",
                                                      "Exp",
                                                      "Floor",
                                                      "HardSigmoid",
                                                      "Identity",
                                                      "LeakyRelu",
                                                      "Log",
                                                      "LogSoftmax",
                                                      "Neg",
                                                      "PRelu",
                                                      "Reciprocal",
                                                      "Relu",
                                                      "Round",
                                                      "Selu",
                                                      "Sigmoid",
                                                      "Sign",
                                                      "Softmax",
                                                      "Softplus",
                                                      "Sqrt",
                                                      "Tanh",
                                                      "QuantizeLinear",
                                                      "DequantizeLinear"};
  constexpr std::array<std::string_view, 9> kBroadcast = {"Add", "Div", "Max", "Mean", "Min",
                                                          "Mul", "Pow", "Sub", "Sum"};
  const std::string& op = node.op();
  if (is_one_of(op, kSame)) return inputs.dims(0);
  if (is_one_of(op, kBroadcast)) return all_broadcast(node, inputs);
  if (op == "Conv" || op == "ConvInteger") {
    return convolution(node, inputs.dims(0), inputs.dims(1));
  }
  if (op == "QLinearConv") return convolution(node, inputs.dims(0), inputs.dims(3));
  if (op == "MaxPool" || op == "AveragePool") return pool(node, inputs.dims(0));
  if (op == "GlobalMaxPool" || op == "GlobalAveragePool") return global_pool(node, inputs.dims(0));
  if (op == "MatMul" || op == "MatMulInteger")
    return matrix_product(inputs.dims(0), inputs.dims(1));
  if (op == "QLinearMatMul") return matrix_product(inputs.dims(0), inputs.dims(3));
  if (op == "Gemm") return transposed_product(node, inputs.dims(0), inputs.dims(1));
  if (op == "Flatten") return flattened(node, inputs.dims(0));
  if (op == "Reshape") return reshaped(node, inputs.dims(0), inputs.constant(1));
  if (op == "Transpose") return transposed(node, inputs.dims(0));
  if (op == "Concat") return concatenation(node, inputs, 0, 1);
  if (op == "ReduceMean" || op == "ReduceSum") return reduction(node, inputs);
  if (op != "Squeeze" && op != "Unsqueeze") return std::nullopt;
  const KnownDims input = inputs.dims(0);
  const auto axes = axes_of(node, inputs);
  if (!input || !axes) return std::nullopt;
  return op == "Squeeze" ? squeezed_dims(*input, *axes) : unsqueezed_dims(*input, *axes);
}

KnownDims infer_microsoft(const OnnxNode& node, const KnownInputs& inputs) {
  const std::string& op = node.op();
  if (op == "QLinearAdd" || op == "QLinearMul") {
    const KnownDims left = inputs.dims(0);
    const KnownDims right = inputs.dims(3);
    return left && right ? broadcast(*left, *right) : std::nullopt;
  }
  if (op == "QLinearAveragePool") return pool(node, inputs.dims(0));
  if (op == "QLinearGlobalAveragePool") return global_pool(node, inputs.dims(0));
  if (op == "QLinearConcat") return concatenation(node, inputs, 2, 3);
  if (op == "QGemm") return transposed_product(node, inputs.dims(0), inputs.dims(3));
  constexpr std::array<std::string_view, 4> kSame = {"QuantizeLinear", "DequantizeLinear",
                                                     "QLinearSigmoid", "QLinearLeakyRelu"};
  return is_one_of(op, kSame) ? inputs.dims(0) : std::nullopt;
}

}  // namespace

std::optional<Dims> infer_dims(const OnnxNode& node, const KnownInputs& inputs) {
  constexpr std::array<std::string_view, 5> kQonnxSame = {"Quant", "IntQuant", "BipolarQuant",
                                                          "Trunc", "MultiThreshold"};
  try {
    if (node.domain() == kStandardDomain) return infer_standard(node, inputs);
    if (node.domain() == kMicrosoftDomain) return infer_microsoft(node, inputs);
    if (node.domain() == kQonnxDomain && is_one_of(node.op(), kQonnxSame)) return inputs.dims(0);
  } catch (const std::invalid_argument&) {
    // Axes that its input does not have: whoever reads the node refuses it.
  }
  return std::nullopt;
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/constant_folding.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;

double to_float(double value) { return static_cast<double>(static_cast<float>(value)); }

void require(bool condition, const char* problem) {
  if (!condition) throw std::invalid_argument(problem);
}

Tensor fold_constant(const OnnxNode& node) {
  require(node.proto().attribute_size() == 1, "a Constant without a single value");
  const onnx::AttributeProto& value = node.proto().attribute(0);
  Tensor tensor;
  if (value.name() == "value" && value.type() == onnx::AttributeProto::TENSOR) {
    tensor = read_tensor(value.t(), std::filesystem::path(node.source()).parent_path());
  } else if (value.name() == "value_float") {
    tensor.values = {static_cast<double>(node.real("value_float", 0))};
  } else if (value.name() == "value_floats" && value.type() == onnx::AttributeProto::FLOATS) {
    tensor.dims = {value.floats_size()};
    tensor.values.assign(value.floats().begin(), value.floats().end());
  } else if (value.name() == "value_int") {
    tensor.type = TensorProto::INT64;
    tensor.values = {static_cast<double>(node.integer("value_int", 0))};
  } else if (value.name() == "value_ints") {
    tensor.type = TensorProto::INT64;
    for (const std::int64_t number : node.integers("value_ints", {})) {
      tensor.values.push_back(static_cast<double>(number));
    }
    tensor.dims = {static_cast<std::int64_t>(tensor.values.size())};
  } else {
    throw std::invalid_argument(fmt::format("a Constant with attribute {}", value.name()));
  }
  return tensor;
}

Tensor fold_cast(const OnnxNode& node, Tensor tensor) {
  node.allow_attributes({"to", "saturate"});
  const auto type = static_cast<int>(node.integer("to", 0));
  if (type == tensor.type) return tensor;
  if (type != TensorProto::FLOAT) {
    throw std::invalid_argument(fmt::format("cast to {}", type_name(type)));
  }
  tensor.type = type;
  for (double& value : tensor.values) value = to_float(value);
  return tensor;
}

/// Returns the index in `factors` of the factor for `element`. `factors` is a scalar, or has one
/// number for each index along `axis`.
std::size_t factor_index(const Tensor& tensor, const Tensor& factors, std::size_t axis,
                         std::size_t element) {
  if (factors.is_scalar()) return 0;
  std::size_t inner = 1;
  for (std::size_t d = axis + 1; d < tensor.dims.size(); ++d) {
    inner *= static_cast<std::size_t>(tensor.dims[d]);
  }
  return element / inner % factors.values.size();
}

Tensor fold_dequantize(const OnnxNode& node, Tensor tensor, const Tensor& scale,
                       const Tensor* zero_point) {
  node.allow_attributes({"axis"});
  require(!tensor.is_float() && tensor.type != TensorProto::INT64,
          "dequantized from numbers other than integers");
  require(scale.is_float(), "dequantized by a scale that is not float");
  require(zero_point == nullptr || std::all_of(zero_point->values.begin(), zero_point->values.end(),
                                               [](double value) { return value == 0; }),
          "dequantized with a zero point that is not 0");
  std::int64_t axis = node.integer("axis", 1);
  if (axis < 0) axis += tensor.rank();
  require(scale.is_scalar() || (axis >= 0 && axis < tensor.rank() && scale.rank() == 1 &&
                                scale.dims[0] == tensor.dims[static_cast<std::size_t>(axis)]),
          "dequantized by scales that do not fit its axis");
  tensor.type = TensorProto::FLOAT;
  tensor.grid.reset();
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    const std::size_t s = factor_index(tensor, scale, static_cast<std::size_t>(axis), i);
    tensor.values[i] = to_float(to_float(tensor.values[i]) * scale.values[s]);
  }
  return tensor;
}

/// One operand must be a scalar, or have the other's size along one axis and size 1 along all
/// others.
Tensor fold_multiply(const Tensor& left, const Tensor& right) {
  require(left.is_float() && right.is_float(), "a product of integers");
  const bool swapped = left.values.size() < right.values.size() || left.rank() < right.rank();
  const Tensor& factors = swapped ? left : right;
  Tensor product = swapped ? right : left;
  product.grid.reset();
  const int missing = product.rank() - factors.rank();
  require(missing >= 0, "a product of tensors that do not fit");
  std::size_t axis = 0;
  int broadcast_axes = 0;
  for (int d = 0; d < factors.rank(); ++d) {
    const std::int64_t dim = factors.dims[static_cast<std::size_t>(d)];
    if (dim == 1) continue;
    axis = static_cast<std::size_t>(d + missing);
    ++broadcast_axes;
    require(product.dims[axis] == dim, "a product of tensors that do not fit");
  }
  require(broadcast_axes <= 1 && !factors.values.empty(),
          "a product by factors other than one for all or one per channel");
  for (std::size_t i = 0; i < product.values.size(); ++i) {
    const std::size_t f = factor_index(product, factors, axis, i);
    product.values[i] = to_float(product.values[i] * factors.values[f]);
  }
  return product;
}

Tensor fold_transpose(const OnnxNode& node, const Tensor& tensor) {
  node.allow_attributes({"perm"});
  require(tensor.rank() == 2, "a transposed tensor other than a matrix");
  const auto order = node.integers("perm", {1, 0});
  if (order == std::vector<std::int64_t>{0, 1}) return tensor;
  require(order == std::vector<std::int64_t>{1, 0}, "transposed by a broken permutation");
  Tensor transposed = tensor;
  transposed.grid.reset();
  std::swap(transposed.dims[0], transposed.dims[1]);
  const auto rows = static_cast<std::size_t>(tensor.dims[0]);
  const auto columns = static_cast<std::size_t>(tensor.dims[1]);
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    transposed.values[i % columns * rows + i / columns] = tensor.values[i];
  }
  return transposed;
}

}  // namespace

bool can_evaluate_constant(const OnnxNode& node) {
  constexpr std::array<std::string_view, 6> kOperators = {
      "Constant", "Identity", "Cast", "DequantizeLinear", "Mul", "Transpose"};
  return std::find(kOperators.begin(), kOperators.end(), node.op()) != kOperators.end();
}

Tensor evaluate_constant(const OnnxNode& node, const std::vector<const Tensor*>& inputs) {
  const auto input = [&inputs](std::size_t i) -> const Tensor& {
    require(i < inputs.size() && inputs[i] != nullptr, "computed by a node that lacks an input");
    return *inputs[i];
  };
  if (node.op() == "Constant") return fold_constant(node);
  if (node.op() == "Identity") return input(0);
  if (node.op() == "Cast") return fold_cast(node, input(0));
  if (node.op() == "Mul") return fold_multiply(input(0), input(1));
  if (node.op() == "Transpose") return fold_transpose(node, input(0));
  return fold_dequantize(node, input(0), input(1), inputs.size() > 2 ? inputs[2] : nullptr);
}

}  // namespace spikeloom::converter

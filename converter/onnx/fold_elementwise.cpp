// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/fold_elementwise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename Function>
Tensor combine(const Tensor& left, const Tensor& right, Function function) {
  Tensor result;
  result.type = left.type;
  result.dims = broadcast_dims(left.dims, right.dims);
  const std::size_t count =
      computed_elements(result.dims, left.values.size() + right.values.size());
  const StridedIndex left_index = broadcast_index(left.dims, result.dims);
  const StridedIndex right_index = broadcast_index(right.dims, result.dims);
  result.values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = function(left.values[left_index(i)], right.values[right_index(i)]);
    result.values.push_back(stored(result.type, value));
  }
  return result;
}

double divide_integers(double dividend, double divisor) {
  require(divisor != 0, "divided by the integer 0");
  return std::trunc(dividend / divisor);
}

/// Returns the integers of `scaled` with scales multiplied or divided by those of `factors`.
std::optional<IntegerGrid> scale_grid(const Tensor& scaled, const Tensor& factors, bool divide,
                                      const Dims& dims) {
  if (!scaled.grid || factors.values.empty()) return std::nullopt;
  const std::size_t count = computed_elements(dims, scaled.values.size() + factors.values.size());
  const StridedIndex index = broadcast_index(scaled.dims, dims);
  const StridedIndex factor_index = broadcast_index(factors.dims, dims);
  const std::vector<double> old_scales = scaled.grid->element_scales(scaled.dims);
  const bool uniform = old_scales.size() == 1 && factors.is_scalar();
  std::vector<std::int32_t> codes;
  std::vector<double> scales;
  codes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    codes.push_back(scaled.grid->codes[index(i)]);
    if (uniform && !scales.empty()) continue;
    const double scale = old_scales[old_scales.size() == 1 ? 0 : index(i)];
    const double factor = factors.values[factor_index(i)];
    const auto product = divide ? exact_quotient(scale, factor) : exact_product(scale, factor);
    if (!product) return std::nullopt;
    scales.push_back(*product);
  }
  return make_grid(std::move(codes), std::move(scales), dims);
}

bool truth(double value) { return value != 0; }

}  // namespace

Tensor fold_cast(const ConstantOperands& operands) {
  operands.node().allow_attributes({"to", "saturate", "round_mode"});
  Tensor tensor = operands.at(0);
  const int type = operands.node().data_type("to", 0);
  if (type_bits(type) == 0) {
    throw std::invalid_argument(fmt::format("cast to {}", type_name(type)));
  }
  const bool from_floating = is_floating(tensor.type);
  bool changed = false;
  for (double& value : tensor.values) {
    const double old = value;
    if (type == TensorProto::BOOL) {
      value = truth(value) ? 1 : 0;
    } else if (is_integer(type) && from_floating) {
      require(!std::isnan(value), "cast from NaN to an integer");
      value = stored(type, std::trunc(value));
    } else if (is_integer(type) && std::isnan(value)) {
      continue;  // the symbolic batch dimension stays what it is
    } else {
      value = stored(type, value);
    }
    changed = changed || value != old;
  }
  tensor.type = type;
  if (changed) tensor.grid.reset();
  return tensor;
}

Tensor fold_arithmetic(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({});
  const Tensor& left = operands.at(0);
  const Tensor& right = operands.at(1);
  const std::string& op = node.op();
  const bool integer = is_integer(left.type);
  require(integer || is_floating(left.type), "computed from truth values");
  if (op == "Pow") {
    require(is_integer(right.type) || is_floating(right.type), "computed from truth values");
    return combine(left, right,
                   [](double x, double y) { return y == 0.5 ? std::sqrt(x) : std::pow(x, y); });
  }
  require(left.type == right.type, "computed from operands of different types");
  if (op == "Add") return combine(left, right, [](double x, double y) { return x + y; });
  if (op == "Sub") return combine(left, right, [](double x, double y) { return x - y; });
  const bool divide = op == "Div";
  Tensor result;
  if (!divide) {
    result = combine(left, right, [](double x, double y) { return x * y; });
  } else if (integer) {
    result = combine(left, right, divide_integers);
  } else {
    result = combine(left, right, [](double x, double y) { return x / y; });
  }
  if (!integer) {
    result.grid = scale_grid(left, right, divide, result.dims);
    if (!result.grid && !divide) result.grid = scale_grid(right, left, false, result.dims);
  }
  return result;
}

Tensor fold_extremum(const ConstantOperands& operands) {
  operands.node().allow_attributes({});
  const bool is_min = operands.node().op() == "Min";
  Tensor result = operands.at(0);
  for (int i = 1; i < operands.size(); ++i) {
    require(operands.at(i).type == result.type, "computed from operands of different types");
    result = combine(result, operands.at(i), [is_min](double x, double y) {
      if (std::isnan(x) || std::isnan(y)) return kNan;
      return is_min ? std::min(x, y) : std::max(x, y);
    });
  }
  result.grid.reset();
  return result;
}

Tensor fold_clip(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"min", "max"});
  Tensor tensor = operands.at(0);
  const auto bound = [&](int i, const char* attribute, double none) {
    if (operands.find(i) == nullptr) {
      return node.has(attribute) ? static_cast<double>(node.real(attribute, 0)) : none;
    }
    require(operands.at(i).is_scalar() && operands.at(i).type == tensor.type,
            "clipped to a bound of another type or shape");
    return operands.at(i).values[0];
  };
  const double lowest = bound(1, "min", -std::numeric_limits<double>::infinity());
  const double highest = bound(2, "max", std::numeric_limits<double>::infinity());
  require(!std::isnan(lowest) && !std::isnan(highest), "clipped to NaN");
  for (double& value : tensor.values) {
    if (!std::isnan(value)) value = stored(tensor.type, std::min(std::max(value, lowest), highest));
  }
  tensor.grid.reset();
  return tensor;
}

Tensor fold_function(const ConstantOperands& operands) {
  operands.node().allow_attributes({});
  const std::string& op = operands.node().op();
  Tensor tensor = operands.at(0);
  require(is_integer(tensor.type) || is_floating(tensor.type), "computed from truth values");
  require(is_floating(tensor.type) || op == "Abs" || op == "Neg" || op == "Sign",
          "computed from integers");
  const auto function = [&op](double x) {
    if (op == "Abs") return std::fabs(x);
    if (op == "Ceil") return std::ceil(x);
    if (op == "Floor") return std::floor(x);
    if (op == "Neg") return -x;
    if (op == "Reciprocal") return 1 / x;
    if (op == "Round") return std::nearbyint(x);
    if (op == "Sqrt") return std::sqrt(x);
    return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0));
  };
  for (double& value : tensor.values) value = stored(tensor.type, function(value));
  if (tensor.grid && op == "Neg") {
    std::vector<double> scales = tensor.grid->element_scales(tensor.dims);
    for (double& scale : scales) scale = -scale;
    tensor.grid = make_grid(std::move(tensor.grid->codes), std::move(scales), tensor.dims);
  } else {
    tensor.grid.reset();
  }
  return tensor;
}

Tensor fold_reduction(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axes", "keepdims", "noop_with_empty_axes"});
  const Tensor& tensor = operands.at(0);
  const bool mean = node.op() == "ReduceMean";
  require(is_floating(tensor.type) || (is_integer(tensor.type) && !mean),
          "averaged from integers or truth values");
  const std::vector<std::int64_t> axes = operands.axes();
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) != 0) return tensor;
  std::vector<bool> reduced(tensor.dims.size(), axes.empty());
  for (const std::int64_t axis : axes) reduced[normalized_axis(axis, tensor.dims.size())] = true;
  Tensor result;
  result.type = tensor.type;
  Dims kept = tensor.dims;
  for (std::size_t d = 0; d < kept.size(); ++d) {
    if (reduced[d]) kept[d] = 1;
    if (!reduced[d] || node.integer("keepdims", 1) != 0) result.dims.push_back(kept[d]);
  }
  result.values.assign(computed_elements(kept), 0);
  const StridedIndex index = broadcast_index(kept, tensor.dims);
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    result.values[index(i)] += tensor.values[i];
  }
  const double divisor =
      mean ? static_cast<double>(tensor.values.size()) / static_cast<double>(result.values.size())
           : 1;
  for (double& value : result.values) value = stored(result.type, value / divisor);
  return result;
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/fold_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/converter/onnx/operator_attributes.h"

namespace spikeloom::converter {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;

/// Returns the tensor whose element i is element index(i) of `tensor`.
template <typename Index>
Tensor rearranged(const Tensor& tensor, Dims dims, Index index) {
  Tensor result;
  result.type = tensor.type;
  result.dims = std::move(dims);
  const std::size_t count = computed_elements(result.dims, tensor.values.size());
  result.values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) result.values.push_back(tensor.values[index(i)]);
  if (!tensor.grid) return result;
  const std::vector<double> old_scales = tensor.grid->element_scales(tensor.dims);
  const bool several = old_scales.size() > 1;
  std::vector<std::int32_t> codes(count);
  std::vector<double> scales(several ? count : 1, old_scales.front());
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = tensor.grid->codes[index(i)];
    if (several) scales[i] = old_scales[index(i)];
  }
  result.grid = make_grid(std::move(codes), std::move(scales), result.dims);
  return result;
}

Tensor make_tensor(int type, std::vector<double> values, Dims dims) {
  Tensor tensor;
  tensor.type = type;
  tensor.values = std::move(values);
  tensor.dims = std::move(dims);
  return tensor;
}

Dims list_dims(std::size_t size) { return {static_cast<std::int64_t>(size)}; }

std::int64_t product(Dims::const_iterator begin, Dims::const_iterator end) {
  return static_cast<std::int64_t>(element_count(Dims(begin, end)));
}

/// Starts, ends and steps of a slice, for all axes.
struct Slice {
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> steps;
  Dims dims;
};

void set_range(Slice& slice, std::size_t axis, std::int64_t start, std::int64_t end,
               std::int64_t step) {
  require(step != 0, "sliced with step 0");
  const std::int64_t size = slice.dims[axis];
  if (start < 0) start += size;
  if (end < 0) end += size;
  const std::int64_t shift = step > 0 ? 0 : -1;
  start = std::clamp<std::int64_t>(start, 0, std::max<std::int64_t>(size + shift, 0));
  end = std::clamp<std::int64_t>(end, shift, std::max<std::int64_t>(size + shift, shift));
  const std::int64_t distance = step > 0 ? end - start : start - end;
  const std::int64_t stride = step > 0 ? step : -step;
  slice.starts[axis] = start;
  slice.steps[axis] = step;
  slice.dims[axis] = distance <= 0 || size == 0 ? 0 : (distance - 1) / stride + 1;
}

}  // namespace

Tensor fold_constant(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  const AttributeProto* value = nullptr;
  for (const AttributeProto& attribute : node.proto().attribute()) {
    if (is_foreign_attribute(node.domain(), node.op(), attribute.name())) continue;
    require(value == nullptr, "a Constant with several values");
    value = &attribute;
  }
  require(value != nullptr, "a Constant without a value");
  const auto has = [value](const char* name, AttributeProto::AttributeType type) {
    return value->name() == name && value->type() == type;
  };
  if (has("value", AttributeProto::TENSOR)) {
    return read_tensor(value->t(), std::filesystem::path(node.source()).parent_path());
  }
  if (has("value_float", AttributeProto::FLOAT)) {
    return make_tensor(TensorProto::FLOAT, {static_cast<double>(value->f())}, {});
  }
  if (has("value_floats", AttributeProto::FLOATS)) {
    const auto& floats = value->floats();
    return make_tensor(TensorProto::FLOAT, {floats.begin(), floats.end()}, {floats.size()});
  }
  if (has("value_int", AttributeProto::INT)) {
    return make_tensor(TensorProto::INT64, {static_cast<double>(value->i())}, {});
  }
  if (has("value_ints", AttributeProto::INTS)) {
    const auto& integers = value->ints();
    std::vector<double> values;
    for (const std::int64_t number : integers) values.push_back(static_cast<double>(number));
    return make_tensor(TensorProto::INT64, std::move(values), {integers.size()});
  }
  throw std::invalid_argument(fmt::format("a Constant with attribute {}", value->name()));
}

Tensor fold_constant_of_shape(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"value"});
  Tensor value = make_tensor(TensorProto::FLOAT, {0}, {});
  for (const AttributeProto& attribute : node.proto().attribute()) {
    if (attribute.name() != "value") continue;
    require(attribute.type() == AttributeProto::TENSOR, "filled with a value that is no tensor");
    value = read_tensor(attribute.t(), std::filesystem::path(node.source()).parent_path());
  }
  require(value.is_scalar(), "filled with several values");
  Dims dims = operands.integers(0);
  const std::size_t count = computed_elements(dims);
  return make_tensor(value.type, std::vector<double>(count, value.values[0]), std::move(dims));
}

Tensor fold_identity(const ConstantOperands& operands) {
  operands.node().allow_attributes({});
  return operands.at(0);
}

Tensor fold_transpose(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"perm"});
  const Tensor& tensor = operands.at(0);
  std::vector<std::int64_t> order(tensor.dims.size());
  std::iota(order.rbegin(), order.rend(), 0);
  order = node.integers("perm", order);
  std::vector<std::int64_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  bool permutes = sorted.size() == tensor.dims.size();
  for (std::size_t d = 0; permutes && d < sorted.size(); ++d) {
    permutes = sorted[d] == static_cast<std::int64_t>(d);
  }
  require(permutes, "transposed by a broken permutation");
  const std::vector<std::int64_t> old_strides = strides_of(tensor.dims);
  Dims dims;
  std::vector<std::int64_t> strides;
  for (const std::int64_t axis : order) {
    dims.push_back(tensor.dims[static_cast<std::size_t>(axis)]);
    strides.push_back(old_strides[static_cast<std::size_t>(axis)]);
  }
  const StridedIndex index(dims, strides);
  return rearranged(tensor, std::move(dims), index);
}

Tensor fold_reshape(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"allowzero"});
  const Tensor& tensor = operands.at(0);
  Dims dims = operands.integers(1);
  const auto unknown = std::find(dims.begin(), dims.end(), -1);
  require(std::count(dims.begin(), dims.end(), -1) <= 1, "reshaped with several sizes -1");
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] != 0 || node.integer("allowzero", 0) != 0) continue;
    require(d < tensor.dims.size(), "reshaped with a size 0 beyond its axes");
    dims[d] = tensor.dims[d];
  }
  if (unknown != dims.end()) {
    *unknown = 1;
    const std::size_t known = element_count(dims);
    require(known != 0 && tensor.values.size() % known == 0,
            "reshaped to another number of elements");
    *unknown = static_cast<std::int64_t>(tensor.values.size() / known);
  }
  return reshaped(tensor, std::move(dims));
}

Tensor fold_flatten(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axis"});
  const Tensor& tensor = operands.at(0);
  const std::int64_t axis = node.integer("axis", 1);
  const auto split = tensor.dims.begin() +
                     (axis == tensor.rank()
                          ? tensor.rank()
                          : static_cast<std::ptrdiff_t>(normalized_axis(axis, tensor.dims.size())));
  return reshaped(tensor, {product(tensor.dims.begin(), split), product(split, tensor.dims.end())});
}

Tensor fold_squeeze(const ConstantOperands& operands) {
  operands.node().allow_attributes({"axes"});
  const Tensor& tensor = operands.at(0);
  return reshaped(tensor, squeezed_dims(tensor.dims, operands.axes()));
}

Tensor fold_unsqueeze(const ConstantOperands& operands) {
  operands.node().allow_attributes({"axes"});
  const Tensor& tensor = operands.at(0);
  return reshaped(tensor, unsqueezed_dims(tensor.dims, operands.axes()));
}

Tensor fold_concat(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axis"});
  const Tensor& first = operands.at(0);
  const std::size_t axis = normalized_axis(node.integer("axis", 1), first.dims.size());
  Tensor result = make_tensor(first.type, {}, first.dims);
  result.dims[axis] = 0;
  bool has_grid = true;
  for (int i = 0; i < operands.size(); ++i) {
    const Tensor& tensor = operands.at(i);
    require(tensor.type == first.type, "concatenated from different types");
    Dims dims = tensor.dims;
    require(dims.size() == first.dims.size(), "concatenated from different numbers of axes");
    dims[axis] = first.dims[axis];
    require(dims == first.dims, "concatenated from tensors of different sizes");
    result.dims[axis] += tensor.dims[axis];
    has_grid = has_grid && tensor.grid.has_value();
  }
  const std::size_t count = computed_elements(result.dims);
  const auto inner = static_cast<std::size_t>(strides_of(result.dims)[axis]);
  std::vector<std::int32_t> codes;
  std::vector<double> scales;
  std::vector<std::vector<double>> old_scales;
  for (int i = 0; has_grid && i < operands.size(); ++i) {
    old_scales.push_back(operands.at(i).grid->element_scales(operands.at(i).dims));
  }
  for (std::size_t outer = 0; result.values.size() < count; ++outer) {
    for (int i = 0; i < operands.size(); ++i) {
      const Tensor& tensor = operands.at(i);
      const std::size_t run = inner * static_cast<std::size_t>(tensor.dims[axis]);
      for (std::size_t j = outer * run; j < (outer + 1) * run; ++j) {
        result.values.push_back(tensor.values[j]);
        if (!has_grid) continue;
        const std::vector<double>& old = old_scales[static_cast<std::size_t>(i)];
        codes.push_back(tensor.grid->codes[j]);
        scales.push_back(old[old.size() == 1 ? 0 : j]);
      }
    }
  }
  if (has_grid) result.grid = make_grid(std::move(codes), std::move(scales), result.dims);
  return result;
}

Tensor fold_slice(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axes", "ends", "starts"});
  const Tensor& tensor = operands.at(0);
  const auto read = [&](int i, const char* attribute) {
    return operands.find(i) != nullptr ? operands.integers(i) : node.integers(attribute, {});
  };
  const std::vector<std::int64_t> starts = read(1, "starts");
  const std::vector<std::int64_t> ends = read(2, "ends");
  std::vector<std::int64_t> axes = read(3, "axes");
  std::vector<std::int64_t> steps;
  if (operands.find(4) != nullptr) steps = operands.integers(4);
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  require(
      ends.size() == starts.size() && axes.size() == starts.size() && steps.size() == starts.size(),
      "sliced by lists of different lengths");
  Slice slice{std::vector<std::int64_t>(tensor.dims.size(), 0),
              std::vector<std::int64_t>(tensor.dims.size(), 1), tensor.dims};
  std::vector<bool> seen(tensor.dims.size(), false);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = normalized_axis(axes[i], tensor.dims.size());
    require(!seen[axis], "sliced twice along an axis");
    seen[axis] = true;
    set_range(slice, axis, starts[i], ends[i], steps[i]);
  }
  const std::vector<std::int64_t> old_strides = strides_of(tensor.dims);
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < slice.dims.size(); ++d) {
    offset += slice.starts[d] * old_strides[d];
    // An axis of size 1 makes no step; its step may be anything.
    strides.push_back(slice.dims[d] > 1 ? slice.steps[d] * old_strides[d] : 0);
  }
  const StridedIndex index(slice.dims, strides, offset);
  return rearranged(tensor, slice.dims, index);
}

Tensor fold_gather(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axis"});
  const Tensor& tensor = operands.at(0);
  const Tensor& indices = operands.at(1);
  require(is_integer(indices.type), "gathered by indices that are no integers");
  const std::size_t axis = normalized_axis(node.integer("axis", 0), tensor.dims.size());
  std::vector<std::size_t> rows;
  for (const double value : indices.values) {
    const std::int64_t size = tensor.dims[axis];
    const std::int64_t row = to_integer(value);
    require(row >= -size && row < size, "gathered by an index out of range");
    rows.push_back(static_cast<std::size_t>(row < 0 ? row + size : row));
  }
  const auto split = tensor.dims.begin() + static_cast<std::ptrdiff_t>(axis);
  Dims dims(tensor.dims.begin(), split);
  dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
  dims.insert(dims.end(), split + 1, tensor.dims.end());
  const auto inner = static_cast<std::size_t>(strides_of(tensor.dims)[axis]);
  const auto size = static_cast<std::size_t>(tensor.dims[axis]);
  return rearranged(tensor, std::move(dims), [&](std::size_t i) {
    const std::size_t outer = i / inner / rows.size();
    return (outer * size + rows[i / inner % rows.size()]) * inner + i % inner;
  });
}

Tensor fold_expand(const ConstantOperands& operands) {
  operands.node().allow_attributes({});
  const Tensor& tensor = operands.at(0);
  Dims dims = broadcast_dims(tensor.dims, operands.integers(1));
  computed_elements(dims);
  const StridedIndex index = broadcast_index(tensor.dims, dims);
  return rearranged(tensor, std::move(dims), index);
}

Tensor fold_range(const ConstantOperands& operands) {
  operands.node().allow_attributes({"stash_type"});
  for (int i = 0; i < 3; ++i) {
    require(operands.at(i).is_scalar() && operands.at(i).type == operands.at(0).type,
            "a range between numbers of different types");
    require(is_integer(operands.at(i).type), "a range of numbers that are no integers");
  }
  const double start = operands.at(0).values[0];
  const double limit = operands.at(1).values[0];
  const double delta = operands.at(2).values[0];
  require(delta != 0, "a range with step 0");
  const double count = std::max(std::ceil((limit - start) / delta), 0.0);
  require(count <= static_cast<double>(kMaxGrownElements), "a range with too many numbers");
  std::vector<double> values;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    values.push_back(stored(operands.at(0).type, start + static_cast<double>(i) * delta));
  }
  const std::size_t size = values.size();
  return make_tensor(operands.at(0).type, std::move(values), list_dims(size));
}

Tensor fold_shape(const ConstantOperands& operands) {
  return shape_tensor(operands.node(), operands.at(0).dims);
}

Tensor shape_tensor(const OnnxNode& node, const Dims& dims) {
  node.allow_attributes({"start", "end"});
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto bound = [rank](std::int64_t index) {
    return std::clamp<std::int64_t>(index < 0 ? index + rank : index, 0, rank);
  };
  const std::int64_t start = bound(node.integer("start", 0));
  const std::int64_t end = bound(node.integer("end", rank));
  std::vector<double> values;
  for (std::int64_t d = start; d < end; ++d) {
    const std::int64_t dim = dims[static_cast<std::size_t>(d)];
    values.push_back(dim < 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(dim));
  }
  const std::size_t size = values.size();
  return make_tensor(TensorProto::INT64, std::move(values), list_dims(size));
}

Tensor reshaped(Tensor tensor, Dims dims) {
  require(element_count(dims) == tensor.values.size(), "reshaped to another number of elements");
  if (tensor.grid && tensor.grid->scales.size() > 1) {
    std::vector<double> scales = tensor.grid->element_scales(tensor.dims);
    tensor.grid = make_grid(std::move(tensor.grid->codes), std::move(scales), dims);
  }
  tensor.dims = std::move(dims);
  return tensor;
}

Dims squeezed_dims(const Dims& dims, const std::vector<std::int64_t>& axes) {
  std::vector<bool> dropped;
  for (const std::int64_t dim : dims) dropped.push_back(axes.empty() && dim == 1);
  for (const std::int64_t axis : axes) {
    const std::size_t d = normalized_axis(axis, dims.size());
    require(dims[d] == 1, "squeezed along an axis that is longer than 1");
    dropped[d] = true;
  }
  Dims result;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (!dropped[d]) result.push_back(dims[d]);
  }
  return result;
}

Dims unsqueezed_dims(const Dims& dims, const std::vector<std::int64_t>& axes) {
  const std::size_t rank = dims.size() + axes.size();
  std::vector<bool> added(rank, false);
  for (const std::int64_t axis : axes) {
    const std::size_t d = normalized_axis(axis, rank);
    require(!added[d], "unsqueezed twice along an axis");
    added[d] = true;
  }
  Dims result;
  auto next = dims.begin();
  for (std::size_t d = 0; d < rank; ++d) result.push_back(added[d] ? 1 : *next++);
  return result;
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/support/onnx_evaluator.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "spikeloom/base/index.h"

namespace spikeloom::test {
namespace {

using Ints = std::vector<int>;
using Inputs = std::vector<const Values*>;

using base::at;

int size_of(const Ints& dims) {
  return std::accumulate(dims.begin(), dims.end(), 1, std::multiplies<>());
}

/// The attributes of a node.
class Attributes {
 public:
  explicit Attributes(const onnx::NodeProto& node) : node_(node) {}

  bool has(const std::string& name) const { return find(name) != nullptr; }
  Ints integers(const std::string& name, const Ints& default_value) const {
    const onnx::AttributeProto* found = find(name);
    if (found == nullptr) return default_value;
    if (found->type() == onnx::AttributeProto::INT) return {static_cast<int>(found->i())};
    Ints values;
    for (const std::int64_t value : found->ints()) values.push_back(static_cast<int>(value));
    return values;
  }
  int integer(const std::string& name, int default_value) const {
    return integers(name, {default_value}).front();
  }
  std::string text(const std::string& name, const std::string& default_value) const {
    const onnx::AttributeProto* found = find(name);
    return found == nullptr ? default_value : found->s();
  }
  Real real(const std::string& name, double default_value) const {
    const onnx::AttributeProto* found = find(name);
    return Real(found == nullptr ? default_value : static_cast<double>(found->f()));
  }

 private:
  const onnx::AttributeProto* find(const std::string& name) const {
    for (const onnx::AttributeProto& attribute : node_.attribute()) {
      if (attribute.name() == name) return &attribute;
    }
    return nullptr;
  }

  const onnx::NodeProto& node_;
};

Real to_float(const Real& value) { return Real(static_cast<double>(value.convert_to<float>())); }

/// Returns the multiple of 1/2 that a quotient or root with its last bits wrong stands for.
Real snapped(const Real& value) {
  const Real twice = value * 2;
  const Real nearest = floor(twice + Real(0.5));
  return abs(twice - nearest) < ldexp(Real(1), -150) ? Real(nearest / 2) : value;
}

Real round_half_even(const Real& value) {
  const Real exact = snapped(value);
  const Real below = floor(exact);
  const Real rest = exact - below;
  if (rest < Real(0.5)) return below;
  if (rest > Real(0.5)) return below + 1;
  return floor(below / 2) * 2 == below ? below : Real(below + 1);
}

/// Returns the element of `values` for an element of a tensor of `dims`, to which it broadcasts.
std::size_t broadcast(const Values& values, const Ints& dims, std::size_t element) {
  std::size_t index = 0;
  std::size_t stride = 1;
  auto rest = static_cast<int>(element);
  int v = static_cast<int>(values.dims.size()) - 1;
  for (int d = static_cast<int>(dims.size()) - 1; d >= 0; --d, --v) {
    const int position = rest % dims[at(d)];
    rest /= dims[at(d)];
    if (v < 0 || values.dims[at(v)] == 1) continue;
    if (values.dims[at(v)] != dims[at(d)]) throw std::invalid_argument("shapes do not broadcast");
    index += at(position) * stride;
    stride *= at(values.dims[at(v)]);
  }
  return index;
}

Values elementwise(const Values& a, const Values& b,
                   const std::function<Real(const Real&, const Real&)>& function) {
  // The constant's batch dimension, if it has one, is 1.
  const Values& shape = a.is_constant && !b.is_constant ? b : a;
  Values result = shape;
  result.is_constant = a.is_constant && b.is_constant;
  result.is_image = a.is_image || b.is_image;
  for (std::size_t i = 0; i < result.data.size(); ++i) {
    result.data[i] =
        function(a.data[broadcast(a, shape.dims, i)], b.data[broadcast(b, shape.dims, i)]);
    if (result.is_image) result.data[i] = to_float(result.data[i]);
  }
  return result;
}

Values mapped(const Values& values, const std::function<Real(const Real&)>& function) {
  Values result = values;
  for (Real& value : result.data) value = function(value);
  return result;
}

/// Slides a window over the planes of `input`, channels x height x width. over() calls take(tap,
/// value) for each tap inside the plane.
class Sliding {
 public:
  Sliding(const Attributes& attributes, const Values& input, Ints kernel)
      : kernel_(std::move(kernel)),
        strides_(attributes.integers("strides", {1, 1})),
        dilations_(attributes.integers("dilations", {1, 1})),
        pads_(attributes.integers("pads", {0, 0, 0, 0})),
        input_(input) {
    if (strides_.size() == 1) strides_.insert(strides_.begin(), 1);
    if (dilations_.size() == 1) dilations_.insert(dilations_.begin(), 1);
    if (pads_.size() == 2) pads_ = {0, pads_[0], 0, pads_[1]};
    for (std::size_t d = 0; d < 2; ++d) {
      size.push_back(
          (input.dims[d + 1] + pads_[d] + pads_[d + 2] - dilations_[d] * (kernel_[d] - 1) - 1) /
              strides_[d] +
          1);
    }
  }

  template <typename Take>
  void over(int channel, int y, int x, Take take) const {
    for (int ky = 0; ky < kernel_[0]; ++ky) {
      for (int kx = 0; kx < kernel_[1]; ++kx) {
        const int iy = y * strides_[0] - pads_[0] + ky * dilations_[0];
        const int ix = x * strides_[1] - pads_[1] + kx * dilations_[1];
        if (iy < 0 || iy >= input_.dims[1] || ix < 0 || ix >= input_.dims[2]) continue;
        take(ky * kernel_[1] + kx,
             input_.data[at((channel * input_.dims[1] + iy) * input_.dims[2] + ix)]);
      }
    }
  }

  Ints size;

 private:
  Ints kernel_, strides_, dilations_, pads_;
  const Values& input_;
};

/// Returns the tensor with a dimension of 1 for the height, if it has none.
Values with_height(Values values, std::size_t dimension) {
  if (values.dims.size() == dimension + 1) {
    values.dims.insert(values.dims.begin() + static_cast<std::ptrdiff_t>(dimension), 1);
  }
  return values;
}

Values convolve(const Attributes& attributes, const Values& from, const Values& kernel) {
  const Values input = with_height(from, 1);
  const Values weights = with_height(kernel, 2);
  const int groups = attributes.integer("group", 1);
  const Sliding window(attributes, input, {weights.dims[2], weights.dims[3]});
  const int taps = weights.dims[2] * weights.dims[3];
  Values result{{weights.dims[0], window.size[0], window.size[1]}, {}};
  for (int o = 0; o < weights.dims[0]; ++o) {
    const int first = o / (weights.dims[0] / groups) * weights.dims[1];
    for (int y = 0; y < window.size[0]; ++y) {
      for (int x = 0; x < window.size[1]; ++x) {
        Real sum = 0;
        for (int c = 0; c < weights.dims[1]; ++c) {
          window.over(first + c, y, x, [&](int tap, const Real& value) {
            const Real& weight = weights.data[at((o * weights.dims[1] + c) * taps + tap)];
            if (!value.is_zero() && !weight.is_zero()) sum += weight * value;
          });
        }
        result.data.push_back(sum);
      }
    }
  }
  if (from.dims.size() == 2) result.dims = {result.dims[0], result.dims[2]};
  return result;
}

Values pool(const std::string& op, const Attributes& attributes, const Values& from) {
  const bool maximum = op == "MaxPool" || op == "GlobalMaxPool";
  const Values input = with_height(from, 1);
  Ints kernel = {input.dims[1], input.dims[2]};
  if (op[0] != 'G') kernel = attributes.integers("kernel_shape", {});
  if (kernel.size() == 1) kernel.insert(kernel.begin(), 1);
  const Sliding window(attributes, input, kernel);
  Values result{{input.dims[0], window.size[0], window.size[1]}, {}};
  for (int c = 0; c < input.dims[0]; ++c) {
    for (int y = 0; y < window.size[0]; ++y) {
      for (int x = 0; x < window.size[1]; ++x) {
        Real sum = 0;
        std::vector<Real> taps;
        window.over(c, y, x, [&](int, const Real& value) {
          sum += value;
          taps.push_back(value);
        });
        result.data.push_back(maximum ? *std::max_element(taps.begin(), taps.end())
                                      : Real(sum / size_of(kernel)));
      }
    }
  }
  if (from.dims.size() == 2) result.dims = {result.dims[0], result.dims[2]};
  return result;
}

/// ReduceMean and ReduceMax; the axes count the batch.
Values reduce(const std::string& op, const Attributes& attributes, const Values& input) {
  std::vector<bool> gone(input.dims.size());
  const int rank = static_cast<int>(input.dims.size()) + 1;
  for (const int axis : attributes.integers("axes", {}))
    gone.at(at((axis + rank) % rank - 1)) = true;
  Values result;
  Ints kept = input.dims;
  int count = 1;
  for (std::size_t d = 0; d < kept.size(); ++d) {
    if (!gone[d]) continue;
    count *= kept[d];
    kept[d] = 1;
  }
  std::vector<std::vector<Real>> groups(at(size_of(kept)));
  const Values shape{kept, {}};
  for (std::size_t i = 0; i < input.data.size(); ++i) {
    groups[broadcast(shape, input.dims, i)].push_back(input.data[i]);
  }
  for (const std::vector<Real>& group : groups) {
    const Real sum = std::accumulate(group.begin(), group.end(), Real(0));
    result.data.push_back(op == "ReduceMean" ? Real(sum / count)
                                             : *std::max_element(group.begin(), group.end()));
  }
  for (std::size_t d = 0; d < kept.size(); ++d) {
    if (!gone[d] || attributes.integer("keepdims", 1) != 0) result.dims.push_back(kept[d]);
  }
  return result;
}

/// Product of the last dimension with weights of inputs x outputs, or outputs x inputs.
Values multiply(const Values& input, const Values& weights, bool transposed) {
  const int inputs = weights.dims[transposed ? 1 : 0];
  const int outputs = weights.dims[transposed ? 0 : 1];
  Values result{input.dims, {}};
  result.dims.back() = outputs;
  if (input.dims.back() != inputs) throw std::invalid_argument("a product that does not fit");
  for (std::size_t row = 0; row < input.data.size() / at(inputs); ++row) {
    for (int o = 0; o < outputs; ++o) {
      Real sum = 0;
      for (int i = 0; i < inputs; ++i) {
        const int w = transposed ? o * inputs + i : i * outputs + o;
        sum += weights.data[at(w)] * input.data[row * at(inputs) + at(i)];
      }
      result.data.push_back(sum);
    }
  }
  return result;
}

/// Returns one number per index of dimension `axis` as a tensor that broadcasts.
Values along(const Values& numbers, const Values& tensor, int axis) {
  Values result = numbers;
  if (numbers.data.size() == 1) {
    result.dims = {};
    return result;
  }
  result.dims.assign(tensor.dims.size(), 1);
  result.dims.at(at(axis)) = static_cast<int>(numbers.data.size());
  return result;
}

Values add(const Values& a, const Values& b) { return elementwise(a, b, std::plus<Real>()); }
Values subtract(const Values& a, const Values& b) { return elementwise(a, b, std::minus<Real>()); }
Values scale(const Values& a, const Values& b) {
  return elementwise(a, b, std::multiplies<Real>());
}

Values normalize(const Real& epsilon, const Inputs& inputs) {
  const auto parameter = [&](std::size_t i) { return along(*inputs[i], *inputs[0], 0); };
  const Values deviation =
      mapped(parameter(4), [&](const Real& variance) { return Real(sqrt(variance + epsilon)); });
  const Values centered = subtract(*inputs[0], parameter(3));
  const Values scaled = elementwise(scale(centered, parameter(1)), deviation, std::divides<Real>());
  return add(scaled, parameter(2));
}

Values transpose(const Values& from, const Ints& axes) {
  Values result = from;
  for (std::size_t d = 0; d < axes.size(); ++d) result.dims[d] = from.dims[at(axes[d])];
  Ints index(axes.size());
  for (std::size_t i = 0; i < from.data.size(); ++i) {
    auto rest = static_cast<int>(i);
    for (std::size_t d = axes.size(); d-- > 0;) {
      index[at(axes[d])] = rest % result.dims[d];
      rest /= result.dims[d];
    }
    int source = 0;
    for (std::size_t d = 0; d < axes.size(); ++d) source = source * from.dims[d] + index[d];
    result.data[i] = from.data[at(source)];
  }
  return result;
}

Values concatenate(const Inputs& inputs, int axis) {
  Values result = *inputs[0];
  result.data.clear();
  result.dims.at(at(axis)) = 0;
  for (const Values* input : inputs) result.dims[at(axis)] += input->dims.at(at(axis));
  const int outer =
      std::accumulate(result.dims.begin(), result.dims.begin() + axis, 1, std::multiplies<>());
  for (int o = 0; o < outer; ++o) {
    for (const Values* input : inputs) {
      const auto chunk = static_cast<std::ptrdiff_t>(input->data.size()) / outer;
      const auto first = input->data.begin() + o * chunk;
      result.data.insert(result.data.end(), first, first + chunk);
    }
  }
  return result;
}

Values pad(const Values& from, const Ints& pads, const Real& value) {
  const std::size_t rank = from.dims.size();
  Values result{from.dims, {}, false, from.is_image};
  for (std::size_t d = 0; d < rank; ++d) result.dims[d] += pads[d + 1] + pads[d + rank + 2];
  for (int i = 0; i < size_of(result.dims); ++i) {
    int rest = i;
    int source = 0;
    int stride = 1;
    bool inside = true;
    for (std::size_t d = rank; d-- > 0;) {
      const int position = rest % result.dims[d] - pads[d + 1];
      rest /= result.dims[d];
      inside = inside && position >= 0 && position < from.dims[d];
      source += position * stride;
      stride *= from.dims[d];
    }
    result.data.push_back(inside ? from.data[at(source)] : value);
  }
  return result;
}

Values reshape(const Values& from, const Values& shape) {
  Values result = from;
  const Ints before = from.dims;
  result.dims.clear();
  int known = 1;
  for (std::size_t d = 1; d < shape.data.size(); ++d) {
    int dim = shape.data[d].convert_to<int>();
    if (dim == 0) dim = before.at(d - 1);
    result.dims.push_back(dim);
    if (dim > 0) known *= dim;
  }
  for (int& dim : result.dims) {
    if (dim < 0) dim = size_of(before) / known;
  }
  return result;
}

/// Squeeze or Unsqueeze; the axes count the batch.
Values change_rank(const Values& from, const Values& axes, bool insert) {
  Values result = from;
  result.dims.insert(result.dims.begin(), 1);
  Ints sorted;
  const int rank = static_cast<int>(from.dims.size() + 1 + (insert ? axes.data.size() : 0));
  for (const Real& axis : axes.data) sorted.push_back((axis.convert_to<int>() + rank) % rank);
  std::sort(sorted.begin(), sorted.end());
  if (!insert) std::reverse(sorted.begin(), sorted.end());
  for (const int axis : sorted) {
    const auto place = result.dims.begin() + axis;
    if (insert) {
      result.dims.insert(place, 1);
    } else {
      result.dims.erase(place);
    }
  }
  result.dims.erase(result.dims.begin());
  return result;
}

/// Rounds the quotient, adds the zero point and saturates at the bounds of its type. Some operators
/// of ONNX Runtime add the zero point before they round: `inside`.
Values quantize(const Values& input, const Values& scales, const Values* zero, int type, int axis,
                bool inside = false) {
  const Values divisor = along(scales, input, axis);
  Values result = elementwise(input, divisor, std::divides<Real>());
  if (!inside) result = mapped(result, round_half_even);
  if (zero != nullptr) result = add(result, along(*zero, input, axis));
  if (inside) result = mapped(result, round_half_even);
  const Real lowest = type == onnx::TensorProto::INT8 ? -128 : 0;
  result.is_image = false;
  return mapped(result, [&](const Real& value) {
    return std::min(std::max(value, lowest), Real(lowest + 255));
  });
}

Values dequantize(const Values& input, const Values& scales, const Values* zero, int axis) {
  Values result = input;
  if (zero != nullptr) result = subtract(result, along(*zero, input, axis));
  return scale(result, along(scales, input, axis));
}

/// What follows is no longer computed in float32.
Values without_image(Values values) {
  values.is_image = false;
  return values;
}

/// Rounds as QONNX names it.
Real round_as(const std::string& mode, const Real& value) {
  const Real exact = snapped(value);
  const Real magnitude = abs(exact);
  const Real sign = exact < 0 ? -1 : 1;
  if (mode == "CEIL") return ceil(exact);
  if (mode == "FLOOR") return floor(exact);
  if (mode == "UP") return sign * ceil(magnitude);
  if (mode == "DOWN") return sign * floor(magnitude);
  if (mode == "HALF_UP") return sign * floor(magnitude + Real(0.5));
  if (mode == "HALF_DOWN") return sign * ceil(magnitude - Real(0.5));
  if (mode == "ROUND") return round_half_even(exact);
  throw std::invalid_argument("rounding mode " + mode);
}

/// Quant of QONNX: inputs are numbers, scale, zero point and number of bits.
Values quantize_to_bits(const Attributes& attributes, const Inputs& inputs) {
  const Values& zero = *inputs[2];
  const int bits = inputs[3]->data.at(0).convert_to<int>();
  const bool is_signed = attributes.integer("signed", 1) != 0;
  const int narrow = attributes.integer("narrow", 0) != 0 ? 1 : 0;
  const int lowest = is_signed ? -(1 << (bits - 1)) + narrow : 0;
  const int highest = is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1 - narrow;
  const std::string mode = attributes.text("rounding_mode", "ROUND");
  const Values scaled = add(elementwise(*inputs[0], *inputs[1], std::divides<Real>()), zero);
  const Values integers = mapped(without_image(scaled), [&](const Real& value) {
    if (is_signed && bits == 1) return Real(snapped(value) < 0 ? -1 : 1);
    return round_as(mode, std::min(std::max(value, Real(lowest)), Real(highest)));
  });
  return scale(subtract(integers, zero), *inputs[1]);
}

/// MultiThreshold of FINN: thresholds are channels x levels, or one row for all channels.
Values count_thresholds(const Attributes& attributes, const Values& input,
                        const Values& thresholds) {
  const bool last = attributes.text("data_layout", "NCHW") == "NHWC";
  const std::size_t levels = at(thresholds.dims.at(1));
  std::size_t inner = 1;
  for (std::size_t d = 1; !last && d < input.dims.size(); ++d) inner *= at(input.dims[d]);
  const std::size_t channels = at(last ? input.dims.back() : input.dims.front());
  Values result = without_image(input);
  for (std::size_t i = 0; i < result.data.size(); ++i) {
    const std::size_t row = thresholds.dims.at(0) == 1 ? 0 : i / inner % channels;
    int count = 0;
    for (std::size_t level = 0; level < levels; ++level) {
      const Real distance = input.data[i] - thresholds.data.at(row * levels + level);
      count += distance >= -ldexp(Real(1), -150) ? 1 : 0;
    }
    result.data[i] = attributes.real("out_scale", 1) * count + attributes.real("out_bias", 0);
  }
  return result;
}

class Evaluation {
 public:
  Evaluation(const onnx::GraphProto& graph, std::map<std::string, Values>& tensors)
      : tensors_(tensors) {
    for (const onnx::TensorProto& constant : graph.initializer()) {
      types_[constant.name()] = constant.data_type();
    }
  }

  Values compute(const onnx::NodeProto& node) const {
    const std::string& op = node.op_type();
    const Attributes attributes(node);
    Inputs inputs;
    for (const std::string& input : node.input()) {
      inputs.push_back(input.empty() ? nullptr : &tensors_.at(input));
    }
    const auto input = [&inputs](std::size_t i) { return i < inputs.size() ? inputs[i] : nullptr; };
    const Values& first = *inputs.at(0);
    const auto axis = [&](int default_value) {
      const int rank = static_cast<int>(first.dims.size()) + (first.is_constant ? 0 : 1);
      const int value = (attributes.integer("axis", default_value) + rank) % rank;
      return first.is_constant ? value : value - 1;
    };
    if (op == "Conv") {
      const Values sum = convolve(attributes, first, *inputs[1]);
      return input(2) == nullptr ? sum : add(sum, along(*inputs[2], sum, 0));
    }
    if (op == "ConvInteger") {
      Values x = first;
      Values w = *inputs[1];
      if (input(2) != nullptr) x = subtract(x, *inputs[2]);
      if (input(3) != nullptr) w = subtract(w, along(*inputs[3], w, 0));
      return convolve(attributes, x, w);
    }
    if (op == "MatMulInteger") {
      Values x = first;
      Values w = *inputs[1];
      if (input(2) != nullptr) x = subtract(x, *inputs[2]);
      if (input(3) != nullptr) w = subtract(w, along(*inputs[3], w, 1));
      return multiply(x, w, false);
    }
    if (op == "QLinearConv" || op == "QLinearMatMul") {
      const bool convolution = op == "QLinearConv";
      const Values x = dequantize(first, *inputs[1], inputs[2], 0);
      const Values w = dequantize(*inputs[3], *inputs[4], inputs[5], convolution ? 0 : 1);
      Values y = convolution ? convolve(attributes, x, w) : multiply(x, w, false);
      if (convolution && input(8) != nullptr) {
        const Values units = scale(*inputs[4], *inputs[1]);
        y = add(y, along(scale(*inputs[8], units), y, 0));
      }
      return quantize(y, *inputs[6], inputs[7], types_.at(node.input(7)), 0);
    }
    if (op == "QLinearAdd") {
      const Values left = dequantize(first, *inputs[1], inputs[2], 0);
      const Values right = dequantize(*inputs[3], *inputs[4], inputs[5], 0);
      return quantize(add(left, right), *inputs[6], inputs[7], types_.at(node.input(7)), 0, true);
    }
    if (op == "QLinearConcat") {
      std::vector<Values> parts;
      for (std::size_t i = 2; i < inputs.size(); i += 3) {
        parts.push_back(dequantize(*inputs[i], *inputs[i + 1], inputs[i + 2], 0));
      }
      Inputs pointers;
      for (const Values& part : parts) pointers.push_back(&part);
      const int along = attributes.integer("axis", 1) - 1;
      return quantize(concatenate(pointers, along), first, inputs[1], types_.at(node.input(1)), 0);
    }
    if (op == "QLinearAveragePool" || op == "QLinearGlobalAveragePool") {
      const Values x = dequantize(first, *inputs[1], inputs[2], 0);
      const Values y = pool(op.substr(7), attributes, x);
      // Windows of the whole image are rounded as in QLinearGlobalAveragePool.
      const Ints kernel = attributes.integers("kernel_shape", {});
      const bool whole = kernel == Ints(x.dims.begin() + 1, x.dims.end());
      const bool inside = op == "QLinearAveragePool" && !whole;
      return quantize(y, *inputs[3], inputs[4], types_.at(node.input(4)), 0, inside);
    }
    if (op == "QuantizeLinear") {
      const int type = input(2) == nullptr ? onnx::TensorProto::UINT8 : types_.at(node.input(2));
      return quantize(first, *inputs[1], input(2), type, axis(1));
    }
    if (op == "DequantizeLinear") return dequantize(first, *inputs[1], input(2), axis(1));
    if (op == "MaxPool" || op == "AveragePool" || op == "GlobalAveragePool" ||
        op == "GlobalMaxPool") {
      return pool(op, attributes, first);
    }
    if (op == "ReduceMean" || op == "ReduceMax") return reduce(op, attributes, first);
    if (op == "Gemm") {
      const Values y = multiply(first, *inputs[1], attributes.integer("transB", 0) != 0);
      return input(2) == nullptr ? y : add(y, *inputs[2]);
    }
    if (op == "MatMul") return multiply(first, *inputs[1], false);
    if (op == "BatchNormalization") return normalize(attributes.real("epsilon", 1e-5F), inputs);
    if (op == "Concat") return concatenate(inputs, axis(1));
    if (op == "Flatten") return {{static_cast<int>(first.data.size())}, first.data};
    if (op == "Reshape") return reshape(first, *inputs[1]);
    if (op == "Transpose") {
      Ints axes = attributes.integers("perm", {});
      if (!first.is_constant) {
        axes.erase(axes.begin());
        for (int& a : axes) --a;
      }
      return transpose(first, axes);
    }
    if (op == "Squeeze" || op == "Unsqueeze") {
      return change_rank(first, *inputs[1], op == "Unsqueeze");
    }
    if (op == "Pad") {
      Ints pads;
      for (const Real& number : inputs[1]->data) pads.push_back(number.convert_to<int>());
      return pad(first, pads, input(2) == nullptr ? Real(0) : inputs[2]->data[0]);
    }
    if (op == "Identity" || op == "Dropout" || op == "Cast") return first;
    if (op == "Add" || op == "Sum") {
      Values sum = first;
      for (std::size_t i = 1; i < inputs.size(); ++i) sum = add(sum, *inputs[i]);
      return sum;
    }
    if (op == "Sub") return subtract(first, *inputs[1]);
    if (op == "Mul") return scale(first, *inputs[1]);
    if (op == "Div") return elementwise(first, *inputs[1], std::divides<Real>());
    if (op == "Clip") {
      return mapped(first, [&](Real value) {
        if (input(1) != nullptr) value = std::max(value, inputs[1]->data[0]);
        if (input(2) != nullptr) value = std::min(value, inputs[2]->data[0]);
        return value;
      });
    }
    if (op == "LeakyRelu" || op == "PRelu") {
      const Values slope =
          op == "PRelu" ? *inputs[1] : Values{{}, {attributes.real("alpha", 0.01F)}, true};
      return elementwise(first, slope, [](const Real& value, const Real& factor) {
        return value < 0 ? Real(value * factor) : value;
      });
    }
    if (op == "Quant") return quantize_to_bits(attributes, inputs);
    if (op == "BipolarQuant") {
      return scale(mapped(without_image(first),
                          [](const Real& value) { return Real(snapped(value) < 0 ? -1 : 1); }),
                   *inputs[1]);
    }
    if (op == "MultiThreshold") return count_thresholds(attributes, first, *inputs[1]);
    if (op == "Relu") return mapped(first, [](const Real& v) { return std::max(v, Real(0)); });
    if (op == "Neg") return mapped(first, std::negate<Real>());
    return round(op, first);
  }

 private:
  static Values round(const std::string& op, const Values& first) {
    Values result = first;
    result.is_image = false;
    for (Real& value : result.data) {
      if (op == "Floor") {
        value = floor(snapped(value));
      } else if (op == "Ceil") {
        value = ceil(snapped(value));
      } else if (op == "Round") {
        value = round_half_even(value);
      } else if (op == "Sign") {
        value = snapped(value).sign();
      } else {
        throw std::invalid_argument("no evaluation of " + op);
      }
    }
    return result;
  }

  std::map<std::string, Values>& tensors_;
  std::map<std::string, int> types_;  ///< of the constants
};

template <typename T, typename Field>
void read(const onnx::TensorProto& proto, const Field& field, Values& values) {
  for (const auto number : field) {
    values.data.emplace_back(static_cast<double>(static_cast<T>(number)));
  }
  for (std::size_t i = 0; i + sizeof(T) <= proto.raw_data().size(); i += sizeof(T)) {
    T number;
    std::memcpy(&number, proto.raw_data().data() + i, sizeof(T));
    values.data.emplace_back(static_cast<double>(number));
  }
}

Values read_constant(const onnx::TensorProto& proto) {
  Values values;
  values.is_constant = true;
  for (const std::int64_t dim : proto.dims()) values.dims.push_back(static_cast<int>(dim));
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      read<float>(proto, proto.float_data(), values);
      break;
    case onnx::TensorProto::INT8:
      read<std::int8_t>(proto, proto.int32_data(), values);
      break;
    case onnx::TensorProto::UINT8:
      read<std::uint8_t>(proto, proto.int32_data(), values);
      break;
    case onnx::TensorProto::INT32:
      read<std::int32_t>(proto, proto.int32_data(), values);
      break;
    case onnx::TensorProto::INT64:
      read<std::int64_t>(proto, proto.int64_data(), values);
      break;
    default:
      throw std::invalid_argument("a constant of another type");
  }
  return values;
}

}  // namespace

std::map<std::string, Values> OnnxEvaluator::run(const std::vector<double>& image) const {
  std::map<std::string, Values> tensors;
  for (const onnx::TensorProto& constant : graph_.initializer()) {
    Values& values = tensors[constant.name()] = read_constant(constant);
    const auto found = exact_.find(constant.name());
    if (found != exact_.end()) values.data = found->second;
  }
  const onnx::ValueInfoProto& input = graph_.input(0);
  Values& pixels = tensors[input.name()];
  pixels.is_image = true;
  for (int d = 1; d < input.type().tensor_type().shape().dim_size(); ++d) {
    pixels.dims.push_back(static_cast<int>(input.type().tensor_type().shape().dim(d).dim_value()));
  }
  pixels.data.assign(image.begin(), image.end());
  const Evaluation evaluation(graph_, tensors);
  for (const onnx::NodeProto& node : graph_.node()) {
    Values result = evaluation.compute(node);
    tensors[node.output(0)] = std::move(result);
  }
  return tensors;
}

}  // namespace spikeloom::test

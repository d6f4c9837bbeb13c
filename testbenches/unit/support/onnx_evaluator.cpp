// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/support/onnx_evaluator.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace spikeloom::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

int size_of(const std::vector<int>& dims) {
  int size = 1;
  for (const int dim : dims) size *= dim;
  return size;
}

/// Returns the integers of an attribute.
std::vector<int> integers(const onnx::NodeProto& node, const std::string& name,
                          const std::vector<int>& default_value) {
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.name() != name) continue;
    if (attribute.has_i()) return {static_cast<int>(attribute.i())};
    std::vector<int> values;
    for (const std::int64_t value : attribute.ints()) values.push_back(static_cast<int>(value));
    return values;
  }
  return default_value;
}

double real(const onnx::NodeProto& node, const std::string& name) {
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.name() == name) return static_cast<double>(attribute.f());
  }
  throw std::invalid_argument(node.name() + " has no " + name);
}

/// Applies `function` element by element; `b` has the same shape, is a scalar, or has one value per
/// channel.
Values elementwise(const Values& a, const Values& b,
                   const std::function<double(double, double)>& function) {
  Values result = a;
  const std::size_t inner = a.data.size() / at(a.dims.front());
  for (std::size_t i = 0; i < a.data.size(); ++i) {
    const std::size_t other = b.data.size() == a.data.size() ? i
                              : b.data.size() == 1           ? 0
                                                             : i / inner;
    result.data[i] = function(a.data[i], b.data.at(other));
  }
  return result;
}

/// Slides a window over the planes of `input`. over() calls take(tap, value) for each tap inside
/// the plane.
struct Sliding {
  Sliding(const onnx::NodeProto& node, const Values& input, std::vector<int> kernel)
      : kernel_(std::move(kernel)),
        strides_(integers(node, "strides", {1, 1})),
        dilations_(integers(node, "dilations", {1, 1})),
        pads_(integers(node, "pads", {0, 0, 0, 0})),
        input_(input) {
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

  std::vector<int> size;

 private:
  std::vector<int> kernel_, strides_, dilations_, pads_;
  const Values& input_;
};

Values convolve(const onnx::NodeProto& node, const Values& input, const Values& weights) {
  const int groups = integers(node, "group", {1}).front();
  const Sliding window(node, input, {weights.dims[2], weights.dims[3]});
  const int taps = weights.dims[2] * weights.dims[3];
  Values result{{weights.dims[0], window.size[0], window.size[1]}, {}};
  for (int o = 0; o < weights.dims[0]; ++o) {
    const int first = o / (weights.dims[0] / groups) * weights.dims[1];
    for (int y = 0; y < window.size[0]; ++y) {
      for (int x = 0; x < window.size[1]; ++x) {
        double sum = 0;
        for (int c = 0; c < weights.dims[1]; ++c) {
          window.over(first + c, y, x, [&](int tap, double value) {
            sum += weights.data[at((o * weights.dims[1] + c) * taps + tap)] * value;
          });
        }
        result.data.push_back(sum);
      }
    }
  }
  return result;
}

Values pool(const onnx::NodeProto& node, const Values& input) {
  const bool maximum = node.op_type() == "MaxPool";
  const std::vector<int> kernel = node.op_type() == "GlobalAveragePool"
                                      ? std::vector<int>{input.dims[1], input.dims[2]}
                                      : integers(node, "kernel_shape", {});
  const Sliding window(node, input, kernel);
  Values result{{input.dims[0], window.size[0], window.size[1]}, {}};
  for (int c = 0; c < input.dims[0]; ++c) {
    for (int y = 0; y < window.size[0]; ++y) {
      for (int x = 0; x < window.size[1]; ++x) {
        double sum = 0;
        double best = -std::numeric_limits<double>::infinity();
        window.over(c, y, x, [&](int, double value) {
          sum += value;
          best = std::max(best, value);
        });
        result.data.push_back(maximum ? best : sum / size_of(kernel));
      }
    }
  }
  return result;
}

/// Matrix product; `weights` is [output][input].
Values multiply(const Values& input, const Values& weights) {
  Values result{{weights.dims[0]}, {}};
  for (int o = 0; o < weights.dims[0]; ++o) {
    double sum = 0;
    for (int i = 0; i < weights.dims[1]; ++i) {
      sum += weights.data[at(o * weights.dims[1] + i)] * input.data.at(at(i));
    }
    result.data.push_back(sum);
  }
  return result;
}

Values normalize(double epsilon, const std::vector<Values>& inputs) {
  Values result = inputs[0];
  const std::size_t inner = result.data.size() / at(result.dims.front());
  for (std::size_t i = 0; i < result.data.size(); ++i) {
    const std::size_t c = i / inner;
    result.data[i] = inputs[1].data[c] * (result.data[i] - inputs[3].data[c]) /
                         std::sqrt(inputs[4].data[c] + epsilon) +
                     inputs[2].data[c];
  }
  return result;
}

Values concatenate(const std::vector<Values>& inputs) {
  Values result = inputs.front();
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    result.dims.front() += inputs[i].dims.front();
    result.data.insert(result.data.end(), inputs[i].data.begin(), inputs[i].data.end());
  }
  return result;
}

Values compute(const onnx::NodeProto& node, const std::vector<Values>& inputs) {
  const std::string& op = node.op_type();
  const Values& first = inputs.front();
  if (op == "Conv") return convolve(node, first, inputs[1]);
  if (op == "MaxPool" || op == "AveragePool" || op == "GlobalAveragePool") {
    return pool(node, first);
  }
  if (op == "Gemm") return multiply(first, inputs[1]);
  if (op == "BatchNormalization") return normalize(real(node, "epsilon"), inputs);
  if (op == "Concat") return concatenate(inputs);
  if (op == "Flatten") return {{static_cast<int>(first.data.size())}, first.data};
  if (op == "Identity") return first;
  if (op == "Add" || op == "Sum") {
    Values sum = first;
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      sum = elementwise(sum, inputs[i], std::plus<>());
    }
    return sum;
  }
  if (op == "Sub") return elementwise(first, inputs[1], std::minus<>());
  if (op == "Mul") return elementwise(first, inputs[1], std::multiplies<>());
  if (op == "Div") return elementwise(first, inputs[1], std::divides<>());
  if (op == "Floor") {
    return elementwise(first, first, [](double a, double) { return std::floor(a); });
  }
  if (op == "Round") {
    return elementwise(first, first, [](double a, double) { return std::nearbyint(a); });
  }
  if (op == "Clip") {
    return elementwise(first, first, [&](double a, double) {
      return std::clamp(a, inputs[1].data[0], inputs[2].data[0]);
    });
  }
  throw std::invalid_argument("no evaluation of " + op);
}

}  // namespace

std::map<std::string, Values> OnnxEvaluator::run(const Values& image) const {
  std::map<std::string, Values> tensors;
  for (const onnx::TensorProto& constant : graph_.initializer()) {
    Values& values = tensors[constant.name()];
    for (const std::int64_t dim : constant.dims()) values.dims.push_back(static_cast<int>(dim));
    for (const float value : constant.float_data()) {
      values.data.push_back(static_cast<double>(value));
    }
  }
  tensors[graph_.input(0).name()] = image;
  for (const onnx::NodeProto& node : graph_.node()) {
    std::vector<Values> inputs;
    for (const std::string& input : node.input()) inputs.push_back(tensors.at(input));
    tensors[node.output(0)] = compute(node, inputs);
  }
  return tensors;
}

}  // namespace spikeloom::test

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/integer_operators.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/recognize/affine_operators.h"
#include "spikeloom/converter/recognize/pooling_operators.h"
#include "spikeloom/converter/recognize/quantization.h"
#include "spikeloom/converter/recognize/shape_operators.h"
#include "spikeloom/converter/recognize/weighted_operators.h"

namespace spikeloom::converter {
namespace {

constexpr std::array<std::string_view, 8> kIntegerOperators = {
    "ConvInteger", "MatMulInteger", "QLinearConv",        "QLinearMatMul",
    "QLinearAdd",  "QLinearConcat", "QLinearAveragePool", "QLinearGlobalAveragePool"};

using base::at;

class IntegerReader {
 public:
  IntegerReader(const Context& context, const OnnxNode& node, const InputValue& input)
      : context_(context), node_(node), input_(input) {}

  Value read() {
    const std::string& op = node_.op();
    if (op == "ConvInteger" || op == "MatMulInteger") return read_integer();
    if (op == "QLinearConv") return read_linear(true);
    if (op == "QLinearMatMul") return read_linear(false);
    if (op == "QLinearAdd") return read_add();
    if (op == "QLinearConcat") return read_concat();
    return read_pool();
  }

 private:
  double zero_point(int i) const {
    return node_.input(i).empty() ? 0 : scalar(context_.graph, node_, i, "zero point");
  }

  /// Returns input `i` less its zero point, times its scale; 0 stands for none.
  Value decoded(int i, int scale, int zero) const {
    Value value = input_(i);
    const std::size_t channels = at(value.shape.channels);
    if (const double number = zero_point(zero); number != 0) {
      add(context_, node_, std::vector<double>(channels, -number), value);
    }
    value.is_integer = scale == 0;
    if (scale != 0) {
      const double factor = scalar(context_.graph, node_, scale, "scale");
      multiply(context_, node_, std::vector<double>(channels, factor), value);
    }
    return value;
  }

  /// Returns constant weights less their zero points, times their scales, which may be one per
  /// output: dimension `axis`.
  Tensor weights(int i, int scale, int zero, int axis) const {
    Tensor tensor = context_.graph.constant(node_, i, "weights");
    const auto per_output = [&](int input, const char* what) {
      const Tensor& operand = context_.graph.constant(node_, input, what);
      if (operand.is_scalar() ||
          (axis < tensor.rank() &&
           operand.values.size() == static_cast<std::size_t>(tensor.dims[at(axis)]))) {
        return operand.values;
      }
      node_.refuse(fmt::format("its {} is of shape {}", what, format_dims(operand.dims)),
                   "a scalar, or one number per output");
    };
    std::vector<double> zeros = {0};
    if (!node_.input(zero).empty()) zeros = per_output(zero, "zero point of the weights");
    std::vector<double> scales = {1};
    if (scale != 0) scales = per_output(scale, "scale of the weights");
    std::size_t inner = 1;
    for (int d = axis + 1; d < tensor.rank(); ++d)
      inner *= static_cast<std::size_t>(tensor.dims[at(d)]);
    const auto outputs = static_cast<std::size_t>(tensor.dims[at(axis)]);
    IntegerGrid grid;
    grid.axis = axis;
    grid.scales = scales;
    for (std::size_t e = 0; e < tensor.values.size(); ++e) {
      const std::size_t output = e / inner % outputs;
      const double code = tensor.values[e] - zeros[zeros.size() == 1 ? 0 : output];
      grid.codes.push_back(static_cast<std::int32_t>(code));
      tensor.values[e] =
          static_cast<double>(static_cast<float>(code * scales[scales.size() == 1 ? 0 : output]));
    }
    tensor.type = onnx::TensorProto::FLOAT;
    tensor.grid = std::move(grid);
    return tensor;
  }

  /// Quantizes `value` with scale and zero point of the result. Ties go to the integer that is even
  /// before the zero point is added, or after it if that is `inside`.
  Value encoded(Value value, int scale, int zero, bool inside = false) const {
    const double factor = scalar(context_.graph, node_, scale, "scale");
    if (!(factor > 0)) node_.refuse(fmt::format("its scale is {}", factor), "a positive number");
    int type = onnx::TensorProto::UINT8;
    if (!node_.input(zero).empty()) {
      type = context_.graph.constant(node_, zero, "zero point").type;
    }
    if (!is_integer(type) || type_bits(type) > 16) {
      node_.refuse(fmt::format("it makes {}", type_name(type)), "integers of up to 16 bits");
    }
    const auto [lowest, highest] = integer_range(type);
    const Integer shift(static_cast<std::int64_t>(zero_point(zero)));
    UniformRounding rounding;
    rounding.multiplier = Rational(1) / Rational::from_double(factor);
    rounding.divisor = factor;
    const Integer outside = inside ? Integer(0) : shift;
    rounding.addend = Rational(Integer(shift - outside), Integer(1));
    rounding.shift = rounding.addend.to_double();
    QuantizerSpec spec;
    spec.function = rounding;
    spec.lowest = Integer(static_cast<std::int64_t>(lowest)) - outside;
    spec.highest = Integer(static_cast<std::int64_t>(highest)) - outside;
    spec.decoding = {1, Rational(outside, Integer(1))};
    spec.values.add(outside.convert_to<double>());
    value = quantize(context_, node_, spec, std::move(value));
    value.is_integer = true;
    return value;
  }

  Value read_integer() const {
    const bool convolution = node_.op() == "ConvInteger";
    if (!convolution) node_.allow_attributes({});
    const Value value = decoded(0, 0, 2);
    const Tensor tensor = weights(1, 0, 3, convolution ? 0 : 1);
    Value result = convolution ? read_convolution(context_, node_, value, tensor)
                               : read_product(context_, node_, value, tensor, false);
    result.is_integer = true;
    return result;
  }

  Value read_linear(bool convolution) const {
    if (!convolution) node_.allow_attributes({});
    Value value = decoded(0, 1, 2);
    const Tensor tensor = weights(3, 4, 5, convolution ? 0 : 1);
    value = convolution ? read_convolution(context_, node_, value, tensor)
                        : read_product(context_, node_, value, tensor, false);
    if (convolution && !node_.input(8).empty()) add_integer_bias(8, value);
    return encoded(std::move(value), 6, 7);
  }

  /// A bias in integers of the scale of input times that of the weights.
  void add_integer_bias(int i, Value& value) const {
    QuantizedLayer& layer = std::get<SumValue>(value.content).layer;
    const Tensor& bias = context_.graph.constant(node_, i, "bias");
    const Tensor& scales = context_.graph.constant(node_, 4, "scale of the weights");
    const Rational input = Rational::from_double(scalar(context_.graph, node_, 1, "scale"));
    const std::size_t channels = at(layer.output.channels);
    if (bias.values.size() != channels) {
      node_.refuse(fmt::format("{} numbers of bias", bias.values.size()),
                   fmt::format("{}, one per output channel", channels));
    }
    layer.offset.assign(channels, Rational());
    for (std::size_t c = 0; c < channels; ++c) {
      const double scale = scales.values[scales.is_scalar() ? 0 : c];
      layer.offset[c] =
          Rational::from_double(bias.values[c]) * input * Rational::from_double(scale);
    }
  }

  Value read_add() const {
    node_.allow_attributes({});
    std::vector<Value> sides = {decoded(0, 1, 2), decoded(3, 4, 5)};
    return encoded(read_addition(context_, node_, std::move(sides)), 6, 7, true);
  }

  Value read_concat() const {
    std::vector<Value> parts;
    for (int i = 2; i + 2 < node_.inputs(); i += 3) parts.push_back(decoded(i, i + 1, i + 2));
    if (parts.empty()) node_.refuse("it has no input", "one or more");
    std::vector<const Value*> pointers;
    for (const Value& part : parts) pointers.push_back(&part);
    return encoded(read_concatenation(node_, pointers), 0, 1);
  }

  Value read_pool() const {
    if (node_.integer("channels_last", 0) != 0) {
      node_.refuse("channels_last 1", "channels in dimension 1");
    }
    const Value input = decoded(0, 1, 2);
    Value average = read_average(context_, node_, input);
    const bool inside = node_.op() == "QLinearAveragePool" && !covers_image(input, average);
    return encoded(std::move(average), 3, 4, inside);
  }

  /// Whether the window of an average is the whole image: ONNX Runtime then takes it for a
  /// QLinearGlobalAveragePool.
  static bool covers_image(const Value& input, const Value& average) {
    const Window& window = std::get<SumValue>(average.content).layer.terms.front().window;
    std::vector<int> pads = input.pads;
    pads.resize(4);
    return window.kernel_height == input.shape.height + pads[0] + pads[2] &&
           window.kernel_width == input.shape.width + pads[1] + pads[3] &&
           window.pad_top == pads[0] && window.pad_left == pads[1] &&
           window.pad_bottom == pads[2] && window.pad_right == pads[3];
  }

  const Context& context_;
  const OnnxNode& node_;
  const InputValue& input_;
};

}  // namespace

bool is_integer_operator(const OnnxNode& node) {
  return std::find(kIntegerOperators.begin(), kIntegerOperators.end(), node.op()) !=
         kIntegerOperators.end();
}

Value read_integer_operator(const Context& context, const OnnxNode& node, const InputValue& input) {
  return IntegerReader(context, node, input).read();
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/quantizer_operators.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/recognize/affine_operators.h"
#include "spikeloom/converter/recognize/quantization.h"
#include "spikeloom/converter/recognize/weighted_operators.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// Reads an integer type's zero point, given as input `i` or left out.
Integer zero_point(const Context& context, const OnnxNode& node, int i) {
  if (node.input(i).empty()) return 0;
  const double value = scalar(context.graph, node, i, "zero point");
  return Integer(whole_number(node, value, "zero point"));
}

double positive_scale(const Context& context, const OnnxNode& node, int i) {
  const double scale = scalar(context.graph, node, i, "scale");
  if (!(scale > 0)) node.refuse(fmt::format("its scale is {}", scale), "a positive number");
  return scale;
}

std::vector<LevelThreshold> at_zero(bool strict) { return {{Rational(0), strict}}; }

/// Reads QONNX's attribute rounding_mode.
Rounding rounding_mode(const OnnxNode& node, const char* default_mode) {
  std::string mode = node.text("rounding_mode", default_mode);
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  static const std::pair<const char*, Rounding> kModes[] = {{"ROUND", Rounding::kHalfEven},
                                                            {"HALF_EVEN", Rounding::kHalfEven},
                                                            {"CEIL", Rounding::kCeil},
                                                            {"FLOOR", Rounding::kFloor},
                                                            {"ROUND_TO_ZERO", Rounding::kToZero},
                                                            {"DOWN", Rounding::kToZero},
                                                            {"UP", Rounding::kAway},
                                                            {"HALF_UP", Rounding::kHalfAway},
                                                            {"HALF_DOWN", Rounding::kHalfToZero}};
  const auto found = std::find_if(std::begin(kModes), std::end(kModes),
                                  [&mode](const auto& entry) { return entry.first == mode; });
  if (found == std::end(kModes)) {
    node.refuse(fmt::format("rounding mode {}", mode),
                "ROUND, HALF_EVEN, CEIL, FLOOR, ROUND_TO_ZERO, UP, DOWN, HALF_UP, HALF_DOWN");
  }
  return found->second;
}

Value read_quant(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({"signed", "narrow", "rounding_mode"});
  const double scale = positive_scale(context, node, 1);
  const double zero = scalar(context.graph, node, 2, "zero point");
  const double bits = scalar(context.graph, node, 3, "bit width");
  const bool is_signed = node.integer("signed", 1) != 0;
  const bool narrow_range = node.integer("narrow", 0) != 0;
  if (!(bits >= 1 && bits <= 32)) node.refuse(fmt::format("its bit width is {}", bits), "1..32");
  QuantizerSpec spec;
  const Rational exact_scale = Rational::from_double(scale);
  const Rational exact_zero = Rational::from_double(zero);
  spec.decoding = {exact_scale, -(exact_zero * exact_scale)};
  spec.values.add(-zero);
  spec.values.multiply(scale);
  if (is_signed && bits == 1) {
    // -1 and +1, by the sign.
    spec.function =
        std::vector<std::vector<LevelThreshold>>{{{-(exact_zero * exact_scale), false}}};
    spec.decoding = {exact_scale * Rational(2), -exact_scale - exact_zero * exact_scale};
    spec.values = {};
    spec.values.multiply(2);
    spec.values.add(-1);
    spec.values.add(-zero);
    spec.values.multiply(scale);
    spec.lowest = 0;
    spec.highest = 1;
    return quantize(context, node, spec, std::move(value));
  }
  if (bits != std::floor(bits) && bits > 20) node.refuse("its bit width is no integer", "1..32");
  // A fraction of bits bounds the range likewise.
  const double half = std::pow(2.0, bits - 1);
  const double lowest = is_signed ? -half + (narrow_range ? 1 : 0) : 0;
  const double highest = is_signed ? half - 1 : std::pow(2.0, bits) - 1 - (narrow_range ? 1 : 0);
  UniformRounding rounding;
  rounding.rounding = rounding_mode(node, "ROUND");
  rounding.multiplier = Rational(1) / exact_scale;
  rounding.addend = exact_zero;
  rounding.divisor = scale;
  rounding.shift = zero;
  // It clamps, then rounds.
  spec.lowest = round_to_integer(Rational::from_double(lowest), rounding.rounding);
  spec.highest = round_to_integer(Rational::from_double(highest), rounding.rounding);
  spec.function = rounding;
  return quantize(context, node, spec, std::move(value));
}

Value read_bipolar(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({});
  const double scale = positive_scale(context, node, 1);
  const Rational exact_scale = Rational::from_double(scale);
  QuantizerSpec spec;
  spec.function = std::vector<std::vector<LevelThreshold>>{at_zero(false)};
  spec.lowest = 0;
  spec.highest = 1;
  spec.decoding = {exact_scale * Rational(2), -exact_scale};
  spec.values.multiply(2);
  spec.values.add(-1);
  spec.values.multiply(scale);
  return quantize(context, node, spec, std::move(value));
}

Value read_trunc(const Context& context, const OnnxNode& node, Value value) {
  const bool first_version = node.inputs() == 5;
  if (!first_version && node.inputs() != 6) {
    node.refuse(fmt::format("it has {} inputs", node.inputs()), "five or six");
  }
  node.allow_attributes({"narrow", "rounding_mode", "signed"});
  const double scale = positive_scale(context, node, 1);
  const Rational zero = Rational::from_double(scalar(context.graph, node, 2, "zero point"));
  const double in_bits = scalar(context.graph, node, 3, "bit width");
  const double out_bits = scalar(context.graph, node, first_version ? 4 : 5, "bit width");
  const double out_scale = first_version ? scale : positive_scale(context, node, 4);
  const double shift = first_version ? in_bits - out_bits : std::log2(out_scale / scale);
  if (shift != std::floor(shift) || std::abs(shift) > 32 || out_bits != std::floor(out_bits) ||
      !(out_bits >= 1 && out_bits <= 32)) {
    node.refuse(fmt::format("it drops {} bits", shift), "an integer number of bits");
  }
  // The integers that it takes, then those without their last bits.
  UniformRounding integers;
  integers.multiplier = Rational(1) / Rational::from_double(scale);
  integers.addend = zero;
  integers.divisor = scale;
  integers.shift = zero.to_double();
  QuantizerSpec first;
  first.function = integers;
  value = quantize(context, node, first, std::move(value));
  const Rational drop = Rational::power_of_two(-static_cast<int>(shift));
  UniformRounding dropped;
  dropped.rounding = rounding_mode(node, "FLOOR");
  dropped.multiplier = drop;
  dropped.divisor = std::ldexp(1.0, static_cast<int>(shift));
  QuantizerSpec second;
  second.function = dropped;
  second.continues = true;
  const Rational exact_scale = Rational::from_double(out_scale);
  const Rational out_zero = first_version ? zero : zero * drop;
  second.decoding = {exact_scale, -out_zero * exact_scale};
  second.values.add(-out_zero.to_double());
  second.values.multiply(out_scale);
  if (!first_version) {
    const bool is_signed = node.integer("signed", 1) != 0;
    const bool narrow_range = node.integer("narrow", 0) != 0;
    const Integer half = Rational::power_of_two(static_cast<int>(out_bits) - 1).numerator();
    second.lowest = is_signed ? Integer((narrow_range ? 1 : 0) - half) : Integer(0);
    second.highest = is_signed ? Integer(half - 1) : Integer(2 * half - (narrow_range ? 2 : 1));
  }
  return quantize(context, node, second, std::move(value));
}

Value read_multi_threshold(const Context& context, const OnnxNode& node, Value value) {
  set_channels_first(value);
  node.allow_attributes({"out_dtype", "out_scale", "out_bias", "data_layout"});
  const Tensor& tensor = context.graph.constant(node, 1, "thresholds");
  const double scale = static_cast<double>(node.real("out_scale", 1));
  if (tensor.rank() != 2 || tensor.dims[0] < 1 || tensor.dims[1] < 1 || scale == 0) {
    node.refuse(fmt::format("thresholds of {}, out_scale {}", format_dims(tensor.dims), scale),
                "channels x levels, and a scale other than 0");
  }
  const auto channels = static_cast<std::size_t>(tensor.dims[0]);
  const auto levels = static_cast<std::size_t>(tensor.dims[1]);
  // The channels: dimension 1 of two or four (of the tensor with its batch), else the last one.
  const int rank = value.layout.rank() + 1;
  const std::string layout = node.text("data_layout", rank == 4 ? "NCHW" : "");
  const int axis = (rank == 2 || rank == 4) && layout != "NHWC" ? 0 : rank - 2;
  std::vector<std::vector<LevelThreshold>> lists(channels == 1 ? 1 : at(value.shape.channels));
  for (std::size_t i = 0; i < levels; ++i) {
    std::vector<double> column;
    for (std::size_t c = 0; c < channels; ++c) {
      const double threshold = tensor.values[c * levels + i];
      if (std::isnan(threshold)) node.refuse("a threshold is NaN", "numbers");
      if (i > 0 && threshold < tensor.values[c * levels + i - 1]) {
        node.refuse(fmt::format("its thresholds of channel {} are not ascending", c),
                    "ascending ones");
      }
      // A number beyond all sums stands for infinity.
      column.push_back(std::isinf(threshold) ? std::copysign(1e300, threshold) : threshold);
    }
    if (channels > 1) column = per_channel_along(node, value, column, axis, "lists of thresholds");
    for (std::size_t c = 0; c < lists.size(); ++c) {
      lists[c].push_back({Rational::from_double(column[c]), false});
    }
  }
  QuantizerSpec spec;
  spec.function = std::move(lists);
  spec.lowest = 0;
  spec.highest = Integer(static_cast<std::int64_t>(levels));
  const double bias = static_cast<double>(node.real("out_bias", 0));
  spec.decoding = {Rational::from_double(scale), Rational::from_double(bias)};
  spec.values.multiply(scale);
  spec.values.add(bias);
  return quantize(context, node, spec, std::move(value));
}

}  // namespace

Value divide_integers(const Context& context, const OnnxNode& node, double divisor, Value value) {
  if (!(divisor > 0)) node.refuse(fmt::format("it divides integers by {}", divisor), "1 or more");
  UniformRounding rounding;
  rounding.rounding = Rounding::kToZero;
  rounding.multiplier = Rational(1) / Rational::from_double(divisor);
  rounding.divisor = divisor;
  rounding.in_integers = true;
  QuantizerSpec spec;
  spec.function = rounding;
  value = quantize(context, node, spec, std::move(value));
  value.is_integer = true;
  return value;
}

Value read_cast(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({"to", "saturate", "round_mode"});
  const int type = node.data_type("to", 0);
  const bool to_float = type == onnx::TensorProto::FLOAT || type == onnx::TensorProto::DOUBLE;
  const bool to_integer = type == onnx::TensorProto::INT32 || type == onnx::TensorProto::INT64;
  if (!to_float && !to_integer) {
    node.refuse(fmt::format("it casts to {}", type_name(type)), "FLOAT, DOUBLE, INT32 or INT64");
  }
  if (to_integer && !value.is_integer) {
    QuantizerSpec spec;
    UniformRounding rounding;
    rounding.rounding = Rounding::kToZero;
    spec.function = rounding;
    value = quantize(context, node, spec, std::move(value));
  }
  value.is_integer = to_integer;
  return value;
}

Value read_rounding(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({});
  QuantizerSpec spec;
  if (node.op() == "Sign") {
    // -1, 0, 1: zero is a value of its own.
    spec.function =
        std::vector<std::vector<LevelThreshold>>{{{Rational(0), false}, {Rational(0), true}}};
    spec.lowest = 0;
    spec.highest = 2;
    spec.decoding = {1, -1};
    spec.values.add(-1);
    return quantize(context, node, spec, std::move(value));
  }
  UniformRounding rounding;
  if (node.op() == "Floor") rounding.rounding = Rounding::kFloor;
  if (node.op() == "Ceil") rounding.rounding = Rounding::kCeil;
  spec.function = rounding;
  return quantize(context, node, spec, std::move(value));
}

Value read_quantize_linear(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({"axis", "saturate", "output_dtype", "block_size", "precision"});
  const double scale = positive_scale(context, node, 1);
  const Integer zero = zero_point(context, node, 2);
  int type = node.data_type("output_dtype", onnx::TensorProto::UINT8);
  if (!node.input(2).empty()) type = context.graph.constant(node, 2, "zero point").type;
  if (!is_integer(type) || type_bits(type) > 16) {
    node.refuse(fmt::format("it makes {}", type_name(type)), "integers of up to 16 bits");
  }
  const auto [lowest, highest] = integer_range(type);
  UniformRounding rounding;
  rounding.multiplier = Rational(1) / Rational::from_double(scale);
  rounding.divisor = scale;
  // The zero point is added after rounding: ties go to the integer that is even before it.
  QuantizerSpec spec;
  spec.function = rounding;
  spec.lowest = Integer(static_cast<std::int64_t>(lowest)) - zero;
  spec.highest = Integer(static_cast<std::int64_t>(highest)) - zero;
  spec.decoding = {1, to_rational(zero)};
  spec.values.add(zero.convert_to<double>());
  value = quantize(context, node, spec, std::move(value));
  value.is_integer = true;
  return value;
}

Value read_dequantize_linear(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({"axis", "block_size", "output_dtype"});
  const Tensor& scales = context.graph.constant(node, 1, "scale");
  std::vector<double> zeros(at(value.shape.channels), 0.0);
  const auto operand = [&](const Tensor& tensor, const char* what) {
    if (tensor.is_scalar()) {
      return std::vector<double>(at(value.shape.channels), tensor.values.front());
    }
    std::int64_t axis = node.integer("axis", 1);
    if (axis < 0) axis += value.layout.rank() + 1;
    if (axis < 1) node.refuse("its scales are along the batch", "along the channels");
    if (axis > value.layout.rank()) {
      node.refuse(fmt::format("its scales are along axis {}", axis), "along the channels");
    }
    return per_channel_along(node, value, numbers(node, tensor, what), static_cast<int>(axis) - 1,
                             what);
  };
  if (!node.input(2).empty()) {
    zeros = operand(context.graph.constant(node, 2, "zero point"), "zero points");
    for (double& zero : zeros) zero = -zero;
    add(context, node, zeros, value);
  }
  multiply(context, node, operand(scales, "scales"), value);
  value.is_integer = false;
  return value;
}

Value read_custom_quantizer(const Context& context, const OnnxNode& node, Value value) {
  const std::string& op = node.op();
  if (op == "Quant" || op == "IntQuant") return read_quant(context, node, std::move(value));
  if (op == "BipolarQuant") return read_bipolar(context, node, std::move(value));
  if (op == "Trunc") return read_trunc(context, node, std::move(value));
  return read_multi_threshold(context, node, std::move(value));
}

}  // namespace spikeloom::converter

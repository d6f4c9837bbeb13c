// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/fold_quantizers.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;

double to_float(double value) { return static_cast<double>(static_cast<float>(value)); }

/// Finds the scale and the zero point of each element of a tensor that QuantizeLinear makes or
/// DequantizeLinear reads: one for all, one per index of an axis, or one per block along it.
class ScaleIndex {
 public:
  ScaleIndex(const OnnxNode& node, const Tensor& tensor, const Tensor& scale,
             const Tensor* zero_point) {
    require(zero_point == nullptr || zero_point->dims == scale.dims ||
                (zero_point->is_scalar() && scale.is_scalar()),
            "quantized with a zero point of another shape than its scale");
    const std::int64_t block = node.integer("block_size", 0);
    if (scale.is_scalar() && block == 0) return;
    std::int64_t axis = node.integer("axis", 1);
    if (axis < 0) axis += tensor.rank();
    const bool inside = axis >= 0 && axis < tensor.rank();
    Dims expected = tensor.dims;
    if (inside && block > 0) {
      std::int64_t& size = expected[static_cast<std::size_t>(axis)];
      size = size / block + (size % block == 0 ? 0 : 1);
    } else if (inside) {
      expected = {tensor.dims[static_cast<std::size_t>(axis)]};
    }
    require(inside && block >= 0 && scale.dims == expected,
            "quantized or dequantized by scales that do not fit its axis");
    inner_ = static_cast<std::size_t>(strides_of(tensor.dims)[static_cast<std::size_t>(axis)]);
    size_ = static_cast<std::size_t>(tensor.dims[static_cast<std::size_t>(axis)]);
    block_ = block == 0 ? 1 : static_cast<std::size_t>(block);
    blocks_ = static_cast<std::size_t>(block == 0 ? expected[0]
                                                  : expected[static_cast<std::size_t>(axis)]);
    blocked_ = block > 0;
    single_ = false;
  }

  std::size_t operator()(std::size_t element) const {
    if (single_) return 0;
    const std::size_t along = element / inner_ % size_ / block_;
    if (!blocked_) return along;
    return (element / inner_ / size_ * blocks_ + along) * inner_ + element % inner_;
  }

 private:
  bool single_ = true;
  bool blocked_ = false;
  std::size_t inner_ = 1;
  std::size_t size_ = 1;
  std::size_t block_ = 1;
  std::size_t blocks_ = 1;
};

/// Rounds the magnitude of `value` plus `nudge` by `function`.
double round_magnitude(double value, double nudge, double (*function)(double)) {
  return std::copysign(function(to_float(std::fabs(value) + nudge)), value);
}

using RoundFunction = double (*)(double);

/// Returns the rounding of QONNX's attribute rounding_mode, in float32.
RoundFunction rounding_of(const OnnxNode& node, const std::string& default_mode) {
  std::string mode = node.text("rounding_mode", default_mode);
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (mode == "ROUND" || mode == "HALF_EVEN") return [](double x) { return std::nearbyint(x); };
  if (mode == "CEIL") return [](double x) { return std::ceil(x); };
  if (mode == "FLOOR") return [](double x) { return std::floor(x); };
  if (mode == "DOWN" || mode == "ROUND_TO_ZERO") return [](double x) { return std::trunc(x); };
  if (mode == "UP") return [](double x) { return round_magnitude(x, 0, std::ceil); };
  if (mode == "HALF_UP") return [](double x) { return round_magnitude(x, 0.5, std::floor); };
  if (mode == "HALF_DOWN") return [](double x) { return round_magnitude(x, -0.5, std::ceil); };
  throw std::invalid_argument(fmt::format("quantized with rounding_mode {}", mode));
}

/// Lowest and highest integer of a bit width, in float32.
struct Bounds {
  double lowest = 0;
  double highest = 0;

  double clamp(double value) const {
    if (value > highest) return highest;
    return value < lowest ? lowest : value;  // NaN stays
  }
};

int bit_width(const Tensor& tensor) {
  constexpr double kMaxBits = 64;
  require(tensor.is_scalar(), "quantized to several bit widths");
  const double bits = tensor.values[0];
  if (!(bits >= 1 && bits <= kMaxBits && bits == std::floor(bits))) {
    throw std::invalid_argument(fmt::format("quantized to {} bits", bits));
  }
  return static_cast<int>(bits);
}

Bounds bounds_of(const OnnxNode& node, int bits) {
  const bool narrow = node.integer("narrow", 0) != 0;
  const auto power = [](int exponent) { return std::ldexp(1.0, exponent); };
  if (node.integer("signed", 1) == 0) {
    return {0, to_float(power(bits) - (narrow ? 2 : 1))};
  }
  return {to_float(-power(bits - 1) + (narrow ? 1 : 0)), to_float(power(bits - 1) - 1)};
}

double scaled(double x, double scale, double zero) { return to_float(to_float(x / scale) + zero); }

/// Returns (level(x, scale, zero point) - out_zero(zero point)) * scale for each number x of
/// `input`, with all three broadcast. The last scale is `out_scale` if there is one.
template <typename Level, typename OutZero>
Tensor quantize(const Tensor& input, const Tensor& scale, const Tensor& zero_point, Level level,
                OutZero out_zero, const Tensor* out_scale = nullptr) {
  require(input.is_float() && scale.is_float(), "quantized from or by numbers other than FLOAT");
  Tensor result;
  result.dims = broadcast_dims(broadcast_dims(input.dims, scale.dims), zero_point.dims);
  const std::size_t count = computed_elements(
      result.dims, input.values.size() + scale.values.size() + zero_point.values.size());
  const StridedIndex input_index = broadcast_index(input.dims, result.dims);
  const StridedIndex scale_index = broadcast_index(scale.dims, result.dims);
  const StridedIndex zero_index = broadcast_index(zero_point.dims, result.dims);
  std::vector<double> integers;
  std::vector<double> scales;
  for (std::size_t i = 0; i < count; ++i) {
    const double in_scale = scale.values[scale_index(i)];
    const double zero = to_float(zero_point.values[zero_index(i)]);
    integers.push_back(level(input.values[input_index(i)], in_scale, zero) - out_zero(zero));
    scales.push_back(out_scale == nullptr ? in_scale : out_scale->values[0]);
    result.values.push_back(to_float(to_float(integers.back()) * scales.back()));
  }
  if (auto codes = to_codes(integers)) {
    result.grid = make_grid(*std::move(codes), std::move(scales), result.dims);
  }
  return result;
}

double same(double zero) { return zero; }

double sign(double x) { return x >= 0 ? 1 : -1; }

}  // namespace

Tensor fold_quantize_linear(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axis", "block_size", "output_dtype", "saturate"});
  const Tensor& tensor = operands.at(0);
  const Tensor& scale = operands.at(1);
  const Tensor* zero_point = operands.find(2);
  require(
      is_floating(scale.type) && (tensor.type == scale.type || tensor.type == TensorProto::INT32),
      "quantized from or by numbers of another type than its scale");
  const ScaleIndex index(node, tensor, scale, zero_point);
  Tensor result = tensor;
  result.grid.reset();
  const int named_type = node.data_type("output_dtype", 0);
  result.type = zero_point != nullptr ? zero_point->type
                : named_type != 0     ? named_type
                                      : static_cast<int>(TensorProto::UINT8);
  require(is_integer(result.type) && type_bits(result.type) <= 16 &&
              (named_type == 0 || named_type == result.type),
          "quantized to a type other than integers of up to 16 bits");
  const auto [lowest, highest] = integer_range(result.type);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    const double zero = zero_point == nullptr ? 0 : zero_point->values[index(i)];
    const double quotient = round_to_type(
        scale.type, round_to_type(scale.type, tensor.values[i]) / scale.values[index(i)]);
    require(!std::isnan(quotient), "quantized from NaN");
    result.values[i] = std::clamp(std::nearbyint(quotient) + zero, lowest, highest) + 0.0;
  }
  return result;
}

Tensor fold_dequantize_linear(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"axis", "block_size", "output_dtype"});
  const Tensor& tensor = operands.at(0);
  const Tensor& scale = operands.at(1);
  const Tensor* zero_point = operands.find(2);
  require(
      is_integer(tensor.type) && type_bits(tensor.type) <= 32 && tensor.type != TensorProto::UINT32,
      "dequantized from numbers other than integers");
  require(is_floating(scale.type) && scale.type != TensorProto::DOUBLE,
          "dequantized by a scale that is not float");
  require(zero_point == nullptr || zero_point->type == tensor.type,
          "dequantized with a zero point of another type");
  const ScaleIndex index(node, tensor, scale, zero_point);
  Tensor result;
  result.dims = tensor.dims;
  const int named_type = node.data_type("output_dtype", 0);
  result.type = named_type != 0 ? named_type : scale.type;
  require(is_floating(result.type), "dequantized to a type that is not float");
  std::vector<double> integers = tensor.values;
  std::vector<double> scales = scale.values;
  if (!scale.is_scalar()) {
    scales.resize(integers.size());
    for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = scale.values[index(i)];
  }
  if (zero_point != nullptr) {
    for (std::size_t i = 0; i < integers.size(); ++i) integers[i] -= zero_point->values[index(i)];
  }
  result.values.resize(integers.size());
  const bool single = result.type == TensorProto::FLOAT && scales.size() == 1;
  for (std::size_t i = 0; i < integers.size(); ++i) {
    const double product = to_float(integers[i]) * scales[scales.size() == 1 ? 0 : i];
    result.values[i] = single ? static_cast<double>(static_cast<float>(product))
                              : round_to_type(result.type, product);
  }
  if (auto codes = to_codes(integers)) {
    result.grid = make_grid(*std::move(codes), std::move(scales), result.dims);
  }
  return result;
}

Tensor fold_int_quant(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  node.allow_attributes({"narrow", "rounding_mode", "signed"});
  const int bits = bit_width(operands.at(3));
  const Bounds bounds = bounds_of(node, bits);
  const RoundFunction round = rounding_of(node, "ROUND");
  const bool bipolar = bits == 1 && node.integer("signed", 1) != 0;
  const auto level = [&](double x, double scale, double zero) {
    const double y = scaled(x, scale, zero);
    return bipolar ? sign(y) : round(bounds.clamp(y));
  };
  return quantize(operands.at(0), operands.at(1), operands.at(2), level, same);
}

Tensor fold_bipolar_quant(const ConstantOperands& operands) {
  operands.node().allow_attributes({});
  Tensor no_zero_point;
  no_zero_point.values = {0};
  const auto level = [](double x, double, double) { return sign(x); };
  return quantize(operands.at(0), operands.at(1), no_zero_point, level, same);
}

Tensor fold_trunc(const ConstantOperands& operands) {
  const OnnxNode& node = operands.node();
  const bool first_version = operands.size() == 5;
  if (!first_version && operands.size() != 6) {
    throw std::invalid_argument(
        fmt::format("truncated by a Trunc of {} inputs, which has 5 or 6", operands.size()));
  }
  const Tensor& scale = operands.at(1);
  const RoundFunction round = rounding_of(node, "FLOOR");
  const int in_bits = bit_width(operands.at(3));
  const int out_bits = bit_width(operands.at(first_version ? 4 : 5));
  int shift = in_bits - out_bits;
  const auto truncated = [&](double x, double in_scale, double zero) {
    return to_float(std::ldexp(std::nearbyint(scaled(x, in_scale, zero)), -shift));
  };
  if (first_version) {
    node.allow_attributes({"rounding_mode"});
    const auto level = [&](double x, double in_scale, double zero) {
      return round(truncated(x, in_scale, zero));
    };
    return quantize(operands.at(0), scale, operands.at(2), level, same);
  }
  node.allow_attributes({"narrow", "rounding_mode", "signed"});
  const Tensor& out_scale = operands.at(4);
  require(scale.is_scalar() && out_scale.is_scalar() && out_scale.is_float(),
          "truncated with several scales");
  const double ratio = to_float(out_scale.values[0] / scale.values[0]);
  require(ratio > 0 && std::isfinite(ratio), "truncated with a scale that is not positive");
  shift = static_cast<int>(std::nearbyint(to_float(std::log2(ratio))));
  const Bounds bounds = bounds_of(node, out_bits);
  const auto level = [&](double x, double in_scale, double zero) {
    return round(bounds.clamp(truncated(x, in_scale, zero)));
  };
  const auto out_zero = [&](double zero) { return to_float(std::ldexp(zero, -shift)); };
  return quantize(operands.at(0), scale, operands.at(2), level, out_zero, &out_scale);
}

}  // namespace spikeloom::converter

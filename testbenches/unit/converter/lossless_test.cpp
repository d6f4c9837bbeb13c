// SPDX-License-Identifier: Apache-2.0
// Tests that the conversion is lossless. Random quantized networks are written as ONNX models in
// all accepted forms and compared with their evaluation in floating point. Their parameters are
// short binary fractions and their standard deviations are powers of two, so that doubles evaluate
// the networks exactly, including ties.
#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/converter/onnx_import.h"
#include "testbenches/unit/converter/onnx_builder.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::converter {
namespace {

using Plane = std::vector<double>;  ///< [channel][y][x]

struct AnnLayer {
  bool pool = false;
  bool dense = false;
  Shape input, output;
  Window window;
  int groups = 1;
  std::vector<std::int8_t> codes;
  std::vector<float> scales, bias;
  bool normalized = false;
  std::vector<float> gamma, beta, mean, variance;
  int k = 0;
  float bound = 1;
  Rounding rounding = Rounding::kHalfUp;
};

double quantize(double y, const AnnLayer& layer) {
  const double scale = 1 << layer.k;
  const double rounded =
      layer.rounding == Rounding::kHalfUp ? std::floor(y * scale + 0.5) : std::nearbyint(y * scale);
  return std::clamp(rounded / scale, 0.0, static_cast<double>(layer.bound));
}

Plane evaluate(const AnnLayer& l, const Plane& input) {
  Plane output;
  const int inputs = l.pool ? 1 : l.input.channels / l.groups;
  for (int c = 0; c < l.output.channels; ++c) {
    const auto channel = static_cast<std::size_t>(c);
    const int first = l.pool ? c : c / (l.output.channels / l.groups) * inputs;
    for (int y = 0; y < l.output.height; ++y) {
      for (int x = 0; x < l.output.width; ++x) {
        double sum = 0;
        double maximum = 0;
        std::size_t tap = channel * static_cast<std::size_t>(inputs * l.window.taps());
        for (int i = 0; i < inputs; ++i) {
          for (int ky = 0; ky < l.window.kernel_height; ++ky) {
            for (int kx = 0; kx < l.window.kernel_width; ++kx, ++tap) {
              const int iy = y * l.window.stride_y - l.window.pad_top + ky;
              const int ix = x * l.window.stride_x - l.window.pad_left + kx;
              if (iy < 0 || iy >= l.input.height || ix < 0 || ix >= l.input.width) continue;
              const double a = input[static_cast<std::size_t>(l.input.index(first + i, iy, ix))];
              maximum = std::max(maximum, a);
              if (!l.pool) sum += a * static_cast<double>(l.scales[channel]) * l.codes[tap];
            }
          }
        }
        if (l.pool) {
          output.push_back(maximum);
          continue;
        }
        double value = sum + static_cast<double>(l.bias[channel]);
        if (l.normalized) {
          value = static_cast<double>(l.gamma[channel]) *
                      (value - static_cast<double>(l.mean[channel])) /
                      std::sqrt(static_cast<double>(l.variance[channel]) + 0.25) +
                  static_cast<double>(l.beta[channel]);
        }
        output.push_back(quantize(value, l));
      }
    }
  }
  return output;
}

class AnnMaker {
 public:
  explicit AnnMaker(unsigned seed) : generator_(seed) {}

  int integer(int minimum, int maximum) {
    return std::uniform_int_distribution<int>(minimum, maximum)(generator_);
  }
  std::vector<float> eighths(std::size_t count, int minimum, int maximum) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(integer(minimum, maximum)) / 8;
    return values;
  }

  AnnLayer layer(const Shape& input, const AnnLayer* before, bool dense) {
    AnnLayer l;
    l.input = input;
    l.dense = dense;
    l.pool =
        before != nullptr && !dense && input.height > 2 && input.width > 2 && integer(0, 3) == 0;
    if (l.pool) {
      l.window.kernel_height = l.window.kernel_width = 2;
      l.window.stride_y = l.window.stride_x = integer(1, 2);
      l.window.pad_top = integer(0, 1);
      l.output = output_shape(l.window, input, input.channels);
      l.k = before->k;
      l.bound = before->bound;
      l.rounding = before->rounding;
      return l;
    }
    if (dense) {
      l.window.kernel_height = input.height;
      l.window.kernel_width = input.width;
    } else {
      l.window.kernel_height = std::min(integer(1, 2), input.height);
      l.window.kernel_width = std::min(integer(1, 2), input.width);
      l.window.stride_y = integer(1, 2);
      l.window.pad_left = integer(0, 1);
      l.window.pad_bottom = integer(0, 1);
      l.groups = input.channels % 2 == 0 ? integer(1, 2) : 1;
    }
    l.output = output_shape(l.window, input, 2 * integer(1, 2));
    const auto channels = static_cast<std::size_t>(l.output.channels);
    const int weights = l.output.channels * (input.channels / l.groups) * l.window.taps();
    for (int i = 0; i < weights; ++i) l.codes.push_back(static_cast<std::int8_t>(integer(-1, 1)));
    l.scales = eighths(channels, 1, 8);
    l.bias = eighths(channels, -4, 4);
    l.normalized = integer(0, 2) > 0;
    l.gamma = eighths(channels, -12, 16);
    l.beta = eighths(channels, -4, 8);
    l.mean = eighths(channels, -4, 4);
    for (std::size_t c = 0; c < channels; ++c) {
      const auto root = static_cast<float>(1 << integer(0, 2));
      l.variance.push_back(root * root - 0.25F);
    }
    l.k = integer(0, 2);
    l.bound = static_cast<float>(integer(1, 8)) / static_cast<float>(1 << l.k);
    l.rounding = integer(0, 1) == 0 ? Rounding::kHalfUp : Rounding::kHalfEven;
    return l;
  }

  /// Writes a layer in one of the accepted forms; returns the name of its output.
  std::string write(OnnxBuilder& onnx, const AnnLayer& l, std::string values) {
    if (l.pool) {
      return onnx.node("MaxPool", {values},
                       {{"kernel_shape", Dims{2, 2}},
                        {"strides", Dims{l.window.stride_y, l.window.stride_x}},
                        {"pads", Dims{l.window.pad_top, 0, 0, 0}}});
    }
    const std::int64_t channels = l.output.channels;
    const bool plain_bias = integer(0, 1) == 0;
    const auto bias = onnx.floats({channels}, l.bias);
    if (l.dense) {
      values = onnx.node("Flatten", {values});
      values = write_dense(onnx, l, values, plain_bias ? bias : "");
    } else {
      std::vector<std::string> inputs = {values, write_weights(onnx, l)};
      if (plain_bias) inputs.push_back(bias);
      values = onnx.node("Conv", inputs,
                         {{"strides", Dims{l.window.stride_y, 1}},
                          {"group", std::int64_t{l.groups}},
                          {"pads", Dims{0, l.window.pad_left, l.window.pad_bottom, 0}}});
    }
    const Dims along = l.dense ? Dims{channels} : Dims{channels, 1, 1};
    if (!plain_bias) values = onnx.node("Add", {values, onnx.floats(along, l.bias)});
    if (l.normalized) {
      values = onnx.node("BatchNormalization",
                         {values, onnx.floats({channels}, l.gamma), onnx.floats({channels}, l.beta),
                          onnx.floats({channels}, l.mean), onnx.floats({channels}, l.variance)},
                         {{"epsilon", 0.25F}});
    }
    return write_quantizer(onnx, l, values);
  }

 private:
  std::string write_weights(OnnxBuilder& onnx, const AnnLayer& l) {
    const Dims dims = {l.output.channels, l.input.channels / l.groups, l.window.kernel_height,
                       l.window.kernel_width};
    const std::int64_t channels = l.output.channels;
    switch (integer(0, 2)) {
      case 0:
        return onnx.node("DequantizeLinear",
                         {onnx.bytes(dims, l.codes), onnx.floats({channels}, l.scales)},
                         {{"axis", std::int64_t{0}}});
      case 1: {
        const auto cast = onnx.node("Cast", {onnx.bytes(dims, l.codes)}, {{"to", std::int64_t{1}}});
        return onnx.node("Mul", {cast, onnx.floats({channels, 1, 1, 1}, l.scales)});
      }
      default:
        return onnx.floats(dims, real_weights(l));
    }
  }

  static std::vector<float> real_weights(const AnnLayer& l) {
    std::vector<float> weights;
    const std::size_t fan_in = l.codes.size() / l.scales.size();
    for (std::size_t i = 0; i < l.codes.size(); ++i) {
      weights.push_back(l.scales[i / fan_in] * static_cast<float>(l.codes[i]));
    }
    return weights;
  }

  std::string write_dense(OnnxBuilder& onnx, const AnnLayer& l, const std::string& values,
                          const std::string& bias) {
    const std::int64_t outputs = l.output.channels;
    const std::int64_t inputs = l.input.size();
    const std::vector<float> rows = real_weights(l);
    if (integer(0, 1) == 0) {
      std::vector<std::string> operands = {values, onnx.floats({outputs, inputs}, rows)};
      if (!bias.empty()) operands.push_back(bias);
      return onnx.node("Gemm", operands, {{"transB", std::int64_t{1}}});
    }
    std::vector<float> columns(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t output = i / static_cast<std::size_t>(inputs);
      const std::size_t input = i % static_cast<std::size_t>(inputs);
      columns[input * static_cast<std::size_t>(outputs) + output] = rows[i];
    }
    const auto product = onnx.node("MatMul", {values, onnx.floats({inputs, outputs}, columns)});
    return bias.empty() ? product : onnx.node("Add", {bias, product});
  }

  std::string write_quantizer(OnnxBuilder& onnx, const AnnLayer& l, std::string values) {
    const auto scale = static_cast<float>(1 << l.k);
    const auto clip = [&](float maximum) {
      return onnx.node("Clip", {values, onnx.scalar(0), onnx.scalar(maximum)});
    };
    const int form = integer(0, 2);
    if (l.rounding == Rounding::kHalfEven && form == 2) {
      values = clip(l.bound);
      values = onnx.node("QuantizeLinear", {values, onnx.scalar(1 / scale)});
      return onnx.node("DequantizeLinear", {values, onnx.scalar(1 / scale)});
    }
    if (form == 0) values = clip(l.bound);
    values = onnx.node("Mul", {values, onnx.scalar(scale)});
    if (form == 1) values = clip(l.bound * scale);
    if (l.rounding == Rounding::kHalfEven) {
      values = onnx.node("Round", {values});
    } else {
      values = onnx.node("Add", {values, onnx.scalar(0.5F)});
      values = onnx.node("Floor", {values});
    }
    values = onnx.node("Div", {values, onnx.scalar(scale)});
    return form == 2 ? clip(l.bound) : values;
  }

  std::mt19937 generator_;
};

std::vector<std::uint8_t> to_levels(const Plane& activations, int k) {
  std::vector<std::uint8_t> levels;
  for (const double a : activations) levels.push_back(static_cast<std::uint8_t>(a * (1 << k)));
  return levels;
}

TEST(Conversion, IsLosslessSpikeForSpike) {
  AnnMaker maker(1);
  int spikes = 0;
  for (int network = 0; network < 300; ++network) {
    SCOPED_TRACE(network);
    std::vector<AnnLayer> layers;
    layers.push_back(maker.layer({maker.integer(1, 2), 6, 5}, nullptr, false));
    const int count = maker.integer(2, 4);
    for (int i = 1; i < count; ++i) {
      const AnnLayer before = layers.back();
      layers.push_back(maker.layer(before.output, &before, i + 1 == count));
    }
    const Shape input = layers.front().input;
    OnnxBuilder onnx({-1, input.channels, input.height, input.width});
    std::string values = "image";
    for (const AnnLayer& layer : layers) values = maker.write(onnx, layer, values);
    const std::int64_t last = layers.back().output.size();
    const std::vector<float> weights = maker.eighths(static_cast<std::size_t>(3 * last), -8, 8);
    onnx.node("Gemm", {values, onnx.floats({3, last}, weights)}, {{"transB", std::int64_t{1}}});

    const test::TemporaryFile file(onnx.serialize(), ".onnx");
    const SpikingNetwork converted = convert_onnx(file.path());
    ASSERT_EQ(converted.layers.size() + 1, layers.size());
    const Encoder encoder(converted.encoder);
    const Reference reference(converted);
    const Readout readout(converted.readout, converted.layers.back().quantizer);
    for (int image = 0; image < 5; ++image) {
      Plane a;
      for (int i = 0; i < input.size(); ++i) a.push_back(maker.integer(0, 8) / 8.0);
      std::vector<std::uint8_t> levels(static_cast<std::size_t>(encoder.outputs()));
      encoder.encode(a.data(), levels.data());
      a = evaluate(layers.front(), a);
      ASSERT_EQ(levels, to_levels(a, layers.front().k));
      const Reference::Result result = reference.run(levels.data());
      for (std::size_t l = 1; l < layers.size(); ++l) {
        a = evaluate(layers[l], a);
        // A layer leaves out low levels that every sum reaches.
        const Quantizer& quantizer = converted.layers[l - 1].quantizer;
        std::vector<std::uint8_t> found = result.levels[l - 1];
        for (std::uint8_t& level : found) {
          level = static_cast<std::uint8_t>(level + quantizer.offset / quantizer.step);
        }
        ASSERT_EQ(found, to_levels(a, layers[l].k)) << "layer " << l;
        for (const std::uint8_t level : result.levels[l - 1]) spikes += level;
      }
      const std::vector<double> scores = readout.scores(result.levels.back().data());
      for (std::size_t c = 0; c < 3; ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
          sum += static_cast<double>(weights[c * a.size() + i]) * a[i];
        }
        EXPECT_EQ(scores[c], sum);
      }
    }
  }
  EXPECT_GT(spikes, 10000);
}

}  // namespace
}  // namespace spikeloom::converter

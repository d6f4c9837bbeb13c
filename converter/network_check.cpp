// SPDX-License-Identifier: Apache-2.0
#include "converter/network_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

constexpr int kMaxExtent = 1 << 15;
constexpr std::int64_t kMaxPaddedPlane = std::int64_t{SpikingNetwork::kMaxNeurons} * 4;
constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();

class LayerCheck {
 public:
  explicit LayerCheck(const std::string& name) : name_(name) {}

  void require(bool condition, const char* what) const {
    if (!condition) throw std::invalid_argument(fmt::format("layer \"{}\": {}", name_, what));
  }
  void shape(const Shape& shape, const char* what) const {
    const auto positive = [](int size) { return size >= 1 && size <= SpikingNetwork::kMaxNeurons; };
    require(positive(shape.channels) && positive(shape.height) && positive(shape.width) &&
                std::int64_t{shape.height} * shape.width <= SpikingNetwork::kMaxNeurons &&
                std::int64_t{shape.height} * shape.width * shape.channels <=
                    SpikingNetwork::kMaxNeurons,
            what);
  }
  void window(const Window& window, const Shape& input, const Shape& output) const {
    shape(input, "input shape");
    shape(output, "output shape");
    for (const int size : {window.kernel_height, window.kernel_width, window.stride_y,
                           window.stride_x, window.dilation_y, window.dilation_x}) {
      require(size >= 1 && size <= kMaxExtent, "window");
    }
    for (const int pad : {window.pad_top, window.pad_left, window.pad_bottom, window.pad_right}) {
      require(pad >= 0 && pad <= kMaxExtent, "padding");
    }
    require((std::int64_t{input.height} + window.pad_top + window.pad_bottom) *
                    (std::int64_t{input.width} + window.pad_left + window.pad_right) <=
                kMaxPaddedPlane,
            "padding");
    require(output_shape(window, input, output.channels) == output,
            "output shape does not follow from the window");
  }
  template <typename T>
  void weights(const std::vector<T>& weights, const Shape& input, const Shape& output,
               const Window& window, int groups) const {
    require(groups >= 1 && input.channels % groups == 0 && output.channels % groups == 0,
            "groups do not divide the channels");
    const std::int64_t fan_in = std::int64_t{input.channels / groups} * window.taps();
    require(fan_in <= kMaxInt && fan_in * output.channels <= kMaxInt, "too many weights");
    count(weights, fan_in * output.channels, "weights");
  }
  void quantizer(const Quantizer& quantizer) const {
    require(quantizer.k >= 0 && quantizer.k <= Quantizer::kMaxPrecision, "precision");
    require(quantizer.levels >= 1 && quantizer.levels <= Quantizer::kMaxLevels, "levels");
  }
  template <typename T>
  void count(const std::vector<T>& values, std::int64_t expected, const char* what) const {
    require(static_cast<std::int64_t>(values.size()) == expected, what);
  }
  void real(const std::vector<float>& values, std::int64_t expected, const char* what) const {
    count(values, expected, what);
    finite(values, what);
  }
  void finite(const std::vector<float>& values, const char* what) const {
    require(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }),
            what);
  }

 private:
  const std::string& name_;
};

void check_encoder(const HostEncoder& encoder) {
  const LayerCheck check(encoder.name);
  check.window(encoder.window, encoder.input, encoder.output);
  check.weights(encoder.weights, encoder.input, encoder.output, encoder.window, encoder.groups);
  check.finite(encoder.weights, "weights");
  check.quantizer(encoder.quantizer);
  check.real(encoder.bias, encoder.output.channels, "bias");
  const std::int64_t normalized = encoder.normalized ? encoder.output.channels : 0;
  check.real(encoder.gamma, normalized, "gamma");
  check.real(encoder.beta, normalized, "beta");
  check.real(encoder.mean, normalized, "mean");
  check.real(encoder.variance, normalized, "variance");
  check.require(std::isfinite(encoder.epsilon), "epsilon");
  for (const float variance : encoder.variance) {
    check.require(static_cast<double>(variance) + static_cast<double>(encoder.epsilon) > 0,
                  "variance + epsilon is not positive");
  }
}

/// Every window must hold a pixel: a maximum over nothing is no number.
void check_pool(const LayerCheck& check, const SpikingLayer& layer, const Quantizer& before) {
  check.require(layer.input.channels == layer.output.channels, "channels of a pooling");
  check.require(layer.quantizer.levels == before.levels && layer.quantizer.k == before.k,
                "levels of a pooling");
  check.count(layer.weights, 0, "weights of a pooling");
  check.count(layer.thresholds, 0, "thresholds of a pooling");
  const auto covered = [](int outputs, int inputs, int kernel, int stride, int pad, int dilation) {
    for (int o = 0; o < outputs; ++o) {
      bool any = false;
      for (int k = 0; k < kernel; ++k) {
        const int i = o * stride - pad + k * dilation;
        any = any || (i >= 0 && i < inputs);
      }
      if (!any) return false;
    }
    return true;
  };
  const Window& w = layer.window;
  check.require(covered(layer.output.height, layer.input.height, w.kernel_height, w.stride_y,
                        w.pad_top, w.dilation_y) &&
                    covered(layer.output.width, layer.input.width, w.kernel_width, w.stride_x,
                            w.pad_left, w.dilation_x),
                "a pooling window lies in the padding");
}

void check_convolution(const LayerCheck& check, const SpikingLayer& layer) {
  check.weights(layer.weights, layer.input, layer.output, layer.window, layer.groups);
  check.require(std::all_of(layer.weights.begin(), layer.weights.end(),
                            [](std::int8_t w) { return w >= -1 && w <= 1; }),
                "weights are not ternary");
  check.require(std::int64_t{layer.fan_in()} * layer.input_levels < kMaxInt,
                "potentials do not fit into 32 bits");
  const auto levels = static_cast<std::size_t>(layer.levels());
  check.count(layer.thresholds, std::int64_t{layer.output.channels} * layer.levels(), "thresholds");
  for (std::size_t i = 0; i < layer.thresholds.size(); ++i) {
    check.require(i % levels == 0 || layer.thresholds[i - 1] <= layer.thresholds[i],
                  "thresholds are not ascending");
  }
}

}  // namespace

void check_network(const SpikingNetwork& network) {
  check_encoder(network.encoder);
  if (network.layers.empty()) throw std::invalid_argument("no on-chip layers");
  Shape shape = network.encoder.output;
  Quantizer before = network.encoder.quantizer;
  for (const SpikingLayer& layer : network.layers) {
    const LayerCheck check(layer.name);
    check.window(layer.window, layer.input, layer.output);
    check.require(layer.input == shape, "its input is not the output of the layer before");
    check.require(layer.input_levels == before.levels, "its input levels are not those before it");
    check.quantizer(layer.quantizer);
    if (layer.kind == LayerKind::kMaxPool) {
      check_pool(check, layer, before);
    } else {
      check_convolution(check, layer);
    }
    shape = layer.output;
    before = layer.quantizer;
  }
  const HostReadout& readout = network.readout;
  const LayerCheck check(readout.name);
  check.require(readout.inputs == shape.size(), "its inputs are not the last layer's outputs");
  check.require(readout.classes >= 1 && readout.classes <= SpikingNetwork::kMaxNeurons, "classes");
  check.real(readout.weights, std::int64_t{readout.inputs} * readout.classes, "weights");
  check.real(readout.bias, readout.classes, "bias");
}

}  // namespace spikeloom::converter

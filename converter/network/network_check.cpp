// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/network_check.h"

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
    require(std::isfinite(quantizer.step) && quantizer.step != 0 && std::isfinite(quantizer.offset),
            "step or offset");
    require(quantizer.levels >= 1 && quantizer.levels <= Quantizer::kMaxLevels, "levels");
  }
  template <typename T>
  void count(const std::vector<T>& values, std::int64_t expected, const char* what) const {
    require(static_cast<std::int64_t>(values.size()) == expected, what);
  }
  template <typename T>
  void real(const std::vector<T>& values, std::int64_t expected, const char* what) const {
    count(values, expected, what);
    finite(values, what);
  }
  template <typename T>
  void finite(const std::vector<T>& values, const char* what) const {
    require(std::all_of(values.begin(), values.end(), [](T v) { return std::isfinite(v); }), what);
  }
  /// Thresholds may be infinite: a level that no number, or every one, reaches.
  template <typename T>
  void ascending(const std::vector<T>& values, int levels, const char* what) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      require(!std::isnan(values[i]), what);
      require(i % static_cast<std::size_t>(levels) == 0 || values[i - 1] <= values[i], what);
    }
  }
  void border(const BorderClasses& classes, int outputs) const {
    require(classes.count >= 1 && classes.count <= outputs, "border classes");
    if (classes.of.empty()) {
      require(classes.count == 1, "border classes");
      return;
    }
    count(classes.of, outputs, "border classes");
    require(std::all_of(classes.of.begin(), classes.of.end(),
                        [&classes](std::uint16_t c) { return c < classes.count; }),
            "border classes");
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
  if (!encoder.thresholds.empty()) {
    check.count(encoder.thresholds,
                std::int64_t{encoder.output.channels} * encoder.quantizer.levels, "thresholds");
    check.ascending(encoder.thresholds, encoder.quantizer.levels, "thresholds are not ascending");
  } else {
    const bool half = encoder.quantizer.rounding == Rounding::kHalfUp ||
                      encoder.quantizer.rounding == Rounding::kHalfEven;
    check.require(half && encoder.quantizer.precision().has_value(), "thresholds");
  }
  for (const PixelStep& step : encoder.pixel_steps) {
    check.real(step.values, encoder.input.channels, "step of pixels");
  }
  if (encoder.pixel_quantizer) {
    const PixelQuantizer& pixels = *encoder.pixel_quantizer;
    check.quantizer(pixels.quantizer);
    check.count(pixels.thresholds, std::int64_t{encoder.input.channels} * pixels.quantizer.levels,
                "thresholds of pixels");
    check.ascending(pixels.thresholds, pixels.quantizer.levels,
                    "thresholds of pixels are not ascending");
  }
  for (const float variance : encoder.variance) {
    check.require(static_cast<double>(variance) + static_cast<double>(encoder.epsilon) > 0,
                  "variance + epsilon is not positive");
  }
}

/// Checks a pooling. Every window must contain a pixel, since a maximum over none is undefined.
void check_pool(const LayerCheck& check, const SpikingLayer& layer, const Quantizer& before) {
  check.require(layer.terms.size() == 1, "terms of a pooling");
  const Term& term = layer.terms.front();
  check.require(term.input.channels == layer.output.channels &&
                    term.outputs == layer.output.channels && term.groups == layer.output.channels,
                "channels of a pooling");
  check.require(term.repeat == 1, "a pooling with a factor");
  check.require(layer.quantizer.same_values(before), "levels of a pooling");
  check.require(layer.rows.of.empty() && layer.columns.of.empty(), "border classes of a pooling");
  check.count(term.weights, 0, "weights of a pooling");
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
  const Window& w = term.window;
  check.require(covered(layer.output.height, term.input.height, w.kernel_height, w.stride_y,
                        w.pad_top, w.dilation_y) &&
                    covered(layer.output.width, term.input.width, w.kernel_width, w.stride_x,
                            w.pad_left, w.dilation_x),
                "a pooling window lies in the padding");
}

void check_sum(const LayerCheck& check, const SpikingLayer& layer) {
  // [channel]: maximum magnitude of its potential
  std::vector<std::int64_t> max_potential(static_cast<std::size_t>(layer.output.channels));
  for (const Term& term : layer.terms) {
    check.weights(term.weights, term.input, {term.outputs, layer.output.height, layer.output.width},
                  term.window, term.groups);
    check.require(std::all_of(term.weights.begin(), term.weights.end(),
                              [](std::int8_t w) { return w >= -1 && w <= 1; }),
                  "weights are not ternary");
    for (int c = 0; c < term.outputs; ++c) {
      std::int64_t& sum = max_potential[static_cast<std::size_t>(term.first_output + c)];
      sum += std::int64_t{term.fan_in()} * term.repeat * term.input_levels;
      check.require(sum < kMaxInt, "potentials do not fit into 32 bits");
    }
  }
  check.require(std::find(max_potential.begin(), max_potential.end(), 0) == max_potential.end(),
                "an output channel is in none of its terms");
  check.border(layer.rows, layer.output.height);
  check.border(layer.columns, layer.output.width);
  check.count(
      layer.thresholds,
      std::int64_t{layer.output.channels} * layer.rows.count * layer.columns.count * layer.levels(),
      "thresholds");
  check.ascending(layer.thresholds, layer.levels(), "thresholds are not ascending");
}

/// Checks sources, shapes and levels of the terms of layer `number`.
void check_terms(const LayerCheck& check, const SpikingNetwork& network, int number) {
  const SpikingLayer& layer = network.layers[static_cast<std::size_t>(number)];
  check.require(!layer.terms.empty(), "no terms");
  for (const Term& term : layer.terms) {
    check.require(term.source >= kEncoder && term.source < number, "a source is no earlier layer");
    check.window(term.window, term.input, layer.output);
    check.require(term.input == network.shape_of(term.source),
                  "its input is not its source's output");
    check.require(term.input_levels == network.quantizer_of(term.source).levels,
                  "its input levels are not its source's");
    check.require(term.repeat >= 1 && term.repeat <= SpikingNetwork::kMaxRepeat,
                  "factor of a term");
    check.require(term.first_output >= 0 && term.outputs >= 1 &&
                      term.outputs <= layer.output.channels - term.first_output,
                  "output channels of a term");
  }
}

/// Checks the conditions on depths given at SpikingNetwork.
void check_order(const SpikingNetwork& network) {
  const std::vector<int> depths = network.depths();
  std::vector<bool> read(network.layers.size());
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const LayerCheck check(network.layers[l].name);
    check.require(l == 0 || depths[l] >= depths[l - 1], "it comes after a deeper layer");
    for (const Term& term : network.layers[l].terms) {
      const auto source = static_cast<std::size_t>(term.source);
      check.require(depths[l] == (term.source == kEncoder ? 0 : depths[source]) + 1,
                    "its sources are of different depths");
      if (term.source != kEncoder) read[source] = true;
    }
  }
  for (std::size_t l = 0; l + 1 < network.layers.size(); ++l) {
    LayerCheck(network.layers[l].name).require(read[l], "no layer reads it");
  }
}

}  // namespace

void check_network(const SpikingNetwork& network) {
  check_encoder(network.encoder);
  if (network.layers.empty()) throw std::invalid_argument("no on-chip layers");
  for (int l = 0; l < static_cast<int>(network.layers.size()); ++l) {
    const SpikingLayer& layer = network.layers[static_cast<std::size_t>(l)];
    const LayerCheck check(layer.name);
    check.quantizer(layer.quantizer);
    check_terms(check, network, l);
    switch (layer.kind) {
      case LayerKind::kSum:
        check_sum(check, layer);
        break;
      case LayerKind::kMaxPool:
        check_pool(check, layer, network.quantizer_of(layer.terms.front().source));
        break;
    }
  }
  check_order(network);
  const HostReadout& readout = network.readout;
  const LayerCheck check(readout.name);
  check.require(readout.inputs == network.layers.back().output.size(),
                "its inputs are not the last layer's outputs");
  check.require(readout.classes >= 1 && readout.classes <= SpikingNetwork::kMaxNeurons, "classes");
  check.real(readout.weights, std::int64_t{readout.inputs} * readout.classes, "weights");
  check.real(readout.bias, readout.classes, "bias");
  if (!readout.constant.empty() || !readout.scale.empty()) {
    check.real(readout.constant, readout.classes, "constants");
    check.real(readout.scale, readout.classes, "scales");
  }
}

}  // namespace spikeloom::converter

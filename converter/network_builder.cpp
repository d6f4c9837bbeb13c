// SPDX-License-Identifier: Apache-2.0
#include "converter/network_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "common/error.h"
#include "converter/ternary.h"
#include "converter/threshold.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

class Builder {
 public:
  explicit Builder(const std::string& source) : source_(source) {}

  HostEncoder encoder(const QuantizedLayer& layer) const;
  SpikingLayer on_chip(const QuantizedLayer& layer, int source, const Quantizer& before) const;
  HostReadout readout(const QuantizedLayer& layer) const;
  [[noreturn]] void refuse(const std::string& label, const std::string& found,
                           const std::string& accepted) const {
    throw common::UserError(
        fmt::format("{}: {}: {}; accepted: {}", source_, label, found, accepted));
  }

 private:
  void add_step(const ChannelStep& step, HostEncoder& encoder) const;
  void scale_encoder(const QuantizedLayer& layer, HostEncoder& encoder) const;
  ChannelFunction function(const QuantizedLayer& layer, std::size_t channel, float scale,
                           const Quantizer& before) const;

  const std::string& source_;
};

bool all_zero(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
}

/// A normalization that does nothing, for steps that have no other place.
void add_identity(HostEncoder& encoder) {
  const std::size_t channels = encoder.bias.size();
  encoder.normalized = true;
  encoder.gamma.assign(channels, 1.0F);
  encoder.beta.assign(channels, 0.0F);
  encoder.mean.assign(channels, 0.0F);
  encoder.variance.assign(channels, 1.0F);
  encoder.epsilon = 0.0F;
}

/// The host computes bias, normalization; a folded normalization is one of mean 0, variance 1.
void Builder::add_step(const ChannelStep& step, HostEncoder& encoder) const {
  if (step.kind == Kind::kAdd) {
    if (!encoder.normalized && all_zero(encoder.bias)) {
      encoder.bias = step.values;
      return;
    }
    if (!encoder.normalized) add_identity(encoder);
    if (all_zero(encoder.beta)) {
      encoder.beta = step.values;
      return;
    }
  } else if (!encoder.normalized && step.kind == Kind::kNormalize) {
    encoder.normalized = true;
    encoder.gamma = step.values;
    encoder.beta = step.beta;
    encoder.mean = step.mean;
    encoder.variance = step.variance;
    encoder.epsilon = step.epsilon;
    return;
  } else if (!encoder.normalized && step.kind == Kind::kMultiply) {
    add_identity(encoder);
    encoder.gamma = step.values;
    return;
  }
  refuse(step.label, "in the first layer, which the host computes, it is one step too many",
         "a bias, then BatchNormalization or Mul, then Add");
}

/// Multiplies y by 2^exponent, which must leave every float exact.
void Builder::scale_encoder(const QuantizedLayer& layer, HostEncoder& encoder) const {
  if (layer.exponent == 0) return;
  if (!encoder.normalized) add_identity(encoder);
  for (auto* values : {&encoder.gamma, &encoder.beta}) {
    for (float& value : *values) {
      const float scaled = std::ldexp(value, layer.exponent);
      if (std::ldexp(scaled, -layer.exponent) != value) {
        refuse(layer.label, fmt::format("{} times 2^{} is no float", value, layer.exponent),
               "scales of a smaller range");
      }
      value = scaled;
    }
  }
}

HostEncoder Builder::encoder(const QuantizedLayer& layer) const {
  HostEncoder encoder;
  encoder.name = layer.name;
  encoder.input = layer.input;
  encoder.output = layer.output;
  encoder.window = layer.window;
  encoder.groups = layer.groups;
  encoder.weights = layer.weights;
  encoder.bias = layer.bias;
  encoder.quantizer = layer.quantizer;
  for (const ChannelStep& step : layer.steps) add_step(step, encoder);
  scale_encoder(layer, encoder);
  return encoder;
}

ChannelFunction Builder::function(const QuantizedLayer& layer, std::size_t channel, float scale,
                                  const Quantizer& before) const {
  const auto exact = [channel](const std::vector<float>& values) {
    return Rational::exactly(values[channel]);
  };
  ChannelFunction f;
  f.slope = Rational::exactly(scale) * Rational::power_of_two(-before.k);
  f.offset = exact(layer.bias);
  bool normalized = false;
  const auto multiply = [&f](const Rational& factor) {
    f.slope = f.slope * factor;
    f.offset = f.offset * factor;
    f.shift = f.shift * factor;
  };
  for (const ChannelStep& step : layer.steps) {
    const Rational value = exact(step.values);
    if (step.kind == Kind::kAdd) {
      f.shift = f.shift + value;
    } else if (step.kind == Kind::kMultiply) {
      multiply(value);
    } else if (step.kind == Kind::kDivide) {
      multiply(Rational(1) / value);
    } else {
      if (normalized) {
        refuse(step.label, "a second normalization of the same layer", "one before a quantizer");
      }
      normalized = true;
      f.slope = f.slope * value;
      f.offset = (f.offset + f.shift - exact(step.mean)) * value;
      f.variance = exact(step.variance) + Rational::exactly(step.epsilon);
      f.shift = exact(step.beta);
    }
  }
  multiply(Rational::power_of_two(layer.exponent));
  return f;
}

SpikingLayer Builder::on_chip(const QuantizedLayer& layer, int source,
                              const Quantizer& before) const {
  SpikingLayer result;
  result.name = layer.name;
  result.output = layer.output;
  result.quantizer = layer.quantizer;
  Term& term = result.terms.emplace_back();
  term.source = source;
  term.input = layer.input;
  term.input_levels = before.levels;
  term.window = layer.window;
  term.groups = layer.groups;
  term.outputs = layer.output.channels;
  if (layer.kind == QuantizedLayer::Kind::kMaxPool) {
    result.kind = LayerKind::kMaxPool;
    term.groups = layer.output.channels;
    return result;
  }
  const auto channels = static_cast<std::size_t>(layer.output.channels);
  TernaryConflict conflict{};
  auto ternary = find_ternary(layer.weights, channels, conflict);
  if (!ternary) {
    refuse(layer.label,
           fmt::format("its weights are not ternary: output channel {} holds {} and {}",
                       conflict.channel, conflict.first, conflict.second),
           "-s, 0 and +s, with one s for all or one an output channel, on all layers but the "
           "first and the last");
  }
  const std::int64_t most = std::int64_t{term.fan_in()} * term.input_levels;
  if (most >= std::numeric_limits<std::int32_t>::max()) {
    refuse(layer.label, "its potentials do not fit into 32 bits", "a smaller window");
  }
  const std::size_t fan_in = layer.weights.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const ChannelThresholds thresholds =
        find_thresholds(function(layer, c, ternary->scales[c], before), layer.quantizer,
                        static_cast<std::int32_t>(most));
    result.thresholds.insert(result.thresholds.end(), thresholds.values.begin(),
                             thresholds.values.end());
    if (!thresholds.flipped) continue;
    for (std::size_t i = c * fan_in; i < (c + 1) * fan_in; ++i) {
      ternary->codes[i] = static_cast<std::int8_t>(-ternary->codes[i]);
    }
  }
  term.weights = std::move(ternary->codes);
  return result;
}

HostReadout Builder::readout(const QuantizedLayer& layer) const {
  if (layer.kind != QuantizedLayer::Kind::kDense) {
    refuse(layer.label, "the last layer, which has no quantizer, is not dense",
           "a Gemm or MatMul last");
  }
  HostReadout readout;
  readout.name = layer.name;
  readout.inputs = layer.input.size();
  readout.classes = layer.output.channels;
  readout.weights = layer.weights;
  readout.bias = layer.bias;
  const auto inputs = static_cast<std::size_t>(readout.inputs);
  for (const ChannelStep& step : layer.steps) {
    const bool unbiased = all_zero(readout.bias);
    if (step.kind == Kind::kAdd && unbiased) {
      readout.bias = step.values;
      continue;
    }
    if (step.kind != Kind::kMultiply || !unbiased) {
      refuse(step.label, "after the last layer", "a Mul by exact scales, one Add");
    }
    for (std::size_t i = 0; i < readout.weights.size(); ++i) {
      const double product = static_cast<double>(readout.weights[i]) * step.values[i / inputs];
      readout.weights[i] = static_cast<float>(product);
      if (static_cast<double>(readout.weights[i]) != product) {
        refuse(step.label, fmt::format("a weight times its scale, {}, is no float", product),
               "weights that hold their scale");
      }
    }
  }
  return readout;
}

}  // namespace

SpikingNetwork build_network(const QuantizedGraph& graph, const std::string& name) {
  constexpr const char* kForm =
      "a first layer, computed by the host; layers with ternary weights; a last dense layer "
      "without a quantizer, computed by the host";
  const std::vector<QuantizedLayer>& layers = graph.layers;
  if (layers.size() < 3) {
    throw common::UserError(
        fmt::format("{}: {} layers; accepted: {}", graph.source, layers.size(), kForm));
  }
  const Builder builder(graph.source);
  if (layers.back().quantized) {
    builder.refuse(layers.back().label, "the last layer has a quantizer", kForm);
  }
  SpikingNetwork network;
  network.name = name;
  network.encoder = builder.encoder(layers.front());
  for (std::size_t i = 1; i + 1 < layers.size(); ++i) {
    const int source = static_cast<int>(i) - 2;  // the first is the encoder
    network.layers.push_back(builder.on_chip(layers[i], source, layers[i - 1].quantizer));
  }
  network.readout = builder.readout(layers.back());
  return network;
}

}  // namespace spikeloom::converter

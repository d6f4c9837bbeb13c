// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/host_layer_builder.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "spikeloom/converter/network/refusal.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

bool all_zero(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
}

/// Adds a normalization with no effect, whose parameters can then hold other steps.
void add_identity(HostEncoder& encoder) {
  const std::size_t channels = encoder.bias.size();
  encoder.normalized = true;
  encoder.gamma.assign(channels, 1.0F);
  encoder.beta.assign(channels, 0.0F);
  encoder.mean.assign(channels, 0.0F);
  encoder.variance.assign(channels, 1.0F);
  encoder.epsilon = 0.0F;
}

/// Adds a step to the host's bias and normalization. A scale or an offset of its own becomes a
/// normalization with mean 0 and variance 1.
void add_step(const ChannelStep& step, const std::string& file, HostEncoder& encoder) {
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
  refuse(file, step.label, "in the first layer, which the host computes, it is one step too many",
         "a bias, then BatchNormalization or Mul, then Add");
}

/// Multiplies y by 2^exponent; refuses scales for which a float would not stay exact.
void scale_encoder(const QuantizedLayer& layer, const std::string& file, HostEncoder& encoder) {
  if (layer.exponent == 0) return;
  if (!encoder.normalized) add_identity(encoder);
  for (auto* values : {&encoder.gamma, &encoder.beta}) {
    for (float& value : *values) {
      const float scaled = std::ldexp(value, layer.exponent);
      if (std::ldexp(scaled, -layer.exponent) != value) {
        refuse(file, layer.label, fmt::format("{} times 2^{} is no float", value, layer.exponent),
               "scales of a smaller range");
      }
      value = scaled;
    }
  }
}

}  // namespace

HostEncoder build_encoder(const QuantizedLayer& layer, const std::string& file) {
  if (layer.terms.size() > 1) {
    refuse(file, layer.label, "the first layer, which the host computes, is a sum of several",
           "one Conv, Gemm or MatMul that takes the image");
  }
  const QuantizedTerm& term = layer.terms.front();
  HostEncoder encoder;
  encoder.name = layer.name;
  encoder.input = term.input;
  encoder.output = layer.output;
  encoder.window = term.window;
  encoder.groups = term.groups;
  encoder.weights = term.weights;
  encoder.bias = layer.bias;
  encoder.quantizer = layer.quantizer;
  for (const ChannelStep& step : layer.steps) add_step(step, file, encoder);
  scale_encoder(layer, file, encoder);
  return encoder;
}

HostReadout build_readout(const QuantizedLayer& layer, const std::string& file) {
  if (!layer.flat || !layer.offset.empty()) {
    refuse(file, layer.label, "the last layer, which has no quantizer, is not one dense layer",
           "a Gemm or MatMul last");
  }
  HostReadout readout;
  readout.name = layer.name;
  readout.classes = layer.output.channels;
  for (const QuantizedTerm& term : layer.terms) readout.inputs += term.input.size();
  for (int c = 0; c < readout.classes; ++c) {
    for (const QuantizedTerm& term : layer.terms) {
      const auto row = term.weights.begin() + std::ptrdiff_t{c} * term.input.size();
      readout.weights.insert(readout.weights.end(), row, row + term.input.size());
    }
  }
  readout.bias = layer.bias;
  const auto inputs = static_cast<std::size_t>(readout.inputs);
  for (const ChannelStep& step : layer.steps) {
    const bool unbiased = all_zero(readout.bias);
    if (step.kind == Kind::kAdd && unbiased) {
      readout.bias = step.values;
      continue;
    }
    if (step.kind != Kind::kMultiply || !unbiased) {
      refuse(file, step.label, "after the last layer", "a Mul by exact scales, one Add");
    }
    for (std::size_t i = 0; i < readout.weights.size(); ++i) {
      const double product = static_cast<double>(readout.weights[i]) * step.values[i / inputs];
      readout.weights[i] = static_cast<float>(product);
      if (static_cast<double>(readout.weights[i]) != product) {
        refuse(file, step.label, fmt::format("a weight times its scale, {}, is no float", product),
               "weights that hold their scale");
      }
    }
  }
  return readout;
}

}  // namespace spikeloom::converter

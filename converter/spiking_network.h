// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::converter {

struct Shape {
  int channels = 0;
  int height = 0;
  int width = 0;

  int size() const { return channels * height * width; }
  /// Number of a neuron: the order of the layer's spikes everywhere.
  int index(int channel, int y, int x) const { return (channel * height + y) * width + x; }
  bool operator==(const Shape& o) const {
    return channels == o.channels && height == o.height && width == o.width;
  }
};

/// The window of an output neuron: tap (ky, kx) of output (y, x) is the input pixel
/// (y * stride_y - pad_top + ky * dilation_y, x * stride_x - pad_left + kx * dilation_x), absent
/// where that lies outside.
struct Window {
  int kernel_height = 1;
  int kernel_width = 1;
  int stride_y = 1;
  int stride_x = 1;
  int pad_top = 0;
  int pad_left = 0;
  int pad_bottom = 0;
  int pad_right = 0;
  int dilation_y = 1;
  int dilation_x = 1;

  int taps() const { return kernel_height * kernel_width; }
};

/// Height and width that `window` makes of `input`'s, with `channels`; a size that is no size of at
/// least 1, or does not fit into an int, is 0.
Shape output_shape(const Window& window, const Shape& input, int channels);

/// An activation quantizer: level A = a * 2^k, an integer 0..levels, a = A / 2^k.
struct Quantizer {
  enum class Rounding { kHalfUp, kHalfEven };
  static constexpr int kMaxPrecision = 15;
  static constexpr int kMaxLevels = 255;
  int k = 0;
  int levels = 1;  ///< n = B * 2^k
  Rounding rounding = Rounding::kHalfUp;
};

/// What an on-chip layer computes.
enum class LayerKind {
  kConvolution,  ///< a dense layer is one whose kernel covers its input
  kMaxPool,      ///< an OR for each level: n thresholds of 1 over n different sets of inputs
};

/// A layer of scattered neurons. Output neuron (c, y, x) has the potential
/// m = sum of weight * A over its window and fires its copy i iff m >= thresholds[c][i].
struct SpikingLayer {
  std::string name;
  LayerKind kind = LayerKind::kConvolution;
  Shape input;
  Shape output;
  Window window;
  int groups = 1;                    ///< of kConvolution; kMaxPool pools each channel by itself
  int input_levels = 1;              ///< n of the layer before
  Quantizer quantizer;               ///< of its own outputs
  std::vector<std::int8_t> weights;  ///< [out channel][in channel / groups][ky][kx], in {-1,0,1};
                                     ///< signs already flipped where gamma < 0; empty for kMaxPool
  std::vector<std::int32_t> thresholds;  ///< [out channel][level], ascending; empty for kMaxPool

  int levels() const { return quantizer.levels; }
  /// Synapses of an output neuron, padding taps included.
  int fan_in() const {
    return kind == LayerKind::kMaxPool ? window.taps() : input.channels / groups * window.taps();
  }
};

/// The first layer, in real numbers: computed by the host. y = gamma * (conv(x) + bias - mean)
/// / sqrt(variance + epsilon) + beta, quantized.
struct HostEncoder {
  std::string name;
  Shape input;
  Shape output;
  Window window;
  int groups = 1;
  std::vector<float> weights;  ///< [out channel][in channel / groups][ky][kx]
  std::vector<float> bias;     ///< [out channel]
  bool normalized = false;     ///< the four below are there
  std::vector<float> gamma, beta, mean, variance;
  float epsilon = 0.0F;
  Quantizer quantizer;
};

/// The last layer, in real numbers: scores = weights * a + bias over the last layer's activations.
struct HostReadout {
  std::string name;
  int inputs = 0;
  int classes = 0;
  std::vector<float> weights;  ///< [class][input]
  std::vector<float> bias;     ///< [class]
};

/// A converted network: host encoder, on-chip layers in order, host readout.
struct SpikingNetwork {
  static constexpr std::uint32_t kVersion = 1;
  static constexpr int kMaxNeurons = 1 << 24;  ///< of a layer

  std::string name;
  HostEncoder encoder;
  std::vector<SpikingLayer> layers;
  HostReadout readout;

  /// The file's bytes (common/envelope.h).
  std::vector<std::uint8_t> encode() const;
  /// Throws UserError for anything that is not a whole, consistent spiking network.
  static SpikingNetwork decode(const std::vector<std::uint8_t>& bytes, const std::string& source);
};

/// One synapse of an output neuron of a layer, as seen from it.
struct Synapse {
  int input;   ///< number of the input neuron
  int weight;  ///< -1, 0 or +1 (+1 for kMaxPool)
};

/// The synapses of output neuron (channel, y, x), zero weights included, padding taps left out, in
/// the order of its weights.
void collect_synapses(const SpikingLayer& layer, int channel, int y, int x,
                      std::vector<Synapse>& synapses);

}  // namespace spikeloom::converter

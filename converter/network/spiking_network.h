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

  /// Whether a half goes to the even level.
  constexpr bool half_even() const {
    switch (rounding) {
      case Rounding::kHalfUp:
        return false;
      case Rounding::kHalfEven:
        return true;
    }
    return false;
  }
};

/// What an on-chip layer computes.
enum class LayerKind {
  kSum,      ///< convolutions, added up; a dense layer is one whose kernel covers its input
  kMaxPool,  ///< an OR for each level: n thresholds of 1 over n different sets of inputs
};

/// Whether the levels have inputs of their own, and a layer no weights.
constexpr bool pools(LayerKind kind) {
  switch (kind) {
    case LayerKind::kSum:
      return false;
    case LayerKind::kMaxPool:
      return true;
  }
  return false;
}

/// In place of a layer's number: the host's encoder.
inline constexpr int kEncoder = -1;

/// What a layer takes from one source: a convolution of its levels, into all of the layer's output
/// channels or some (a concatenation before a grouped convolution is a term for each source).
struct Term {
  int source = kEncoder;  ///< number of an earlier layer
  Shape input;            ///< the source's output
  int input_levels = 1;   ///< the source's n
  Window window;
  int groups = 1;                    ///< of kMaxPool one a channel: it pools each by itself
  int repeat = 1;                    ///< factor of the weights: so many synapses for each
  int first_output = 0;              ///< channels first_output .. first_output + outputs - 1
  int outputs = 0;                   ///< of the layer
  std::vector<std::int8_t> weights;  ///< [of `outputs`][in channel / groups][ky][kx], in {-1,0,1};
                                     ///< signs already flipped where gamma < 0; empty for kMaxPool

  int group_inputs() const { return input.channels / groups; }
  int group_outputs() const { return outputs / groups; }
  /// Weights of an output neuron, padding taps included.
  int fan_in() const { return group_inputs() * window.taps(); }
};

/// A layer of scattered neurons. Output neuron (c, y, x) has the potential m = sum over the terms
/// with that channel of repeat * (sum of weight * A over its window), and fires its copy i iff
/// m >= thresholds[c][i].
struct SpikingLayer {
  std::string name;
  LayerKind kind = LayerKind::kSum;
  Shape output;
  Quantizer quantizer;                   ///< of its own outputs
  std::vector<std::int32_t> thresholds;  ///< [out channel][level], ascending; empty for kMaxPool
  std::vector<Term> terms;               ///< of kMaxPool a single one, repeat 1, all channels

  int levels() const { return quantizer.levels; }
  /// Synapses of a neuron of an output channel, padding taps included.
  int fan_in(int channel) const;
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

/// A converted network: host encoder, on-chip layers, host readout. Spikes of a tick are summed in
/// the next one, so every layer reads layers of the depth before its own alone, the encoder being
/// at depth 0 and a shorter path going through layers that relay their input. Layers come in the
/// order of depth; each but the last is read by a later one, and the readout reads the last, which
/// is so alone at its depth.
struct SpikingNetwork {
  static constexpr std::uint32_t kVersion = 2;
  static constexpr int kMaxNeurons = 1 << 24;  ///< of a layer
  static constexpr int kMaxRepeat = 1 << 15;

  std::string name;
  HostEncoder encoder;
  std::vector<SpikingLayer> layers;
  HostReadout readout;

  const Shape& shape_of(int source) const;
  const Quantizer& quantizer_of(int source) const;
  /// Ticks from the encoder's spikes to each layer's: 1 and more.
  std::vector<int> depths() const;
  /// Of the last layer.
  int depth() const { return depths().back(); }

  /// The file's bytes (common/envelope.h).
  std::vector<std::uint8_t> encode() const;
  /// Throws UserError for anything that is not a whole, consistent spiking network.
  static SpikingNetwork decode(const std::vector<std::uint8_t>& bytes, const std::string& source);
};

/// One synapse of an output neuron of a term, as seen from it.
struct Synapse {
  int input;   ///< number of the source's neuron
  int weight;  ///< -1, 0 or +1 (+1 for a max pooling), to be taken `repeat` times
};

/// The synapses that output neuron (channel, y, x) of the layer has from `term`, zero weights
/// included, padding taps left out, in the order of its weights; none where the term does not have
/// the channel.
void collect_synapses(const Term& term, int channel, int y, int x, std::vector<Synapse>& synapses);

/// "16x24x24": channels, height, width.
std::string format_shape(const Shape& shape);

}  // namespace spikeloom::converter

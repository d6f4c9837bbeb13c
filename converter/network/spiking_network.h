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
  /// Returns the number of a neuron, which defines the order of a layer's neurons everywhere.
  int index(int channel, int y, int x) const { return (channel * height + y) * width + x; }
  bool operator==(const Shape& o) const {
    return channels == o.channels && height == o.height && width == o.width;
  }
};

/// The window of an output neuron: tap (ky, kx) of output (y, x) is the input pixel
/// (y * stride_y - pad_top + ky * dilation_y, x * stride_x - pad_left + kx * dilation_x); a tap
/// outside the input is a padding tap.
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

/// Returns the output shape of `window` over `input` with the given channels. Height or width is 0
/// if the window does not fit into the padded input.
Shape output_shape(const Window& window, const Shape& input, int channels);

/// An activation quantizer: an activation a = A / 2^k has the level A, an integer of 0..levels.
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

/// Function of an on-chip layer.
enum class LayerKind {
  kSum,      ///< sum of convolutions; in a dense layer the kernel covers the input
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

/// The contribution of one source to a layer: a convolution of the source's levels that goes into
/// some or all output channels of the layer. (A concatenation before a grouped convolution becomes
/// one term per source.)
struct Term {
  int source = kEncoder;  ///< number of an earlier layer
  Shape input;            ///< output shape of the source
  int input_levels = 1;   ///< levels of the source
  Window window;
  int groups = 1;                    ///< for kMaxPool one per channel
  int repeat = 1;                    ///< factor of the weights: number of synapses for each
  int first_output = 0;              ///< first of its output channels in the layer
  int outputs = 0;                   ///< number of its output channels
  std::vector<std::int8_t> weights;  ///< [of `outputs`][in channel / groups][ky][kx], in {-1,0,1};
                                     ///< signs already flipped if gamma < 0; empty for kMaxPool

  int group_inputs() const { return input.channels / groups; }
  int group_outputs() const { return outputs / groups; }
  /// Number of weights of an output neuron, padding taps included.
  int fan_in() const { return group_inputs() * window.taps(); }
};

/// An on-chip layer. The potential of output neuron (c, y, x) is m = sum over the terms with
/// channel c of repeat * (sum of weight * A over its window). Its level i fires iff m >=
/// thresholds[c][i].
struct SpikingLayer {
  std::string name;
  LayerKind kind = LayerKind::kSum;
  Shape output;
  Quantizer quantizer;                   ///< quantizer of its outputs
  std::vector<std::int32_t> thresholds;  ///< [out channel][level], ascending; empty for kMaxPool
  std::vector<Term> terms;               ///< for kMaxPool one with repeat 1 and all channels

  int levels() const { return quantizer.levels; }
  /// Number of synapses of a neuron of an output channel, padding taps included.
  int fan_in(int channel) const;
};

/// Parameters of the first layer, which the host computes in real numbers: y = gamma * (conv(x) +
/// bias - mean) / sqrt(variance + epsilon) + beta, quantized.
struct HostEncoder {
  std::string name;
  Shape input;
  Shape output;
  Window window;
  int groups = 1;
  std::vector<float> weights;                      ///< [out channel][in channel / groups][ky][kx]
  std::vector<float> bias;                         ///< [out channel]
  bool normalized = false;                         ///< whether it has the parameters below
  std::vector<float> gamma, beta, mean, variance;  ///< [out channel]
  float epsilon = 0.0F;
  Quantizer quantizer;
};

/// Parameters of the last layer, which the host computes in real numbers: scores = weights * a +
/// bias, where a are the activations of the last on-chip layer.
struct HostReadout {
  std::string name;
  int inputs = 0;
  int classes = 0;
  std::vector<float> weights;  ///< [class][input]
  std::vector<float> bias;     ///< [class]
};

/// A converted network: host encoder, on-chip layers, host readout. Spikes of a tick are summed in
/// the next tick, so a layer of depth d reads only layers of depth d - 1; the encoder has depth 0,
/// and shorter paths go through layers that relay their input. The layers are sorted by depth. Each
/// layer but the last is read by a later one; the readout reads the last layer, which is therefore
/// the only one at its depth.
struct SpikingNetwork {
  static constexpr std::uint32_t kVersion = 2;
  static constexpr int kMaxNeurons = 1 << 24;  ///< per layer
  static constexpr int kMaxRepeat = 1 << 15;

  std::string name;
  HostEncoder encoder;
  std::vector<SpikingLayer> layers;
  HostReadout readout;

  /// Returns the output shape of layer `source`, or of the encoder for kEncoder.
  const Shape& shape_of(int source) const;
  /// Returns the output quantizer of layer `source`, or of the encoder for kEncoder.
  const Quantizer& quantizer_of(int source) const;
  /// Returns the depth of each layer, at least 1: ticks from the encoder's spikes to the layer's.
  std::vector<int> depths() const;
  /// Returns the depth of the last layer.
  int depth() const { return depths().back(); }

  /// Returns the bytes of the file (base/envelope.h).
  std::vector<std::uint8_t> encode() const;
  /// The inverse of encode; `source` names the file in messages. Throws UserError for anything but
  /// a complete, consistent spiking network.
  static SpikingNetwork decode(const std::vector<std::uint8_t>& bytes, const std::string& source);
};

/// One synapse of an output neuron of a term.
struct Synapse {
  int input;   ///< number of the neuron in the source
  int weight;  ///< -1, 0 or +1 (+1 for max pooling), to be applied `repeat` times
};

/// Sets `synapses` to those of output neuron (channel, y, x) of the layer from `term`, in the order
/// of the weights: zero weights are included, padding taps are not. There are none if the term
/// lacks the channel.
void collect_synapses(const Term& term, int channel, int y, int x, std::vector<Synapse>& synapses);

/// Formats channels, height, width: "16x24x24".
std::string format_shape(const Shape& shape);

}  // namespace spikeloom::converter

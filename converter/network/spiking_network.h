// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
  bool operator==(const Window& o) const {
    return kernel_height == o.kernel_height && kernel_width == o.kernel_width &&
           stride_y == o.stride_y && stride_x == o.stride_x && pad_top == o.pad_top &&
           pad_left == o.pad_left && pad_bottom == o.pad_bottom && pad_right == o.pad_right &&
           dilation_y == o.dilation_y && dilation_x == o.dilation_x;
  }
};

/// Returns the output shape of `window` over `input` with the given channels. Height or width is 0
/// if the window does not fit into the padded input.
Shape output_shape(const Window& window, const Shape& input, int channels);

/// How a quantizer rounds to a level. Ties are numbers half-way between two levels.
enum class Rounding : std::uint8_t {
  kHalfUp,      ///< ties to the higher level
  kHalfEven,    ///< ties to the even number
  kHalfAway,    ///< ties away from zero
  kHalfToZero,  ///< ties towards zero
  kFloor,
  kCeil,
  kToZero,
  kAway,
  kThresholds,  ///< by a list of thresholds
};
constexpr std::string_view name(Rounding value) {
  switch (value) {
    case Rounding::kHalfUp:
      return "half_up";
    case Rounding::kHalfEven:
      return "half_even";
    case Rounding::kHalfAway:
      return "half_away";
    case Rounding::kHalfToZero:
      return "half_to_zero";
    case Rounding::kFloor:
      return "floor";
    case Rounding::kCeil:
      return "ceil";
    case Rounding::kToZero:
      return "to_zero";
    case Rounding::kAway:
      return "away";
    case Rounding::kThresholds:
      return "thresholds";
  }
  return {};
}

/// The values of an activation: level A, an integer of 0..levels, stands for offset + step * A.
struct Quantizer {
  static constexpr int kMaxPrecision = 15;
  static constexpr int kMaxLevels = 255;
  int levels = 1;
  double step = 1;    ///< finite, not 0
  double offset = 0;  ///< finite
  Rounding rounding = Rounding::kHalfUp;

  /// A quantizer of precision k: step 2^-k, offset 0.
  static Quantizer of_precision(int k, int levels, Rounding rounding);
  /// Returns k of 0..kMaxPrecision if step is 2^-k and offset 0, else nullopt.
  std::optional<int> precision() const;
  /// Whether both levels and their values are equal.
  bool same_values(const Quantizer& o) const {
    return levels == o.levels && step == o.step && offset == o.offset;
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

/// Classes of outputs along one axis: outputs whose windows hold the same taps have equal
/// thresholds. No numbers: all outputs are of class 0.
struct BorderClasses {
  std::vector<std::uint16_t> of;  ///< [y or x]: 0..count - 1
  int count = 1;

  int operator()(int i) const { return of.empty() ? 0 : of[static_cast<std::size_t>(i)]; }
};

/// An on-chip layer. The potential of output neuron (c, y, x) is m = sum over the terms with
/// channel c of repeat * (sum of weight * A over its window). Its level i fires iff m >=
/// thresholds[c][rows(y)][columns(x)][i].
struct SpikingLayer {
  std::string name;
  LayerKind kind = LayerKind::kSum;
  Shape output;
  Quantizer quantizer;  ///< values of its outputs
  /// With zero padding, the offset of an activation counts for fewer taps at the border.
  BorderClasses rows;
  BorderClasses columns;
  /// [out channel][row class][column class][level], ascending; empty for kMaxPool
  std::vector<std::int32_t> thresholds;
  std::vector<Term> terms;  ///< for kMaxPool one with repeat 1 and all channels

  int levels() const { return quantizer.levels; }
  /// Returns the first of the levels() thresholds of an output neuron. Not for kMaxPool.
  const std::int32_t* thresholds_of(int channel, int y, int x) const {
    const int set = (channel * rows.count + rows(y)) * columns.count + columns(x);
    return thresholds.data() + static_cast<std::ptrdiff_t>(set) * levels();
  }
  /// Number of synapses of a neuron of an output channel, padding taps included.
  int fan_in(int channel) const;
};

/// An operation on the pixels of a channel, in float32.
struct PixelStep {
  enum class Kind : std::uint8_t { kMultiply, kDivide, kAdd };
  Kind kind = Kind::kAdd;
  std::vector<float> values;  ///< [input channel]
};
constexpr std::string_view name(PixelStep::Kind value) {
  switch (value) {
    case PixelStep::Kind::kMultiply:
      return "multiply";
    case PixelStep::Kind::kDivide:
      return "divide";
    case PixelStep::Kind::kAdd:
      return "add";
  }
  return {};
}

/// A quantizer of the image before the host's convolution: a pixel has the level of the number of
/// thresholds that it reaches, and the value of that level.
struct PixelQuantizer {
  Quantizer quantizer;
  std::vector<float> thresholds;  ///< [input channel][level], ascending
};

/// Parameters of the first layer, which the host computes in real numbers: x are the pixels after
/// the steps and the quantizer of pixels, y = gamma * (conv(x) + bias - mean) / sqrt(variance +
/// epsilon) + beta, and the level is the number of thresholds that y reaches.
struct HostEncoder {
  std::string name;
  Shape input;
  std::vector<PixelStep> pixel_steps;
  std::optional<PixelQuantizer> pixel_quantizer;
  Shape output;
  Window window;
  int groups = 1;
  std::vector<float> weights;                      ///< [out channel][in channel / groups][ky][kx]
  std::vector<float> bias;                         ///< [out channel]
  bool normalized = false;                         ///< whether it has the parameters below
  std::vector<float> gamma, beta, mean, variance;  ///< [out channel]
  float epsilon = 0.0F;
  Quantizer quantizer;
  /// [out channel][level], ascending. Empty if they follow from a quantizer of precision k that
  /// rounds ties up or to even.
  std::vector<double> thresholds;
};

/// Parameters of the last layer, which the host computes in real numbers: score = (sum of weight *
/// A
/// + constant) * scale + bias, where A are the levels of the last on-chip layer. Sum and constant
/// are integers if the weights are, so that equal scores are found equal.
struct HostReadout {
  std::string name;
  int inputs = 0;
  int classes = 0;
  std::vector<float> weights;    ///< [class][input]
  std::vector<double> bias;      ///< [class]
  std::vector<double> constant;  ///< [class]; empty: 0
  std::vector<double> scale;     ///< [class]; empty: the step of the last on-chip layer
};

/// A converted network: host encoder, on-chip layers, host readout. Spikes of a tick are summed in
/// the next tick, so a layer of depth d reads only layers of depth d - 1; the encoder has depth 0,
/// and shorter paths go through layers that relay their input. The layers are sorted by depth. Each
/// layer but the last is read by a later one; the readout reads the last layer, which is therefore
/// the only one at its depth.
struct SpikingNetwork {
  static constexpr std::uint32_t kVersion = 3;
  static constexpr std::uint32_t kOldestVersion = 2;  ///< which networks that it can hold keep
  static constexpr int kMaxNeurons = 1 << 24;         ///< per layer
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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/converter/network/rational.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// A per-channel operation between the weighted sum of a layer and its quantizer.
struct ChannelStep {
  enum class Kind {
    kMultiply,
    kDivide,
    kAdd,
    kNormalize,  ///< values * (y - mean) / sqrt(variance + epsilon) + beta
    kClamp,      ///< to lower..upper, the same in all channels
    kLeakyRelu,  ///< values * y below 0, the values positive
  };
  Kind kind = Kind::kAdd;
  std::string label;                         ///< label of its node
  std::vector<double> values;                ///< [channel]: operand; for kNormalize gamma
  std::vector<double> beta, mean, variance;  ///< [channel], for kNormalize
  double epsilon = 0;
  std::optional<Rational> lower, upper;  ///< for kClamp; without a value: unbounded
  /// Likewise, [channel]: levels of the bounds, where the graph's own tool computes them with
  /// rounding; empty: those of exact arithmetic.
  std::vector<int> lower_levels, upper_levels;
};

/// Stands for the graph's input where a layer number is expected.
inline constexpr int kImage = -1;

/// The number that level A of an activation stands for: offset + step * A, step not 0.
struct Decoding {
  Rational step = 1;
  Rational offset = 0;
};

/// Weights as a tool stored them: real numbers, and the integers that they are multiples of where
/// the file says so. Shared, since several layers may use parts of one tensor.
struct GraphWeights {
  std::vector<float> values;        ///< [out channel][in channel / groups][ky][kx]
  std::vector<std::int32_t> codes;  ///< likewise; empty: not known
  std::vector<double> scales;       ///< [out channel]: value of code 1
};

/// A convolution over one source within the sum of a layer.
struct QuantizedTerm {
  std::string label;    ///< label of its node
  int source = kImage;  ///< number of an earlier layer
  Decoding decoding;    ///< values of the source's levels; not for the image
  Shape input;
  Window window;
  int groups = 1;
  int first_output = 0;                         ///< first of its output channels in the layer
  int outputs = 0;                              ///< number of its output channels
  std::shared_ptr<const GraphWeights> weights;  ///< of `outputs` channels
  std::vector<Rational> factors;                ///< [of `outputs`]: factor of the sum; empty: all 1

  /// Multiplies the sum of an output channel, numbered within the term, by `factor`.
  void multiply(std::size_t output, const Rational& factor);
  /// Number of weights of an output channel.
  std::size_t fan_in() const { return weights->values.size() / static_cast<std::size_t>(outputs); }
};

/// Where a level begins: it is reached by y >= value, or by y > value if `strict`.
struct LevelThreshold {
  Rational value;
  bool strict = false;
};

/// A quantizer: the level of y is the number of thresholds that y reaches.
struct LevelFunction {
  Rounding rounding = Rounding::kThresholds;
  std::vector<std::vector<LevelThreshold>> thresholds;  ///< [1 or channel][level], ascending
  Decoding decoding;                                    ///< values of the levels

  int levels() const { return static_cast<int>(thresholds.front().size()); }
  const std::vector<LevelThreshold>& of(std::size_t channel) const {
    return thresholds[thresholds.size() == 1 ? 0 : channel];
  }
};

/// A layer of a quantized network. y is the result of applying the steps to (sum of the terms +
/// bias + offset).
struct QuantizedLayer {
  enum class Kind { kSum, kMaxPool };
  std::string name;
  std::string label;  ///< label of its node
  Kind kind = Kind::kSum;
  Shape output;
  std::vector<QuantizedTerm> terms;
  std::vector<float> bias;       ///< [out channel]: bias of a single node
  std::vector<Rational> offset;  ///< [out channel]: offset of merged sums; else empty
  std::vector<ChannelStep> steps;
  std::optional<LevelFunction> quantizer;  ///< none for a kMaxPool, which keeps its source's
  /// Operations on the image before the first layer, which alone has any.
  std::vector<PixelStep> pixel_steps;
  /// For a layer that only quantizes the image: its thresholds in float32, [channel][level].
  std::vector<float> pixel_thresholds;

  /// Whether it only quantizes the image, without a convolution.
  bool quantizes_image() const { return !pixel_thresholds.empty(); }
};

/// What the network's output is.
struct GraphOutput {
  QuantizedLayer sum;  ///< the last sum, without a quantizer: the class scores
  /// [score]: its neuron in the sum, which is flat or an image; empty: in order
  std::vector<int> order;
  /// Operators after the scores that keep their order, which are left to the host.
  std::vector<std::string> left_out;
};

/// A quantized network. Only the first layer reads the image; the others read earlier layers.
struct QuantizedGraph {
  std::string source;  ///< name of its file
  std::vector<QuantizedLayer> layers;
  GraphOutput output;
};

}  // namespace spikeloom::converter

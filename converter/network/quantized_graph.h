// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  };
  Kind kind = Kind::kAdd;
  std::string label;                        ///< label of its node
  std::vector<float> values;                ///< [channel]: operand; for kNormalize gamma
  std::vector<float> beta, mean, variance;  ///< [channel], for kNormalize
  float epsilon = 0.0F;
};

/// Stands for the graph's input where a layer number is expected.
inline constexpr int kImage = -1;

/// A convolution over one source within the sum of a layer, with the weights of its file.
struct QuantizedTerm {
  std::string label;    ///< label of its node
  int source = kImage;  ///< number of an earlier layer
  Shape input;
  Window window;
  int groups = 1;
  int first_output = 0;           ///< first of its output channels in the layer
  int outputs = 0;                ///< number of its output channels
  std::vector<float> weights;     ///< [of `outputs`][in channel / groups][ky][kx]
  std::vector<Rational> factors;  ///< [of `outputs`]: factor of the sum; empty: all 1

  /// Multiplies the sum of an output channel, numbered within the term, by `factor`.
  void multiply(std::size_t output, const Rational& factor);
};

/// A layer of a quantized network. y is the result of applying the steps to (sum of the terms +
/// bias
/// + offset). The level is y * 2^exponent * 2^k, rounded by the quantizer and clipped to 0..levels.
struct QuantizedLayer {
  enum class Kind { kSum, kMaxPool };
  std::string name;
  std::string label;  ///< label of its node
  Kind kind = Kind::kSum;
  Shape output;
  bool flat = false;  ///< whether the tensor in the file is a vector
  std::vector<QuantizedTerm> terms;
  std::vector<float> bias;       ///< [out channel]: bias of a single node
  std::vector<Rational> offset;  ///< [out channel]: offset of merged sums; else empty
  std::vector<ChannelStep> steps;
  bool quantized = false;  ///< whether it has a quantizer
  Quantizer quantizer;
  int exponent = 0;
};

/// A quantized network. Only the first layer reads the image; the others read earlier layers. The
/// last layer has no quantizer and gives the output of the network.
struct QuantizedGraph {
  std::string source;  ///< name of its file
  std::vector<QuantizedLayer> layers;
};

}  // namespace spikeloom::converter

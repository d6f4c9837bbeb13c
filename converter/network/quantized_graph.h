// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/rational.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// A step from a layer's weighted sum to its quantizer, for each channel by itself.
struct ChannelStep {
  enum class Kind {
    kMultiply,
    kDivide,
    kAdd,
    kNormalize,  ///< values * (y - mean) / sqrt(variance + epsilon) + beta
  };
  Kind kind = Kind::kAdd;
  std::string label;          ///< of its node
  std::vector<float> values;  ///< [channel]
  std::vector<float> beta, mean, variance;
  float epsilon = 0.0F;
};

/// In place of a layer's number: the graph's input.
inline constexpr int kImage = -1;

/// A convolution within a layer's sum, over one source, as its file has it.
struct QuantizedTerm {
  std::string label;    ///< of its node
  int source = kImage;  ///< number of an earlier layer
  Shape input;
  Window window;
  int groups = 1;
  int first_output = 0;  ///< its output channels among the layer's
  int outputs = 0;
  std::vector<float> weights;     ///< [of `outputs`][in channel / groups][ky][kx]
  std::vector<Rational> factors;  ///< [of `outputs`], times its sum; none: 1

  void multiply(std::size_t output, const Rational& factor);
};

/// A layer of a quantized network: y = the steps of (the sum of its terms + bias + offset), level =
/// the quantizer's rounding of y * 2^exponent * 2^k, from 0 to its levels.
struct QuantizedLayer {
  enum class Kind { kSum, kMaxPool };
  std::string name;
  std::string label;  ///< of its node
  Kind kind = Kind::kSum;
  Shape output;
  bool flat = false;  ///< the file's tensor is a vector
  std::vector<QuantizedTerm> terms;
  std::vector<float> bias;       ///< [out channel], of a single node
  std::vector<Rational> offset;  ///< [out channel], where several were added up; else empty
  std::vector<ChannelStep> steps;
  bool quantized = false;
  Quantizer quantizer;
  int exponent = 0;
};

/// A quantized network. The first layer alone reads the image; each other one reads earlier layers;
/// the last one, without a quantizer, gives the network's output.
struct QuantizedGraph {
  std::string source;  ///< its file
  std::vector<QuantizedLayer> layers;
};

}  // namespace spikeloom::converter

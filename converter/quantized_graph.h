// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "converter/spiking_network.h"

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

/// A layer of a quantized network as its file has it: y = the steps of (weights * inputs + bias),
/// level = the quantizer's rounding of y * 2^exponent * 2^k, from 0 to its levels.
struct QuantizedLayer {
  enum class Kind { kConvolution, kDense, kMaxPool };
  std::string name;
  std::string label;  ///< of its node
  Kind kind = Kind::kConvolution;
  Shape input;
  Shape output;
  Window window;  ///< of kDense: the whole input
  int groups = 1;
  std::vector<float> weights;  ///< [out channel][in channel / groups][ky][kx]
  std::vector<float> bias;     ///< [out channel]
  std::vector<ChannelStep> steps;
  bool quantized = false;
  Quantizer quantizer;
  int exponent = 0;
};

/// A quantized network: a chain of layers.
struct QuantizedGraph {
  std::string source;  ///< its file
  std::vector<QuantizedLayer> layers;
};

}  // namespace spikeloom::converter

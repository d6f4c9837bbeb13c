// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "spikeloom/converter/network/number_steps.h"
#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/recognize/layout.h"
#include "spikeloom/converter/recognize/rounding.h"

namespace spikeloom::converter {

/// An operation on the image before its quantizer or the first layer, in float32.
struct ImageStep {
  enum class Kind { kMultiply, kDivide, kAdd, kClamp };
  Kind kind = Kind::kAdd;
  std::string label;          ///< label of its node
  std::vector<float> values;  ///< [channel]
  float lower = 0;            ///< for kClamp
  float upper = 0;
};

/// The image, real-valued.
struct ImageValue {
  std::vector<ImageStep> steps;
};

struct QuantizedTensor;

/// One part of an activation: integers q of a quantized tensor in a range, each standing for
/// decoding.offset + decoding.step * q.
struct LevelsPart {
  std::shared_ptr<QuantizedTensor> tensor;
  std::optional<Integer> lowest;  ///< no value: nothing bounds them
  std::optional<Integer> highest;
  Decoding decoding;
  NumberSteps values;  ///< the same number, as the graph's own tool computes it
  Shape shape;
};

/// Quantized activations, concatenated along the channels: one part per quantized tensor.
struct LevelsValue {
  std::vector<LevelsPart> parts;
  /// The first node that only changed the values since the quantizer: it names the layer if a
  /// second quantizer needs one.
  const OnnxNode* first_step = nullptr;
};

/// A weighted sum and the steps after it, before its quantizer.
struct SumValue {
  QuantizedLayer layer;
  int node = 0;  ///< position of the node that begins it
  /// If it only adds activations, those: a weighted sum of it is one of each of them.
  std::vector<LevelsValue> addends;
  /// If its channels are those of activations before the steps: their parts.
  std::vector<LevelsPart> passed_on = {};
};

/// What a tensor of the graph is.
struct Value {
  std::variant<ImageValue, LevelsValue, SumValue> content;
  Layout layout;
  bool is_integer = false;  ///< of an integer type, in which Div truncates
  Shape shape;              ///< of the neurons: that of the concatenated parts
  /// Zero padding to be taken by the next convolution or pooling: top, left, bottom, right.
  std::vector<int> pads;
  Rational pad_value;  ///< what the padding stands for now
  /// Operators that keep the order of the class scores, if this is the network's output.
  std::vector<std::string> left_out;
};

/// The integers that a quantizer gives the bounds of a step that clamps, by channel; no value:
/// there is no such bound, or its number is not known.
struct BoundLevels {
  std::vector<std::optional<Integer>> lower;
  std::vector<std::optional<Integer>> upper;
};

/// What a quantizer makes of a sum, or a max pooling of such: a layer for each range of integers
/// that the graph uses. It becomes a layer when the first node reads it.
struct QuantizedTensor {
  QuantizedLayer layer;  ///< without its quantizer
  int node = 0;          ///< position of the node that begins the layer
  /// Roundings, or thresholds: [1 or channel][level], q counts those reached.
  std::variant<RoundingChain, std::vector<std::vector<LevelThreshold>>> quantizer;
  std::map<std::size_t, BoundLevels> bounds;  ///< [step of the layer]: of those that clamp
  bool quantizes_image = false;               ///< the image itself, after these steps
  std::vector<ImageStep> image_steps;
  std::optional<LevelsPart> pooled;                    ///< what it pools, if it is a max pooling
  std::map<std::pair<Integer, Integer>, int> numbers;  ///< [range]: number of its layer
};

}  // namespace spikeloom::converter

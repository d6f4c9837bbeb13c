// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/converter/onnx_import.h"
#include "testbenches/unit/converter/onnx_builder.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::converter {

/// Adds nodes after a tensor; returns the output of the last one.
using Part = std::function<std::string(OnnxBuilder&, const std::string&)>;

inline std::string clip(OnnxBuilder& o, const std::string& x, float minimum, float maximum) {
  return o.node("Clip", {x, o.scalar(minimum), o.scalar(maximum)});
}
inline std::string multiply(OnnxBuilder& o, const std::string& x, float factor) {
  return o.node("Mul", {x, o.scalar(factor)});
}
inline std::string floor_half_up(OnnxBuilder& o, const std::string& x) {
  return o.node("Floor", {o.node("Add", {x, o.scalar(0.5F)})});
}

/// Adds a quantizer with k = 1, B = 2, four levels.
inline std::string four_spike(OnnxBuilder& o, const std::string& x) {
  return multiply(o, floor_half_up(o, multiply(o, clip(o, x, 0, 2), 2)), 0.5F);
}

/// Adds a 1x1 convolution of the 1x4x4 image to two channels, with k = 1, B = 2.
inline std::string first_layer(OnnxBuilder& o) {
  return four_spike(o,
                    o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {0.3F, -0.7F})}, {}, "first"));
}

/// Adds a layer with weights 2x2x4x4 of scale 1/2; all are positive in channel 0 and negative in
/// channel 1.
inline std::string second_layer(OnnxBuilder& o, const std::string& x) {
  std::vector<float> weights(64, 0.5F);
  std::fill(weights.begin() + 32, weights.end(), -0.5F);
  return o.node("Conv", {x, o.floats({2, 2, 4, 4}, weights)}, {}, "second");
}

inline void last_layer(OnnxBuilder& o, const std::string& x, std::int64_t inputs) {
  const auto flat = o.node("Flatten", {x});
  o.node("MatMul",
         {flat,
          o.floats({inputs, 3}, std::vector<float>(static_cast<std::size_t>(3 * inputs), 0.25F))},
         {}, "last");
}

inline SpikingNetwork convert(OnnxBuilder& onnx) {
  const test::TemporaryFile file(onnx.serialize(), "-model.onnx");
  return convert_onnx(file.path());
}

/// Converts a model of the first layer, the second with `after`, and the last; returns the second
/// layer.
inline SpikingLayer convert_second(const Part& after) {
  OnnxBuilder o({-1, 1, 4, 4});
  last_layer(o, after(o, second_layer(o, first_layer(o))), 2);
  SpikingNetwork n = convert(o);
  EXPECT_EQ(n.layers.size(), 1U);
  return n.layers.at(0);
}

/// Converts a model of the first layer, `middle` over 2x4x4, and the last layer; returns the layer
/// of `middle`.
inline SpikingLayer convert_middle(std::int64_t outputs, const Part& middle) {
  OnnxBuilder o({1, 1, 4, 4});
  last_layer(o, middle(o, first_layer(o)), outputs);
  SpikingNetwork n = convert(o);
  EXPECT_EQ(n.layers.size(), 1U);
  return n.layers.at(0);
}

}  // namespace spikeloom::converter

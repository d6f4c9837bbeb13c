// SPDX-License-Identifier: Apache-2.0
// Tests what check_network accepts and refuses beyond what network_test tests through files: values
// of levels, border classes, thresholds and steps of the host's layers.
#include "spikeloom/converter/network/network_check.h"

#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace spikeloom::converter {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Change = std::function<void(SpikingNetwork&)>;

/// Returns a network of a convolution 2x3x4 with border classes and a pooling of it.
SpikingNetwork network() {
  SpikingNetwork n;
  HostEncoder& encoder = n.encoder;
  encoder.name = "first";
  encoder.input = encoder.output = {2, 3, 4};
  encoder.groups = 2;
  encoder.weights = {1, 1};
  encoder.bias = {0, 0};
  encoder.quantizer = {2, 0.3, -1, Rounding::kHalfToZero};
  encoder.thresholds = {0, 1, 0.5, 0.5};
  encoder.pixel_steps = {{PixelStep::Kind::kDivide, {2, 3}}};
  encoder.pixel_quantizer = {{2, 0.25, 0, Rounding::kHalfEven}, {0, 1, 2, 3}};
  SpikingLayer conv;
  conv.name = "conv";
  conv.output = {2, 3, 4};
  conv.quantizer = {2, -0.5, 1.5, Rounding::kThresholds};
  Term term;
  term.input = conv.output;
  term.input_levels = 2;
  term.groups = term.outputs = 2;
  term.weights = {1, -1};
  conv.terms = {term};
  conv.rows = {{0, 1, 0}, 2};
  conv.columns = {{0, 1, 1, 2}, 3};
  for (int set = 0; set < 12; ++set) {
    conv.thresholds.push_back(0);
    conv.thresholds.push_back(set);
  }
  SpikingLayer pool;
  pool.name = "pool";
  pool.kind = LayerKind::kMaxPool;
  pool.output = {2, 2, 3};
  pool.quantizer = conv.quantizer;
  term.source = 0;
  term.window.kernel_height = term.window.kernel_width = 2;
  term.weights.clear();
  pool.terms = {term};
  n.layers = {conv, pool};
  n.readout.name = "last";
  n.readout.inputs = 12;
  n.readout.classes = 2;
  n.readout.weights.assign(24, 1);
  n.readout.bias = {0, 0.1};
  n.readout.constant = {3, 0};
  n.readout.scale = {-0.5, 0.5};
  return n;
}

std::string refusal(const Change& change) {
  SpikingNetwork n = network();
  change(n);
  try {
    check_network(n);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(NetworkCheck, AcceptsWhatIsConsistent) {
  const std::vector<Change> changes = {
      [](auto&) {},
      // No border classes, or one.
      [](auto& n) {
        n.layers[0].rows = n.layers[0].columns = {};
        n.layers[0].thresholds.resize(4);
      },
      [](auto& n) {
        n.layers[0].rows = {{0, 0, 0}, 1};
        n.layers[0].thresholds.resize(12);
      },
      // Infinite thresholds of the host: levels that no number, or every one, reaches.
      [](auto& n) {
        n.encoder.thresholds = {-kInfinity, kInfinity, -kInfinity, -kInfinity};
      },
      [](auto& n) {
        n.encoder.pixel_quantizer->thresholds[3] = std::numeric_limits<float>::infinity();
      },
      [](auto& n) {
        n.encoder.quantizer = Quantizer::of_precision(3, 2, Rounding::kHalfEven);
        n.encoder.thresholds.clear();
      },
      [](auto& n) {
        n.encoder.pixel_steps.clear();
        n.encoder.pixel_quantizer.reset();
      },
      [](auto& n) {
        n.readout.constant.clear();
        n.readout.scale.clear();
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) EXPECT_EQ(refusal(changes[i]), "") << i;
}

TEST(NetworkCheck, RefusesWhatIsNot) {
  struct Case {
    const char* message;
    Change change;
  };
  const auto nan = static_cast<float>(kNan);
  const std::vector<Case> cases = {
      {"layer \"conv\": step or offset", [](auto& n) { n.layers[0].quantizer.step = 0; }},
      {"layer \"conv\": step or offset", [](auto& n) { n.layers[0].quantizer.step = kInfinity; }},
      {"layer \"conv\": step or offset", [](auto& n) { n.layers[0].quantizer.offset = kNan; }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].rows.of.push_back(0); }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].rows.of[1] = 2; }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].rows.of.clear(); }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].rows.count = 0; }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].columns.count = -1; }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].columns.count = 5; }},
      {"layer \"conv\": border classes", [](auto& n) { n.layers[0].columns.of.pop_back(); }},
      {"layer \"conv\": thresholds", [](auto& n) { n.layers[0].columns.count = 4; }},
      {"layer \"conv\": thresholds", [](auto& n) { n.layers[0].thresholds.resize(4); }},
      {"layer \"conv\": thresholds are not ascending",
       [](auto& n) { n.layers[0].thresholds[22] = 12; }},
      {"layer \"pool\": border classes of a pooling",
       [](auto& n) {
         n.layers[1].rows = {{0, 1}, 2};
       }},
      {"layer \"pool\": levels of a pooling", [](auto& n) { n.layers[1].quantizer.step = 0.5; }},
      {"layer \"pool\": levels of a pooling", [](auto& n) { n.layers[1].quantizer.offset = 0; }},
      {"layer \"first\": step or offset", [](auto& n) { n.encoder.quantizer.step = 0; }},
      {"layer \"first\": thresholds", [](auto& n) { n.encoder.thresholds.pop_back(); }},
      {"layer \"first\": thresholds are not ascending",
       [](auto& n) { n.encoder.thresholds[1] = -1; }},
      {"layer \"first\": thresholds are not ascending",
       [](auto& n) { n.encoder.thresholds[2] = kNan; }},
      {"layer \"first\": thresholds", [](auto& n) { n.encoder.thresholds.clear(); }},
      // Without thresholds, the rounding must be one that the encoder knows.
      {"layer \"first\": thresholds",
       [](auto& n) {
         n.encoder.quantizer = Quantizer::of_precision(1, 2, Rounding::kFloor);
         n.encoder.thresholds.clear();
       }},
      {"layer \"first\": step of pixels",
       [](auto& n) { n.encoder.pixel_steps[0].values.pop_back(); }},
      {"layer \"first\": step of pixels",
       [nan](auto& n) { n.encoder.pixel_steps[0].values[1] = nan; }},
      {"layer \"first\": step or offset",
       [](auto& n) { n.encoder.pixel_quantizer->quantizer.step = 0; }},
      {"layer \"first\": levels",
       [](auto& n) { n.encoder.pixel_quantizer->quantizer.levels = 256; }},
      {"layer \"first\": thresholds of pixels",
       [](auto& n) { n.encoder.pixel_quantizer->thresholds.pop_back(); }},
      {"layer \"first\": thresholds of pixels are not ascending",
       [](auto& n) { n.encoder.pixel_quantizer->thresholds[1] = -1; }},
      {"layer \"first\": thresholds of pixels are not ascending",
       [nan](auto& n) { n.encoder.pixel_quantizer->thresholds[0] = nan; }},
      {"layer \"last\": constants", [](auto& n) { n.readout.constant.clear(); }},
      {"layer \"last\": scales", [](auto& n) { n.readout.scale.clear(); }},
      {"layer \"last\": constants", [](auto& n) { n.readout.constant[0] = kNan; }},
      {"layer \"last\": scales", [](auto& n) { n.readout.scale[1] = kInfinity; }},
      {"layer \"last\": bias", [](auto& n) { n.readout.bias[1] = kNan; }},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(refusal(cases[i].change), cases[i].message) << i;
  }
}

}  // namespace
}  // namespace spikeloom::converter

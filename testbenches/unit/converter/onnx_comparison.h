// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/converter/onnx_import.h"
#include "testbenches/unit/converter/onnx_builder.h"
#include "testbenches/unit/support/onnx_evaluator.h"
#include "testbenches/unit/support/random.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::converter {

inline Conversion import(OnnxBuilder& onnx, const ImportOptions& options = {}) {
  const test::TemporaryFile file(onnx.serialize(), "-model.onnx");
  return import_onnx(file.path(), options);
}

/// Returns an image of multiples of 1/8 from -1 to 1, with which the host's first layer is exact.
inline std::vector<double> random_image(test::Random& random, int pixels) {
  std::vector<double> image;
  for (int i = 0; i < pixels; ++i) image.push_back(random.between(-8, 8) / 8.0);
  return image;
}

/// Whether the levels stand for the values of a tensor, in the same order.
inline bool stand_for(const std::vector<std::uint8_t>& levels, const Quantizer& quantizer,
                      const test::Values& values) {
  if (levels.size() != values.data.size()) return false;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double distance = (values.data[i] - test::Real(quantizer.offset) -
                             test::Real(quantizer.step) * static_cast<int>(levels[i]))
                                .convert_to<double>();
    if (std::abs(distance) > 1e-6 * std::abs(quantizer.step)) return false;
  }
  return true;
}

/// Whether the values are integers, one for each level in a row. If operators on integers read a
/// layer, it may stand for them without their zero point or times their scale.
inline bool are_integers_of(const std::vector<std::uint8_t>& levels, const test::Values& values) {
  Quantizer integers;
  integers.offset = values.data.front().convert_to<double>() - levels.front();
  return stand_for(levels, integers, values);
}

/// What a network computes of an image.
struct Activity {
  std::vector<std::uint8_t> encoded;
  Reference::Result result;
  std::vector<double> scores;

  Activity(const SpikingNetwork& network, const std::vector<double>& image)
      : encoded(static_cast<std::size_t>(network.encoder.output.size())) {
    Encoder(network.encoder).encode(image.data(), encoded.data());
    result = Reference(network).run(encoded.data());
    scores = Readout(network.readout, network.layers.back().quantizer)
                 .scores(result.levels.back().data());
  }
};

inline void expect_scores(const std::vector<double>& scores, const test::Values& values) {
  ASSERT_EQ(scores.size(), values.data.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto expected = values.data[i].convert_to<double>();
    EXPECT_NEAR(scores[i], expected, 1e-6 * (1 + std::abs(expected))) << "score " << i;
  }
}

/// Converts a model and compares it with its evaluation: the scores, and every layer, which must
/// have the levels of some tensor of the graph for all images. Returns the conversion.
inline Conversion expect_lossless(OnnxBuilder& onnx, const ImportOptions& options = {},
                                  int images = 4) {
  Conversion conversion = import(onnx, options);
  const SpikingNetwork& network = conversion.network;
  const std::string& output = onnx.graph().output(0).name();
  std::vector<std::set<std::string>> tensors(network.layers.size() + 1);  // by layer, encoder first
  for (std::set<std::string>& names : tensors) {
    for (const onnx::NodeProto& node : onnx.graph().node()) names.insert(node.output(0));
  }
  std::set<std::string> integers;
  for (const onnx::NodeProto& node : onnx.graph().node()) {
    const std::string& op = node.op_type();
    const bool of_integers = op == "MaxPool" && integers.count(node.input(0)) != 0;
    if (op == "QuantizeLinear" || op.rfind("QLinear", 0) == 0 || of_integers) {
      integers.insert(node.output(0));
    }
  }
  test::Random random(1);
  std::set<std::vector<std::uint8_t>> different;
  for (int i = 0; i < images; ++i) {
    const std::vector<double> image = random_image(random, network.encoder.input.size());
    const auto values = test::OnnxEvaluator(onnx.graph()).run(image);
    const Activity activity(network, image);
    expect_scores(activity.scores, values.at(output));
    different.insert(activity.result.levels.back());
    for (std::size_t l = 0; l < tensors.size(); ++l) {
      const auto& levels = l == 0 ? activity.encoded : activity.result.levels[l - 1];
      const Quantizer& quantizer = network.quantizer_of(static_cast<int>(l) - 1);
      for (auto name = tensors[l].begin(); name != tensors[l].end();) {
        const bool equal =
            stand_for(levels, quantizer, values.at(*name)) ||
            (integers.count(*name) != 0 && are_integers_of(levels, values.at(*name)));
        name = equal ? std::next(name) : tensors[l].erase(name);
      }
    }
  }
  for (std::size_t l = 0; l < tensors.size(); ++l) {
    const std::string& name = l == 0 ? network.encoder.name : network.layers[l - 1].name;
    // What the last layer reads together need not be a tensor; the scores show it.
    if (name.find(".concat") != std::string::npos) continue;
    EXPECT_FALSE(tensors[l].empty()) << "layer " << name << " has the levels of no tensor";
  }
  EXPECT_GT(different.size(), 1U) << "the images are not told apart";
  return conversion;
}

}  // namespace spikeloom::converter

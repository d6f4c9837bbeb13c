// SPDX-License-Identifier: Apache-2.0
// Tests the generator that other tests use: its networks are valid and cover every feature.
#include "testbenches/unit/support/random_network.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "spikeloom/converter/network/network_check.h"

namespace spikeloom {
namespace {

using converter::HostEncoder;
using converter::LayerKind;
using converter::SpikingLayer;
using converter::SpikingNetwork;
using converter::Term;

bool planes_of_one_weight(const Term& a, const Term& b) {
  return a.source == b.source && a.first_output == b.first_output && a.outputs == b.outputs &&
         a.groups == b.groups && b.repeat == 2 * a.repeat && a.fan_in() == b.fan_in();
}

/// Adds the names of the features of the network to `seen`.
void note_features(const SpikingNetwork& network, std::set<std::string>& seen) {
  const HostEncoder& encoder = network.encoder;
  seen.insert(encoder.thresholds.empty() ? "encoder of precision k" : "encoder of thresholds");
  if (!encoder.pixel_steps.empty()) seen.insert("pixel steps");
  if (encoder.pixel_quantizer) seen.insert("quantizer of pixels");
  if (!network.readout.scale.empty()) seen.insert("scales of the scores");
  std::vector<int> readers(network.layers.size() + 1);
  const auto note = [&seen](bool shown, const char* feature) {
    if (shown) seen.insert(feature);
  };
  for (const SpikingLayer& layer : network.layers) {
    note(layer.kind == LayerKind::kMaxPool, "max pool");
    std::set<int> sources;
    bool apart = false;
    for (std::size_t t = 0; t < layer.terms.size(); ++t) {
      const Term& term = layer.terms[t];
      note(t > 0 && planes_of_one_weight(layer.terms[t - 1], term), "weight planes");
      note(!sources.insert(term.source).second, "a source twice");
      apart = apart || term.outputs < layer.output.channels;
      note(term.repeat > 1, "repeat");
      note(term.groups > 1 && term.groups < term.input.channels, "groups");
      note(term.groups > 1 && term.groups == term.input.channels, "depthwise");
      note(term.window.stride_x > 1, "stride");
      note(term.window.dilation_y > 1, "dilation");
      note(term.window.pad_left > 0, "padding");
      note(term.window.kernel_height == term.input.height && layer.output.height == 1, "dense");
    }
    note(apart, "concatenation");
    note(layer.rows.count > 1 || layer.columns.count > 1, "border classes");
    note(!layer.quantizer.precision(), "other values");
    note(sources.size() > 1 && !apart, "sum");
    for (const int source : sources) {
      note(++readers[static_cast<std::size_t>(source + 1)] > 1,
           source == converter::kEncoder ? "branch of the input" : "branch");
    }
  }
}

TEST(RandomNetwork, IsSoundAndOfAllKinds) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    test::Random random(seed);
    const SpikingNetwork network = test::random_network(random);
    EXPECT_NO_THROW(check_network(network));
    note_features(network, seen);
    const SpikingNetwork chain = test::random_chain(random);
    EXPECT_NO_THROW(check_network(chain));
    EXPECT_EQ(chain.depth(), static_cast<int>(chain.layers.size()));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"max pool",
                                         "a source twice",
                                         "repeat",
                                         "groups",
                                         "depthwise",
                                         "stride",
                                         "dilation",
                                         "padding",
                                         "dense",
                                         "concatenation",
                                         "sum",
                                         "branch",
                                         "branch of the input",
                                         "weight planes",
                                         "border classes",
                                         "other values",
                                         "encoder of precision k",
                                         "encoder of thresholds",
                                         "pixel steps",
                                         "quantizer of pixels",
                                         "scales of the scores"}));
}

}  // namespace
}  // namespace spikeloom

// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom::converter {
namespace {

using ::testing::HasSubstr;

/// Returns the message of the UserError that decoding `bytes` throws, empty if it does not throw.
std::string decode_error(const std::vector<std::uint8_t>& bytes) {
  try {
    SpikingNetwork::decode(bytes, "net");
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

/// Returns a network of a padded convolution 2x4x4 -> 2x4x4, followed by a max pooling to 2x2x2.
SpikingNetwork two_layers() {
  SpikingNetwork n;
  n.name = "two";
  n.encoder.name = "first";
  n.encoder.input = {1, 4, 4};
  n.encoder.output = {2, 4, 4};
  n.encoder.weights = {1.0F, -0.5F};
  n.encoder.bias = {0.0F, 0.25F};
  n.encoder.quantizer = {1, 4, Quantizer::Rounding::kHalfUp};
  SpikingLayer conv;
  conv.name = "conv";
  conv.output = {2, 4, 4};
  conv.quantizer = {0, 2, Quantizer::Rounding::kHalfEven};
  Term three;
  three.input = conv.output;
  three.window.kernel_height = three.window.kernel_width = 3;
  three.window.pad_top = three.window.pad_left = 1;
  three.window.pad_bottom = three.window.pad_right = 1;
  three.input_levels = 4;
  three.outputs = 2;
  three.weights.assign(36, 1);
  conv.terms = {three};
  conv.thresholds = {1, 2, 3, 3};
  SpikingLayer pool;
  pool.name = "pool";
  pool.kind = LayerKind::kMaxPool;
  pool.output = {2, 2, 2};
  pool.quantizer = conv.quantizer;
  Term two;
  two.source = 0;
  two.input = conv.output;
  two.window.kernel_height = two.window.kernel_width = 2;
  two.window.stride_y = two.window.stride_x = 2;
  two.input_levels = two.groups = two.outputs = 2;
  pool.terms = {two};
  n.layers = {conv, pool};
  n.readout.name = "last";
  n.readout.inputs = 8;
  n.readout.classes = 2;
  n.readout.weights.assign(16, 0.5F);
  n.readout.bias = {0.0F, 1.0F};
  return n;
}

TEST(SpikingNetworkFile, DecodesToWhatWasEncoded) {
  test::Random random(1);
  for (int i = 0; i < 100; ++i) {
    const SpikingNetwork n = test::random_network(random);
    const std::vector<std::uint8_t> bytes = n.encode();
    const SpikingNetwork decoded = SpikingNetwork::decode(bytes, "net");
    EXPECT_EQ(decoded.encode(), bytes);
    EXPECT_EQ(decoded.name, n.name);
    EXPECT_EQ(decoded.encoder.weights, n.encoder.weights);
    EXPECT_EQ(decoded.encoder.variance, n.encoder.variance);
    EXPECT_EQ(decoded.encoder.epsilon, n.encoder.epsilon);
    ASSERT_EQ(decoded.layers.size(), n.layers.size());
    for (std::size_t l = 0; l < n.layers.size(); ++l) {
      const SpikingLayer& a = decoded.layers[l];
      const SpikingLayer& b = n.layers[l];
      EXPECT_EQ(a.name, b.name);
      EXPECT_EQ(a.kind, b.kind);
      EXPECT_TRUE(a.output == b.output);
      EXPECT_EQ(a.quantizer.k, b.quantizer.k);
      EXPECT_EQ(a.quantizer.levels, b.quantizer.levels);
      EXPECT_EQ(a.quantizer.rounding, b.quantizer.rounding);
      EXPECT_EQ(a.thresholds, b.thresholds);
      ASSERT_EQ(a.terms.size(), b.terms.size());
      for (std::size_t t = 0; t < a.terms.size(); ++t) {
        EXPECT_EQ(a.terms[t].source, b.terms[t].source);
        EXPECT_TRUE(a.terms[t].input == b.terms[t].input);
        EXPECT_EQ(a.terms[t].input_levels, b.terms[t].input_levels);
        EXPECT_EQ(a.terms[t].window.pad_bottom, b.terms[t].window.pad_bottom);
        EXPECT_EQ(a.terms[t].window.dilation_x, b.terms[t].window.dilation_x);
        EXPECT_EQ(a.terms[t].groups, b.terms[t].groups);
        EXPECT_EQ(a.terms[t].repeat, b.terms[t].repeat);
        EXPECT_EQ(a.terms[t].first_output, b.terms[t].first_output);
        EXPECT_EQ(a.terms[t].outputs, b.terms[t].outputs);
        EXPECT_EQ(a.terms[t].weights, b.terms[t].weights);
      }
    }
    EXPECT_EQ(decoded.readout.weights, n.readout.weights);
    EXPECT_EQ(decoded.readout.bias, n.readout.bias);
  }
}

TEST(SpikingNetworkFile, AnyChangedByteIsNoticed) {
  const std::vector<std::uint8_t> bytes = two_layers().encode();
  ASSERT_EQ(decode_error(bytes), "");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::uint8_t> changed = bytes;
    changed[i] ^= 0x10;
    EXPECT_NE(decode_error(changed), "") << "byte " << i;
  }
}

TEST(SpikingNetworkFile, AnyTruncationIsNoticed) {
  const std::vector<std::uint8_t> bytes = two_layers().encode();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(decode_error({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}), "");
  }
}

TEST(SpikingNetworkFile, OtherKindsAndVersionsAreRefused) {
  const nlohmann::json empty = nlohmann::json::object();
  EXPECT_THAT(decode_error(base::encode_envelope({base::FileKind::kDeployment, 1, empty})),
              HasSubstr("is a deployment"));
  EXPECT_THAT(decode_error(base::encode_envelope({base::FileKind::kSpikingNetwork, 9, empty})),
              HasSubstr("version 9"));
  EXPECT_EQ(decode_error(base::encode_envelope({base::FileKind::kSpikingNetwork, 1, empty})),
            "net: spiking network format version 1, this program reads version 2");
  EXPECT_THAT(decode_error(base::encode_envelope(
                  {base::FileKind::kSpikingNetwork, SpikingNetwork::kVersion, empty})),
              HasSubstr("net: not a valid spiking network"));
}

// The envelope is valid, so only the checks of decode() reject these networks.
TEST(SpikingNetworkFile, InconsistentNetworksAreRefused) {
  struct Case {
    const char* message;
    std::function<void(SpikingNetwork&)> spoil;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Case> cases = {
      {"no on-chip layers", [](auto& n) { n.layers.clear(); }},
      {"\"conv\": weights are not ternary", [](auto& n) { n.layers[0].terms[0].weights[3] = 2; }},
      {"\"conv\": weights", [](auto& n) { n.layers[0].terms[0].weights.pop_back(); }},
      {"\"conv\": thresholds", [](auto& n) { n.layers[0].thresholds.push_back(9); }},
      {"\"conv\": thresholds are not ascending", [](auto& n) { n.layers[0].thresholds[0] = 3; }},
      {"\"conv\": levels", [](auto& n) { n.layers[0].quantizer.levels = 256; }},
      {"\"conv\": levels", [](auto& n) { n.layers[0].quantizer.levels = 0; }},
      {"\"conv\": precision", [](auto& n) { n.layers[0].quantizer.k = -1; }},
      {"\"conv\": its input levels", [](auto& n) { n.layers[0].terms[0].input_levels = 3; }},
      {"\"conv\": its input is not",
       [](auto& n) {
         n.encoder.output = {2, 2, 8};
         n.encoder.input = {1, 2, 8};
       }},
      {"\"conv\": output shape", [](auto& n) { n.layers[0].output.width = 5; }},
      {"\"conv\": output shape", [](auto& n) { n.layers[0].output.channels = 0; }},
      {"\"conv\": window", [](auto& n) { n.layers[0].terms[0].window.stride_x = 0; }},
      {"\"conv\": window", [](auto& n) { n.layers[0].terms[0].window.kernel_width = 1 << 20; }},
      {"\"conv\": padding", [](auto& n) { n.layers[0].terms[0].window.pad_left = -1; }},
      {"\"conv\": groups", [](auto& n) { n.layers[0].terms[0].groups = 0; }},
      {"\"conv\": groups", [](auto& n) { n.layers[0].terms[0].groups = 3; }},
      {"\"pool\": output channels", [](auto& n) { n.layers[1].output.channels = 1; }},
      {"\"pool\": channels", [](auto& n) { n.layers[1].terms[0].groups = 1; }},
      {"\"pool\": terms", [](auto& n) { n.layers[1].terms.push_back(n.layers[1].terms[0]); }},
      {"\"pool\": a pooling with a factor", [](auto& n) { n.layers[1].terms[0].repeat = 2; }},
      {"\"pool\": no terms", [](auto& n) { n.layers[1].terms.clear(); }},
      {"\"pool\": a source is no earlier layer", [](auto& n) { n.layers[1].terms[0].source = 1; }},
      {"\"pool\": a source is no earlier layer", [](auto& n) { n.layers[1].terms[0].source = -2; }},
      {"\"conv\": factor", [](auto& n) { n.layers[0].terms[0].repeat = 0; }},
      {"\"conv\": factor", [](auto& n) { n.layers[0].terms[0].repeat = 1 << 16; }},
      {"\"conv\": potentials do not fit",
       [](auto& n) {
         n.layers[0].terms[0].repeat = 1 << 15;
         n.layers[0].terms.resize(1000, n.layers[0].terms[0]);
       }},
      {"\"conv\": output channels of a term",
       [](auto& n) { n.layers[0].terms[0].first_output = 1; }},
      {"\"conv\": output channels of a term",
       [](auto& n) { n.layers[0].terms[0].first_output = -1; }},
      {"\"conv\": output channels of a term", [](auto& n) { n.layers[0].terms[0].outputs = 0; }},
      {"\"conv\": an output channel is in none",
       [](auto& n) {
         n.layers[0].terms[0].outputs = 1;
         n.layers[0].terms[0].weights.resize(18);
       }},
      {"\"pool\": levels", [](auto& n) { n.layers[1].quantizer.levels = 1; }},
      {"\"pool\": weights", [](auto& n) { n.layers[1].terms[0].weights = {1}; }},
      {"\"pool\": a pooling window lies in the padding",
       [](auto& n) {
         n.layers[1].terms[0].window.pad_top = n.layers[1].terms[0].window.pad_bottom = 2;
         n.layers[1].output.height = 4;
       }},
      {"\"first\": bias", [](auto& n) { n.encoder.bias.pop_back(); }},
      {"\"first\": weights", [nan](auto& n) { n.encoder.weights[0] = nan; }},
      {"\"first\": gamma", [](auto& n) { n.encoder.normalized = true; }},
      {"\"last\": its inputs", [](auto& n) { n.readout.inputs = 9; }},
      {"\"last\": weights", [](auto& n) { n.readout.weights.pop_back(); }},
      {"\"last\": bias", [nan](auto& n) { n.readout.bias[0] = nan; }},
  };
  for (const Case& c : cases) {
    SpikingNetwork n = two_layers();
    c.spoil(n);
    EXPECT_THAT(decode_error(n.encode()), HasSubstr(c.message));
  }
}

/// Returns a network for one pixel of one channel: "left" and "right" read the encoder, and "sum"
/// reads both.
SpikingNetwork diamond() {
  SpikingNetwork n;
  n.encoder.input = n.encoder.output = {1, 1, 1};
  n.encoder.weights = {1.0F};
  n.encoder.bias = {0.0F};
  const auto term = [](int source) {
    Term t;
    t.source = source;
    t.input = {1, 1, 1};
    t.outputs = 1;
    t.weights = {1};
    return t;
  };
  const auto layer = [](const char* name, const std::vector<Term>& terms) {
    SpikingLayer l;
    l.name = name;
    l.output = {1, 1, 1};
    l.thresholds = {1};
    l.terms = terms;
    return l;
  };
  n.layers = {layer("left", {term(kEncoder)}), layer("right", {term(kEncoder)}),
              layer("sum", {term(0), term(1)})};
  n.readout.inputs = n.readout.classes = 1;
  n.readout.weights = {1.0F};
  n.readout.bias = {0.0F};
  return n;
}

TEST(SpikingNetworkFile, BranchesMeetAtOneDepth) {
  EXPECT_EQ(decode_error(diamond().encode()), "");
  EXPECT_EQ(diamond().depths(), (std::vector<int>{1, 1, 2}));
  struct Case {
    const char* message;
    std::function<void(SpikingNetwork&)> spoil;
  };
  const std::vector<Case> cases = {
      {"\"sum\": its sources are of different depths",
       [](auto& n) { n.layers[2].terms[1].source = kEncoder; }},
      {"\"right\": no layer reads it", [](auto& n) { n.layers[2].terms.pop_back(); }},
      {"\"last\": it comes after a deeper layer",
       [](auto& n) {
         n.layers.push_back(n.layers[1]);
         n.layers.back().name = "last";
       }},
  };
  for (const Case& c : cases) {
    SpikingNetwork n = diamond();
    c.spoil(n);
    EXPECT_THAT(decode_error(n.encode()), HasSubstr(c.message));
  }
}

std::vector<std::pair<SpikingLayer, Term>> all_terms(const SpikingNetwork& network) {
  std::vector<std::pair<SpikingLayer, Term>> result;
  for (const SpikingLayer& layer : network.layers) {
    for (const Term& term : layer.terms) result.emplace_back(layer, term);
  }
  return result;
}

TEST(CollectSynapses, FollowsTheDefinition) {
  test::Random random(2);
  std::vector<Synapse> synapses;
  for (int i = 0; i < 100; ++i) {
    for (const auto& [layer, term] : all_terms(test::random_network(random))) {
      const bool pool = layer.kind == LayerKind::kMaxPool;
      const Window& w = term.window;
      const int group_inputs = term.input.channels / term.groups;
      const int group_outputs = term.outputs / term.groups;
      for (int c = 0; c < term.outputs; ++c) {
        for (int y = 0; y < layer.output.height; ++y) {
          for (int x = 0; x < layer.output.width; ++x) {
            std::vector<std::pair<int, int>> expected;
            // Visits all input pixels and checks for each whether a tap covers it.
            for (int ic = 0; ic < term.input.channels; ++ic) {
              if (pool ? ic != c : ic / group_inputs != c / group_outputs) continue;
              for (int iy = 0; iy < term.input.height; ++iy) {
                for (int ix = 0; ix < term.input.width; ++ix) {
                  const int ty = iy + w.pad_top - y * w.stride_y;
                  const int tx = ix + w.pad_left - x * w.stride_x;
                  if (ty < 0 || tx < 0 || ty % w.dilation_y != 0 || tx % w.dilation_x != 0)
                    continue;
                  const int ky = ty / w.dilation_y;
                  const int kx = tx / w.dilation_x;
                  if (ky >= w.kernel_height || kx >= w.kernel_width) continue;
                  const auto at = static_cast<std::size_t>(
                      ((c * group_inputs + ic % group_inputs) * w.kernel_height + ky) *
                          w.kernel_width +
                      kx);
                  expected.emplace_back(term.input.index(ic, iy, ix), pool ? 1 : term.weights[at]);
                }
              }
            }
            collect_synapses(term, term.first_output + c, y, x, synapses);
            std::vector<std::pair<int, int>> found;
            for (const Synapse& s : synapses) found.emplace_back(s.input, s.weight);
            ASSERT_EQ(found, expected);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace spikeloom::converter

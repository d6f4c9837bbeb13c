// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/envelope.h"
#include "common/error.h"
#include "converter/spiking_network.h"
#include "testbenches/unit/converter_small_networks.h"

namespace spikeloom::converter {
namespace {

using ::testing::HasSubstr;

/// The message of the UserError that decoding `bytes` throws; empty without one.
std::string decode_error(const std::vector<std::uint8_t>& bytes) {
  try {
    SpikingNetwork::decode(bytes, "net");
  } catch (const common::UserError& error) {
    return error.what();
  }
  return "";
}

/// A network of one convolution 2x4x4 -> 2x4x4 with padding, then a max pool to 2x2x2.
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
  conv.input = conv.output = {2, 4, 4};
  conv.window.kernel_height = conv.window.kernel_width = 3;
  conv.window.pad_top = conv.window.pad_left = 1;
  conv.window.pad_bottom = conv.window.pad_right = 1;
  conv.input_levels = 4;
  conv.quantizer = {0, 2, Quantizer::Rounding::kHalfEven};
  conv.weights.assign(36, 1);
  conv.thresholds = {1, 2, 3, 3};
  SpikingLayer pool;
  pool.name = "pool";
  pool.kind = LayerKind::kMaxPool;
  pool.input = conv.output;
  pool.output = {2, 2, 2};
  pool.window.kernel_height = pool.window.kernel_width = 2;
  pool.window.stride_y = pool.window.stride_x = 2;
  pool.input_levels = 2;
  pool.quantizer = conv.quantizer;
  n.layers = {conv, pool};
  n.readout.name = "last";
  n.readout.inputs = 8;
  n.readout.classes = 2;
  n.readout.weights.assign(16, 0.5F);
  n.readout.bias = {0.0F, 1.0F};
  return n;
}

TEST(SpikingNetworkFile, DecodesToWhatWasEncoded) {
  NetworkMaker maker(1);
  for (int i = 0; i < 100; ++i) {
    const SpikingNetwork n = maker.network();
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
      EXPECT_TRUE(a.input == b.input && a.output == b.output);
      EXPECT_EQ(a.window.pad_bottom, b.window.pad_bottom);
      EXPECT_EQ(a.window.dilation_x, b.window.dilation_x);
      EXPECT_EQ(a.groups, b.groups);
      EXPECT_EQ(a.quantizer.k, b.quantizer.k);
      EXPECT_EQ(a.quantizer.levels, b.quantizer.levels);
      EXPECT_EQ(a.quantizer.rounding, b.quantizer.rounding);
      EXPECT_EQ(a.weights, b.weights);
      EXPECT_EQ(a.thresholds, b.thresholds);
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
  EXPECT_THAT(decode_error(common::encode_envelope({common::FileKind::kDeployment, 1, empty})),
              HasSubstr("is a deployment"));
  EXPECT_THAT(decode_error(common::encode_envelope({common::FileKind::kSpikingNetwork, 9, empty})),
              HasSubstr("version 9"));
  EXPECT_THAT(decode_error(common::encode_envelope(
                  {common::FileKind::kSpikingNetwork, SpikingNetwork::kVersion, empty})),
              HasSubstr("net: not a valid spiking network"));
}

// The envelope is sound, so only decode's own checks stand between these and their readers.
TEST(SpikingNetworkFile, InconsistentNetworksAreRefused) {
  struct Case {
    const char* message;
    std::function<void(SpikingNetwork&)> spoil;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Case> cases = {
      {"no on-chip layers", [](auto& n) { n.layers.clear(); }},
      {"\"conv\": weights are not ternary", [](auto& n) { n.layers[0].weights[3] = 2; }},
      {"\"conv\": weights", [](auto& n) { n.layers[0].weights.pop_back(); }},
      {"\"conv\": thresholds", [](auto& n) { n.layers[0].thresholds.push_back(9); }},
      {"\"conv\": thresholds are not ascending", [](auto& n) { n.layers[0].thresholds[0] = 3; }},
      {"\"conv\": levels", [](auto& n) { n.layers[0].quantizer.levels = 256; }},
      {"\"conv\": levels", [](auto& n) { n.layers[0].quantizer.levels = 0; }},
      {"\"conv\": precision", [](auto& n) { n.layers[0].quantizer.k = -1; }},
      {"\"conv\": its input levels", [](auto& n) { n.layers[0].input_levels = 3; }},
      {"\"conv\": its input is not",
       [](auto& n) {
         n.encoder.output = {2, 2, 8};
         n.encoder.input = {1, 2, 8};
       }},
      {"\"conv\": output shape", [](auto& n) { n.layers[0].output.width = 5; }},
      {"\"conv\": output shape", [](auto& n) { n.layers[0].output.channels = 0; }},
      {"\"conv\": window", [](auto& n) { n.layers[0].window.stride_x = 0; }},
      {"\"conv\": window", [](auto& n) { n.layers[0].window.kernel_width = 1 << 20; }},
      {"\"conv\": padding", [](auto& n) { n.layers[0].window.pad_left = -1; }},
      {"\"conv\": groups", [](auto& n) { n.layers[0].groups = 0; }},
      {"\"conv\": groups", [](auto& n) { n.layers[0].groups = 3; }},
      {"\"pool\": channels", [](auto& n) { n.layers[1].output.channels = 1; }},
      {"\"pool\": levels", [](auto& n) { n.layers[1].quantizer.levels = 1; }},
      {"\"pool\": weights", [](auto& n) { n.layers[1].weights = {1}; }},
      {"\"pool\": a pooling window lies in the padding",
       [](auto& n) {
         n.layers[1].window.pad_top = n.layers[1].window.pad_bottom = 2;
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

TEST(CollectSynapses, FollowsTheDefinition) {
  NetworkMaker maker(2);
  std::vector<Synapse> synapses;
  for (int i = 0; i < 100; ++i) {
    for (const SpikingLayer& layer : maker.network().layers) {
      const bool pool = layer.kind == LayerKind::kMaxPool;
      const Window& w = layer.window;
      const int group_inputs = layer.input.channels / layer.groups;
      const int group_outputs = layer.output.channels / layer.groups;
      for (int c = 0; c < layer.output.channels; ++c) {
        for (int y = 0; y < layer.output.height; ++y) {
          for (int x = 0; x < layer.output.width; ++x) {
            std::vector<std::pair<int, int>> expected;
            // All input pixels, asking of each whether a tap falls on it.
            for (int ic = 0; ic < layer.input.channels; ++ic) {
              if (pool ? ic != c : ic / group_inputs != c / group_outputs) continue;
              for (int iy = 0; iy < layer.input.height; ++iy) {
                for (int ix = 0; ix < layer.input.width; ++ix) {
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
                  expected.emplace_back(layer.input.index(ic, iy, ix),
                                        pool ? 1 : layer.weights[at]);
                }
              }
            }
            collect_synapses(layer, c, y, x, synapses);
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

// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
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
  n.encoder.quantizer = Quantizer::of_precision(1, 4, Rounding::kHalfUp);
  SpikingLayer conv;
  conv.name = "conv";
  conv.output = {2, 4, 4};
  conv.quantizer = Quantizer::of_precision(0, 2, Rounding::kHalfEven);
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
    EXPECT_EQ(decoded.encoder.quantizer.rounding, n.encoder.quantizer.rounding);
    EXPECT_EQ(decoded.encoder.thresholds, n.encoder.thresholds);
    ASSERT_EQ(decoded.encoder.pixel_steps.size(), n.encoder.pixel_steps.size());
    for (std::size_t s = 0; s < n.encoder.pixel_steps.size(); ++s) {
      EXPECT_EQ(decoded.encoder.pixel_steps[s].kind, n.encoder.pixel_steps[s].kind);
      EXPECT_EQ(decoded.encoder.pixel_steps[s].values, n.encoder.pixel_steps[s].values);
    }
    ASSERT_EQ(decoded.encoder.pixel_quantizer.has_value(), n.encoder.pixel_quantizer.has_value());
    if (n.encoder.pixel_quantizer) {
      const PixelQuantizer& a = *decoded.encoder.pixel_quantizer;
      const PixelQuantizer& b = *n.encoder.pixel_quantizer;
      EXPECT_TRUE(a.quantizer.same_values(b.quantizer));
      EXPECT_EQ(a.thresholds, b.thresholds);
    }
    ASSERT_EQ(decoded.layers.size(), n.layers.size());
    for (std::size_t l = 0; l < n.layers.size(); ++l) {
      const SpikingLayer& a = decoded.layers[l];
      const SpikingLayer& b = n.layers[l];
      EXPECT_EQ(a.name, b.name);
      EXPECT_EQ(a.kind, b.kind);
      EXPECT_TRUE(a.output == b.output);
      EXPECT_EQ(a.quantizer.step, b.quantizer.step);
      EXPECT_EQ(a.quantizer.offset, b.quantizer.offset);
      EXPECT_EQ(a.quantizer.levels, b.quantizer.levels);
      EXPECT_EQ(a.quantizer.rounding, b.quantizer.rounding);
      EXPECT_EQ(a.rows.of, b.rows.of);
      EXPECT_EQ(a.rows.count, b.rows.count);
      EXPECT_EQ(a.columns.of, b.columns.of);
      EXPECT_EQ(a.columns.count, b.columns.count);
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
    EXPECT_EQ(decoded.readout.constant, n.readout.constant);
    EXPECT_EQ(decoded.readout.scale, n.readout.scale);
  }
}

std::uint32_t version_of(const SpikingNetwork& network) {
  return base::decode_envelope(network.encode(), "net").version;
}

/// Returns numbers as the file packs them: little-endian.
template <typename T>
nlohmann::json packed(const std::vector<T>& numbers) {
  std::vector<std::uint8_t> bytes;
  for (const T number : numbers) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof number);
    for (std::size_t i = 0; i < sizeof number; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
  }
  return nlohmann::json::binary(bytes);
}

// Files of version 2 are read by earlier versions of this program.
TEST(SpikingNetworkFile, NetworksOfOldFormKeepVersion2) {
  const nlohmann::json three = {
      {"kernel", {3, 3}}, {"stride", {1, 1}}, {"pad", {1, 1, 1, 1}}, {"dilation", {1, 1}}};
  const nlohmann::json two = {
      {"kernel", {2, 2}}, {"stride", {2, 2}}, {"pad", {0, 0, 0, 0}}, {"dilation", {1, 1}}};
  const nlohmann::json one = {
      {"kernel", {1, 1}}, {"stride", {1, 1}}, {"pad", {0, 0, 0, 0}}, {"dilation", {1, 1}}};
  const nlohmann::json none = packed(std::vector<float>());
  const nlohmann::json encoder = {{"name", "first"},
                                  {"input", {1, 4, 4}},
                                  {"output", {2, 4, 4}},
                                  {"window", one},
                                  {"groups", 1},
                                  {"weights", packed(std::vector<float>{1.0F, -0.5F})},
                                  {"bias", packed(std::vector<float>{0.0F, 0.25F})},
                                  {"normalized", false},
                                  {"gamma", none},
                                  {"beta", none},
                                  {"mean", none},
                                  {"variance", none},
                                  {"epsilon", 0.0F},
                                  {"quantizer", {{"k", 1}, {"levels", 4}, {"half_even", false}}}};
  const nlohmann::json conv = {{"name", "conv"},
                               {"max_pool", false},
                               {"output", {2, 4, 4}},
                               {"quantizer", {{"k", 0}, {"levels", 2}, {"half_even", true}}},
                               {"thresholds", packed(std::vector<std::int32_t>{1, 2, 3, 3})},
                               {"terms",
                                {{{"source", -1},
                                  {"input", {2, 4, 4}},
                                  {"input_levels", 4},
                                  {"window", three},
                                  {"groups", 1},
                                  {"repeat", 1},
                                  {"first_output", 0},
                                  {"outputs", 2},
                                  {"weights", packed(std::vector<std::int8_t>(36, 1))}}}}};
  const nlohmann::json pool = {{"name", "pool"},
                               {"max_pool", true},
                               {"output", {2, 2, 2}},
                               {"quantizer", {{"k", 0}, {"levels", 2}, {"half_even", true}}},
                               {"thresholds", packed(std::vector<std::int32_t>())},
                               {"terms",
                                {{{"source", 0},
                                  {"input", {2, 4, 4}},
                                  {"input_levels", 2},
                                  {"window", two},
                                  {"groups", 2},
                                  {"repeat", 1},
                                  {"first_output", 0},
                                  {"outputs", 2},
                                  {"weights", packed(std::vector<std::int8_t>())}}}}};
  const nlohmann::json readout = {{"name", "last"},
                                  {"inputs", 8},
                                  {"classes", 2},
                                  {"weights", packed(std::vector<float>(16, 0.5F))},
                                  {"bias", packed(std::vector<float>{0.0F, 1.0F})}};
  const nlohmann::json body = {
      {"name", "two"}, {"encoder", encoder}, {"layers", {conv, pool}}, {"readout", readout}};
  EXPECT_EQ(two_layers().encode(),
            base::encode_envelope({base::FileKind::kSpikingNetwork, 2, body}));
}

TEST(SpikingNetworkFile, WhatVersion2LacksIsVersion3) {
  EXPECT_EQ(version_of(two_layers()), 2U);
  const std::vector<std::function<void(SpikingNetwork&)>> changes = {
      [](auto& n) { n.layers[0].quantizer.step = n.layers[1].quantizer.step = 0.3; },
      [](auto& n) { n.layers[0].quantizer.step = n.layers[1].quantizer.step = 2; },
      [](auto& n) { n.layers[0].quantizer.step = n.layers[1].quantizer.step = -1; },
      [](auto& n) { n.layers[0].quantizer.offset = n.layers[1].quantizer.offset = -1; },
      [](auto& n) { n.layers[0].quantizer.rounding = Rounding::kFloor; },
      [](auto& n) { n.layers[0].quantizer.rounding = Rounding::kThresholds; },
      [](auto& n) {
        n.layers[0].rows = {{0, 1, 1, 0}, 2};
        n.layers[0].thresholds = {1, 2, 3, 3, 4, 5, 6, 7};
      },
      [](auto& n) {
        n.layers[0].columns = {{0, 1, 1, 0}, 2};
        n.layers[0].thresholds = {1, 2, 3, 3, 4, 5, 6, 7};
      },
      [](auto& n) { n.encoder.thresholds = {1, 2, 3, 4, 5, 6, 7, 8}; },
      [](auto& n) {
        n.encoder.pixel_steps = {{PixelStep::Kind::kDivide, {3}}};
      },
      [](auto& n) {
        n.encoder.pixel_quantizer = {Quantizer(), {0.5F}};
      },
      [](auto& n) { n.readout.bias[1] = 0.1; },
      [](auto& n) {
        n.readout.constant = {0, 1};
        n.readout.scale = {1, 1};
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE(i);
    SpikingNetwork network = two_layers();
    changes[i](network);
    EXPECT_EQ(version_of(network), 3U);
    EXPECT_EQ(decode_error(network.encode()), "");
    EXPECT_EQ(SpikingNetwork::decode(network.encode(), "net").encode(), network.encode());
  }
}

/// Returns the network with every field of version 3.
SpikingNetwork of_version_3() {
  SpikingNetwork n = two_layers();
  n.layers[0].quantizer = {2, 0.3, -0.5, Rounding::kHalfAway};
  n.layers[1].quantizer = n.layers[0].quantizer;
  n.layers[0].rows = {{0, 1, 1, 2}, 3};
  n.layers[0].columns = {{1, 1, 0, 0}, 2};
  n.layers[0].thresholds.clear();
  for (int set = 0; set < 12; ++set) {
    n.layers[0].thresholds.push_back(set);
    n.layers[0].thresholds.push_back(set + 1);
  }
  n.encoder.quantizer = {2, 0.7, 0.1, Rounding::kCeil};
  n.layers[0].terms[0].input_levels = 2;
  n.encoder.thresholds = {-std::numeric_limits<double>::infinity(), 0.25, 1, 2};
  n.encoder.pixel_steps = {{PixelStep::Kind::kAdd, {-0.5F}}, {PixelStep::Kind::kMultiply, {2}}};
  n.encoder.pixel_quantizer = {{3, 0.125, -0.25, Rounding::kThresholds},
                               {0.5F, 0.5F, std::numeric_limits<float>::infinity()}};
  n.readout.constant = {1, -2.5};
  n.readout.scale = {0.1, 0.1};
  return n;
}

TEST(SpikingNetworkFile, DamageOfBodiesIsRefused) {
  struct Case {
    const char* message;
    std::function<void(nlohmann::json&)> spoil;
  };
  const nlohmann::json odd = nlohmann::json::binary({1, 2, 3});
  const std::vector<Case> cases = {
      {"\"conv\": thresholds", [](auto& b) { b["layers"][0].erase("rows"); }},
      {"an array ends within a number", [odd](auto& b) { b["layers"][0]["rows"]["of"] = odd; }},
      {"border classes", [](auto& b) { b["layers"][0]["rows"]["count"] = 5; }},
      {"a size: got string, allowed", [](auto& b) { b["layers"][0]["rows"]["count"] = "3"; }},
      {"a size: got 1099511627776, allowed",
       [](auto& b) { b["layers"][0]["columns"]["count"] = std::int64_t{1} << 40; }},
      {"unknown rounding", [](auto& b) { b["encoder"]["quantizer"]["rounding"] = "up"; }},
      {"key 'offset' not found", [](auto& b) { b["encoder"]["quantizer"].erase("offset"); }},
      {"unknown step of pixels", [](auto& b) { b["encoder"]["pixel_steps"][0]["kind"] = "log"; }},
      {"key 'thresholds' not found",
       [](auto& b) { b["encoder"]["pixel_quantizer"].erase("thresholds"); }},
      {"an array ends within a number",
       [odd](auto& b) { b["encoder"]["pixel_quantizer"]["thresholds"] = odd; }},
      {"an array ends within a number", [odd](auto& b) { b["encoder"]["thresholds"] = odd; }},
      {"key 'scale' not found", [](auto& b) { b["readout"].erase("scale"); }},
      {"\"last\": bias", [](auto& b) { b["readout"].erase("constant"); }},
      {"an array ends within a number", [odd](auto& b) { b["readout"]["constant"] = odd; }},
      {"precision",
       [](auto& b) {
         b["encoder"]["quantizer"] = {{"k", 16}, {"levels", 2}, {"half_even", false}};
       }},
      {"precision",
       [](auto& b) {
         b["encoder"]["quantizer"] = {{"k", -1}, {"levels", 2}, {"half_even", false}};
       }},
  };
  const std::vector<std::uint8_t> bytes = of_version_3().encode();
  ASSERT_EQ(decode_error(bytes), "");
  for (const Case& c : cases) {
    base::Envelope envelope = base::decode_envelope(bytes, "net");
    ASSERT_EQ(envelope.version, 3U);
    c.spoil(envelope.body);
    const std::string error = decode_error(base::encode_envelope(envelope));
    EXPECT_THAT(error, HasSubstr("net: not a valid spiking network: "));
    EXPECT_THAT(error, HasSubstr(c.message));
  }
}

TEST(SpikingNetworkFile, AnyChangedByteIsNoticed) {
  const std::vector<std::uint8_t> bytes = of_version_3().encode();
  ASSERT_EQ(decode_error(bytes), "");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::uint8_t> changed = bytes;
    changed[i] ^= 0x10;
    EXPECT_NE(decode_error(changed), "") << "byte " << i;
  }
}

TEST(SpikingNetworkFile, AnyTruncationIsNoticed) {
  const std::vector<std::uint8_t> bytes = of_version_3().encode();
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
            "net: spiking network format version 1, this program reads version 2 to 3");
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
      {"\"conv\": step or offset", [](auto& n) { n.layers[0].quantizer.step = 0; }},
      {"\"conv\": step or offset", [nan](auto& n) { n.layers[0].quantizer.step = nan; }},
      {"\"conv\": step or offset",
       [](auto& n) { n.layers[0].quantizer.offset = std::numeric_limits<double>::infinity(); }},
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

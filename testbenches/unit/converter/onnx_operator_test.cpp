// SPDX-License-Identifier: Apache-2.0
// Tests operators on integers, operators that move data, windows and reductions: each network is
// compared with the graph's evaluation in exact numbers, layer by layer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/enum_names.h"
#include "spikeloom/base/error.h"
#include "testbenches/unit/converter/onnx_comparison.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Codes = std::vector<std::int8_t>;

constexpr std::int64_t kOne = 1;

std::vector<float> reals(int count) { return test::Random(1).reals(count, -1.0F, 1.0F); }

Codes random_codes(int count, int maximum) {
  test::Random random(2);
  Codes codes;
  for (int i = 0; i < count; ++i) {
    codes.push_back(static_cast<std::int8_t>(random.between(-maximum, maximum)));
  }
  return codes;
}

/// Adds a first layer of 2 channels that take all values 0, 1/2, ... 2.
std::string first_of_all_levels(OnnxBuilder& o) {
  return four_spike(o, o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {2, -2})}, {}, "first"));
}

std::string round_to_halves(OnnxBuilder& o, const std::string& x) {
  return multiply(o, o.node("Round", {multiply(o, clip(o, x, -1, 1), 2)}), 0.5F);
}

void scores(OnnxBuilder& o, const std::string& x, std::int64_t inputs) {
  const auto flat = o.node("Flatten", {x});
  o.node("MatMul", {flat, o.floats({inputs, 3}, reals(static_cast<int>(3 * inputs)))}, {}, "last");
}

std::string refusal(OnnxBuilder& o, const ImportOptions& options = {}) {
  try {
    import(o, options);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

std::vector<std::string> names(const SpikingNetwork& network) {
  std::vector<std::string> result = {network.encoder.name};
  for (const SpikingLayer& layer : network.layers) result.push_back(layer.name);
  return result;
}

/// Adds a QLinearConv of `inputs` channels with scales, zero points and a bias.
std::string linear_convolution(OnnxBuilder& o, const std::string& x, std::int64_t inputs,
                               const std::string& x_scale, const std::string& x_zero,
                               const std::string& y_scale, const std::string& y_zero,
                               const std::string& name) {
  const auto w = o.bytes({3, inputs, 3, 3}, random_codes(static_cast<int>(27 * inputs), 4));
  const auto w_scale = o.floats({3}, {0.1F, 0.07F, 0.13F});
  const auto w_zero = o.bytes({3}, {0, 0, 0});
  return o.node("QLinearConv",
                {x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, o.words({3}, {5, -9, 0})},
                {{"pads", Dims{1, 1, 1, 1}}}, name);
}

TEST(OnnxIntegerOperators, QLinearConv) {
  for (const FirstLayer where : {FirstLayer::kChip, FirstLayer::kHost}) {
    SCOPED_TRACE(base::all_names<FirstLayer>()[static_cast<std::size_t>(where)]);
    OnnxBuilder o({-1, 1, 4, 4});
    const auto x_scale = o.scalar(0.0625F);
    const auto x_zero = o.unsigned_bytes({}, {128});
    const auto y_scale = o.scalar(0.3F);
    const auto y_zero = o.bytes({}, {-3});
    const auto z_scale = o.scalar(0.4F);
    const auto z_zero = o.unsigned_bytes({}, {2});
    const auto x = o.node("QuantizeLinear", {"image", x_scale, x_zero}, {}, "pixels");
    const auto y = linear_convolution(o, x, 1, x_scale, x_zero, y_scale, y_zero, "first");
    const auto z = linear_convolution(o, y, 3, y_scale, y_zero, z_scale, z_zero, "second");
    scores(o, o.node("DequantizeLinear", {z, z_scale, z_zero}), 48);
    ImportOptions options;
    options.first_layer = where;
    const SpikingNetwork network = expect_lossless(o, options).network;
    if (where == FirstLayer::kChip) {
      EXPECT_THAT(names(network), ElementsAre("pixels", "first", "second"));
      // Pixels of 0 are no level 0: the padding makes border classes.
      EXPECT_EQ(network.layers[0].rows.count, 3);
    } else {
      EXPECT_THAT(names(network), ElementsAre("first", "second"));
    }
  }
}

TEST(OnnxIntegerOperators, ConvIntegerWithZeroPoints) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto scale = o.scalar(0.3F);
  const auto zero = o.bytes({}, {-5});
  const auto first = clip(o, first_of_all_levels(o), 0, 1.5F);
  const auto q = o.node("QuantizeLinear", {first, scale, zero});
  const auto w = o.unsigned_bytes({2, 2, 2, 2}, {130, 128, 126, 127, 129, 128, 131, 125,  //
                                                 128, 130, 127, 127, 126, 129, 128, 132});
  const auto sum = o.node("ConvInteger", {q, w, zero, o.unsigned_bytes({}, {128})},
                          {{"pads", Dims{0, 1, 1, 0}}}, "second");
  const auto real = o.node("Mul", {o.node("Cast", {sum}, {{"to", kOne}}), o.scalar(0.1F)});
  scores(o, round_to_halves(o, real), 32);
  const SpikingNetwork network = expect_lossless(o).network;
  EXPECT_EQ(network.layers.back().name, "second");
}

TEST(OnnxIntegerOperators, ProductsOfIntegers) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto scale = o.scalar(0.25F);
  const auto zero = o.unsigned_bytes({}, {3});
  const auto first = clip(o, first_of_all_levels(o), 0, 1.5F);
  const auto q = o.node("Flatten", {o.node("QuantizeLinear", {first, scale, zero})});
  const auto a =
      o.node("MatMulInteger",
             {q, o.bytes({32, 4}, random_codes(128, 3)), zero, o.bytes({4}, {0, 1, 0, -1})}, {},
             "integer");
  const auto y =
      round_to_halves(o, o.node("Mul", {o.node("Cast", {a}, {{"to", kOne}}), o.scalar(0.07F)}));
  const auto y_scale = o.scalar(0.2F);
  const auto y_zero = o.bytes({}, {7});
  const auto y_q = o.node("QuantizeLinear", {y, y_scale, y_zero});
  const auto z_scale = o.scalar(0.15F);
  const auto z_zero = o.bytes({}, {1});
  const auto z =
      o.node("QLinearMatMul",
             {y_q, y_scale, y_zero, o.bytes({4, 3}, random_codes(12, 5)),
              o.floats({3}, {0.3F, 0.1F, 0.2F}), o.bytes({3}, {0, 0, 0}), z_scale, z_zero},
             {}, "linear");
  scores(o, o.node("DequantizeLinear", {z, z_scale, z_zero}), 3);
  const std::vector<std::string> layers = names(expect_lossless(o).network);
  EXPECT_THAT(layers, ::testing::Contains("integer"));
  EXPECT_EQ(layers.back(), "linear");
}

// Operators of ONNX Runtime. Ties go to the integer that is even with or without the odd zero
// point.
TEST(OnnxIntegerOperators, AdditionConcatenationAndAverages) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto scale = o.scalar(0.25F);
  const auto zero = o.bytes({}, {-3});
  const auto q = o.node("QuantizeLinear", {clip(o, first_of_all_levels(o), 0, 1), scale, zero});
  const auto one = o.scalar(1);
  const auto other_zero = o.bytes({}, {5});
  const auto pooled =
      o.node("MaxPool", {q}, {{"kernel_shape", Dims{3, 3}}, {"pads", Dims{1, 1, 1, 1}}});
  const auto sum =
      o.node_of("com.microsoft", "QLinearAdd",
                {q, scale, zero, pooled, scale, zero, one, other_zero}, {}, "addition");
  const auto whole =
      o.node_of("com.microsoft", "QLinearConcat",
                {scale, zero, q, scale, zero, sum, one, other_zero}, {{"axis", kOne}}, "whole");
  const auto average =
      o.node_of("com.microsoft", "QLinearAveragePool", {whole, scale, zero, scale, zero},
                {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}}, "average");
  const auto global = o.node_of("com.microsoft", "QLinearGlobalAveragePool",
                                {average, scale, zero, scale, zero}, {}, "global");
  scores(o, o.node("DequantizeLinear", {global, scale, zero}), 4);
  const std::vector<std::string> layers = names(expect_lossless(o).network);
  EXPECT_THAT(layers, ::testing::IsSupersetOf({"addition", "average", "global"}));
}

TEST(OnnxIntegerOperators, Refusals) {
  struct Case {
    const char* message;
    Part part;
  };
  const std::vector<Case> cases = {
      {"(QLinearConv): its scale is -0.5; accepted: a positive number",
       [](auto& o, auto& x) {
         const auto zero = o.bytes({}, {0});
         const auto one = o.scalar(1);
         return o.node("QLinearConv", {x, one, zero, o.bytes({1, 2, 1, 1}, {1, 1}), one, zero,
                                       o.scalar(-0.5F), zero});
       }},
      {"(QLinearConv): its scale of the weights is of shape 3; accepted: a scalar, or one number "
       "per "
       "output",
       [](auto& o, auto& x) {
         const auto zero = o.bytes({}, {0});
         const auto one = o.scalar(1);
         return o.node("QLinearConv", {x, one, zero, o.bytes({1, 2, 1, 1}, {1, 1}),
                                       o.floats({3}, {1, 1, 1}), zero, one, zero});
       }},
      {"(QLinearConv): 2 numbers of bias; accepted: 1, one per output channel",
       [](auto& o, auto& x) {
         const auto zero = o.bytes({}, {0});
         const auto one = o.scalar(1);
         return o.node("QLinearConv", {x, one, zero, o.bytes({1, 2, 1, 1}, {1, 1}), one, zero, one,
                                       zero, o.words({2}, {1, 2})});
       }},
      {"(QLinearAveragePool): windows at the border are divided by fewer pixels; accepted: no "
       "padding, "
       "or count_include_pad 1",
       [](auto& o, auto& x) {
         const auto zero = o.bytes({}, {0});
         const auto one = o.scalar(1);
         const std::vector<Attribute> attributes = {{"kernel_shape", Dims{2, 2}},
                                                    {"pads", Dims{1, 1, 1, 1}}};
         return o.node_of("com.microsoft", "QLinearAveragePool", {x, one, zero, one, zero},
                          attributes);
       }},
      {"(QLinearAveragePool): channels_last 1; accepted: channels in dimension 1",
       [](auto& o, auto& x) {
         const auto zero = o.bytes({}, {0});
         const auto one = o.scalar(1);
         const std::vector<Attribute> attributes = {{"kernel_shape", Dims{2, 2}},
                                                    {"channels_last", kOne}};
         return o.node_of("com.microsoft", "QLinearAveragePool", {x, one, zero, one, zero},
                          attributes);
       }},
  };
  for (const Case& c : cases) {
    OnnxBuilder o({-1, 1, 4, 4});
    const auto q = o.node("QuantizeLinear", {first_of_all_levels(o), o.scalar(0.5F)});
    scores(o, c.part(o, q), 16);
    EXPECT_THAT(refusal(o), HasSubstr(c.message));
  }
}

TEST(OnnxPad, GoesIntoTheNextWindow) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto x = round_to_halves(o, o.node("Sub", {first_of_all_levels(o), o.scalar(1)}));
  const auto pads = o.integers({8}, {0, 0, 1, 2, 0, 0, 0, 1});
  const auto padded = o.node("Pad", {x, pads}, {{"mode", std::string("constant")}});
  const auto sum = o.node("Conv",
                          {padded, o.floats({2, 2, 2, 2}, {1, -1, 0.5F, 0, 1, 1, -0.5F, 1,  //
                                                           0, 1, 1, -1, 0.5F, 1, 1, 0})},
                          {{"pads", Dims{0, 0, 1, 0}}}, "second");
  const auto y = round_to_halves(o, sum);
  // A maximum over padding by the lowest value, or less.
  const auto lowest = o.node("Pad", {y, o.integers({8}, {0, 0, 1, 1, 0, 0, 1, 1}), o.scalar(-1)});
  scores(o, o.node("MaxPool", {lowest}, {{"kernel_shape", Dims{2, 2}}}, "pool"), 84);
  const SpikingNetwork network = expect_lossless(o).network;
  const SpikingLayer& second = *std::find_if(network.layers.begin(), network.layers.end(),
                                             [](auto& layer) { return layer.name == "second"; });
  const Window& w = second.terms[0].window;
  EXPECT_THAT((std::vector<int>{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}),
              ElementsAre(1, 2, 1, 1));
  // The activations are signed: the taps in the padding are not their level 0.
  EXPECT_GT(second.rows.count, 1);
}

TEST(OnnxPad, Refusals) {
  struct Case {
    const char* message;
    std::vector<std::int64_t> pads;
    float value;
    Part after;
  };
  const Part conv = [](auto& o, auto& x) {
    return four_spike(o, o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, 1})}));
  };
  const std::vector<Case> cases = {
      {"(Conv): the padding before it stands for 0.5; accepted: zero padding",
       {0, 0, 1, 1, 0, 0, 1, 1},
       0.5F,
       conv},
      {"(Conv): the padding before it stands for -1; accepted: zero padding",
       {0, 0, 1, 1, 0, 0, 1, 1},
       0,
       [&conv](auto& o, auto& x) {
         return conv(o, o.node("Add", {x, o.scalar(-1)}));
       }},
      {"(MaxPool): the padding before it stands for 0.5, which is above the lowest value",
       {0, 0, 1, 1, 0, 0, 1, 1},
       0.5F,
       [](auto& o, auto& x) {
         const Attribute window("kernel_shape", Dims{2, 2});
         return o.node("MaxPool", {x}, {window});
       }},
      {"(Pad): pads [0, 1, 0, 0, 0, 0, 0, 0]; accepted: pads of 0 or more, of height and width "
       "alone",
       {0, 1, 0, 0, 0, 0, 0, 0},
       0,
       conv},
      {"(Pad): pads [0, 0, -1, 0, 0, 0, 0, 0]", {0, 0, -1, 0, 0, 0, 0, 0}, 0, conv},
      {"(Pad): pads [0, 0, 1, 1]", {0, 0, 1, 1}, 0, conv},
      {"(Flatten): padding goes before it; accepted: a convolution after padding",
       {0, 0, 1, 1, 0, 0, 1, 1},
       0,
       [](auto&, auto& x) { return x; }},
      {"(Add): it gives padding different values in different channels",
       {0, 0, 1, 1, 0, 0, 1, 1},
       0,
       [](auto& o, auto& x) {
         return o.node("Add", {x, o.floats({2, 1, 1}, {1, 2})});
       }},
  };
  for (const Case& c : cases) {
    OnnxBuilder o({-1, 1, 4, 4});
    const auto pads = o.integers({static_cast<std::int64_t>(c.pads.size())}, c.pads);
    const auto padded = o.node("Pad", {first_of_all_levels(o), pads, o.scalar(c.value)});
    scores(o, c.after(o, padded), 16);
    EXPECT_THAT(refusal(o), HasSubstr(c.message));
  }
}

TEST(OnnxLayouts, ProductsOverChannelsThatAreLast) {
  OnnxBuilder o({-1, 1, 4, 4});
  auto x = o.node("Transpose", {first_of_all_levels(o)}, {{"perm", Dims{0, 2, 3, 1}}});
  const auto sum =
      o.node("MatMul", {x, o.floats({2, 3}, {1, -0.5F, 0.25F, 0.5F, 1, -0.25F})}, {}, "second");
  // Steps and quantizer while the channels are last.
  x = o.node("Add", {sum, o.floats({3}, {0.25F, -0.5F, 0})});
  x = round_to_halves(o, o.node("Mul", {x, o.floats({1, 1, 1, 3}, {1, -1, 2})}));
  x = o.node("Transpose", {x}, {{"perm", Dims{0, 3, 1, 2}}});
  x = o.node("Conv", {x, o.floats({1, 3, 2, 2}, std::vector<float>(12, 0.25F))}, {}, "third");
  scores(o, round_to_halves(o, x), 9);
  const SpikingNetwork network = expect_lossless(o).network;
  EXPECT_THAT(names(network), ElementsAre("first", "second", "third"));
  EXPECT_TRUE(network.layers[0].output == (Shape{3, 4, 4}));
}

TEST(OnnxLayouts, DenseLayersOverTransposedActivations) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto x = o.node("Transpose", {first_of_all_levels(o)}, {{"perm", Dims{0, 3, 1, 2}}});
  const auto flat = o.node("Reshape", {x, o.integers({2}, {-1, 32})});
  const auto weights =
      o.node("DequantizeLinear", {o.bytes({4, 32}, random_codes(128, 1)), o.scalar(0.25F)});
  const auto sum = o.node("Gemm", {flat, weights}, {{"transB", kOne}}, "second");
  scores(o, round_to_halves(o, sum), 4);
  EXPECT_THAT(names(expect_lossless(o).network), ElementsAre("first", "second"));
}

TEST(OnnxLayouts, ReshapesAndBack) {
  OnnxBuilder o({-1, 1, 4, 4});
  auto x = o.node("Reshape", {first_of_all_levels(o), o.integers({3}, {0, 2, -1})});
  x = o.node("Transpose", {x}, {{"perm", Dims{0, 2, 1}}});
  x = o.node("Transpose", {x}, {{"perm", Dims{0, 2, 1}}});
  x = o.node("Reshape", {x, o.integers({4}, {1, 2, 4, 4})});
  x = o.node("Conv", {x, o.floats({1, 2, 2, 2}, std::vector<float>(8, 0.25F))}, {}, "second");
  scores(o, round_to_halves(o, x), 9);
  EXPECT_THAT(names(expect_lossless(o).network), ElementsAre("first", "second"));
}

// Exporters wrap a normalization of vectors into dimensions of size 1.
TEST(OnnxLayouts, NormalizationBetweenUnsqueezeAndSqueeze) {
  for (const bool unsqueezed_first : {false, true}) {
    SCOPED_TRACE(unsqueezed_first);
    OnnxBuilder o({-1, 1, 4, 4});
    auto x = o.node("Flatten", {first_of_all_levels(o)});
    const auto axes = o.integers({2}, {2, 3});
    std::vector<float> weights;
    for (const std::int8_t code : random_codes(128, 1)) {
      weights.push_back(static_cast<float>(code) * 0.25F);
    }
    if (unsqueezed_first) x = o.node("Unsqueeze", {x, o.integers({1}, {1})});
    x = o.node("MatMul", {x, o.floats({32, 4}, weights)}, {}, "second");
    if (unsqueezed_first) x = o.node("Squeeze", {x, o.integers({1}, {1})});
    x = o.node("Unsqueeze", {x, axes});
    x = o.node("BatchNormalization",
               {x, o.floats({4}, {1, -1, 0.5F, 2}), o.floats({4}, {0.25F, 0, -0.5F, 0}),
                o.floats({4}, {0, 0.5F, 1, -1}), o.floats({4}, {0.75F, 3.75F, 0.75F, 15.75F})},
               {{"epsilon", 0.25F}});
    x = o.node("Squeeze", {x, axes});
    scores(o, round_to_halves(o, x), 4);
    EXPECT_THAT(names(expect_lossless(o).network), ElementsAre("first", "second"));
  }
}

/// Returns the pixels of N x height x width x channels as channels x height x width.
std::vector<double> channels_first(const std::vector<double>& image, int channels) {
  std::vector<double> result;
  const auto count = static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < count; ++c) {
    for (std::size_t i = c; i < image.size(); i += count) result.push_back(image[i]);
  }
  return result;
}

TEST(OnnxLayouts, ImagesWithChannelsLast) {
  for (const bool quantized : {false, true}) {
    SCOPED_TRACE(quantized);
    OnnxBuilder o({-1, 4, 5, 2});
    auto x = o.node("Transpose", {multiply(o, "image", 0.5F)}, {{"perm", Dims{0, 3, 1, 2}}});
    if (quantized) {
      const auto scale = o.scalar(0.125F);
      const auto zero = o.bytes({}, {0});
      x = o.node("DequantizeLinear", {o.node("QuantizeLinear", {x, scale, zero}), scale, zero});
    }
    x = four_spike(o, o.node("Conv", {x, o.floats({2, 2, 2, 2}, {1, -1, 0.5F, 2, 1, -1, 1, 0,  //
                                                                 0, 1, 2, -2, 0.5F, 1, -1, 0})}));
    x = o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, -1})});
    scores(o, round_to_halves(o, x), 12);
    const SpikingNetwork network = import(o).network;
    EXPECT_TRUE(network.encoder.input == (Shape{2, 4, 5}));
    test::Random random(1);
    for (int i = 0; i < 4; ++i) {
      const std::vector<double> image = random_image(random, 40);
      const Activity activity(network, channels_first(image, 2));
      expect_scores(activity.scores, test::OnnxEvaluator(o.graph()).run(image).at("last"));
    }
  }
}

TEST(OnnxLayouts, Refusals) {
  struct Case {
    const char* message;
    Part part;
  };
  const std::vector<Case> cases = {
      {"(Conv): its input of 4x4x2 is a reshaped or transposed activation",
       [](auto& o, auto& x) {
         const auto last = o.node("Transpose", {x}, {{"perm", Dims{0, 2, 3, 1}}});
         return o.node("Conv", {last, o.floats({1, 4, 1, 1}, {1, 1, 1, 1})});
       }},
      {"(MatMul): its input of 2x4x4 is no vector; accepted: Flatten before it, or channels in the "
       "last dimension",
       [](auto& o, auto& x) {
         return o.node("MatMul", {x, o.floats({4, 1}, {1, 1, 1, 1})});
       }},
      {"(Transpose): perm [1, 0, 2, 3]; accepted: an order of all dimensions that keeps the batch "
       "first",
       [](auto& o, auto& x) {
         const Attribute perm("perm", Dims{1, 0, 2, 3});
         return o.node("Transpose", {x}, {perm});
       }},
      {"(Transpose): perm []", [](auto& o, auto& x) { return o.node("Transpose", {x}); }},
      {"(Squeeze): axis 1; accepted: axes of size 1 beside the batch",
       [](auto& o, auto& x) {
         const auto axes = o.integers({1}, {1});
         return o.node("Squeeze", {x, axes});
       }},
      {"(Squeeze): it names no axes, and may take the batch",
       [](auto& o, auto& x) { return o.node("Squeeze", {x}); }},
      {"(Unsqueeze): axis 0; accepted: axes after the batch",
       [](auto& o, auto& x) {
         const auto axes = o.integers({1}, {0});
         return o.node("Unsqueeze", {x, axes});
       }},
      {"(BatchNormalization): 2 parameters for activations of 4x4x2; accepted: one per channel",
       [](auto& o, auto& x) {
         const auto v = o.floats({2}, {1, 1});
         const auto last = o.node("Transpose", {x}, {{"perm", Dims{0, 2, 3, 1}}});
         return o.node("BatchNormalization", {last, v, v, v, v});
       }},
      {"(Gather): axis 0; accepted: an axis after the batch",
       [](auto& o, auto& x) {
         const auto first = o.integers({1}, {0});
         return o.node("Gather", {x, first});
       }},
      {"(Gather): index 2 of 2; accepted: indices within the dimension",
       [](auto& o, auto& x) {
         const Attribute axis("axis", kOne);
         return o.node("Gather", {x, o.integers({1}, {2})}, {axis});
       }},
      {"(Gather): indices [0, 1, 3]; accepted: rows or columns at equal distances, or channels",
       [](auto& o, auto& x) {
         const Attribute axis("axis", std::int64_t{2});
         return o.node("Gather", {x, o.integers({3}, {0, 1, 3})}, {axis});
       }},
      {"(Gather): it picks or repeats pixels of the image; accepted: images of the form that it "
       "makes",
       [](auto& o, auto&) {
         const Attribute axis("axis", std::int64_t{3});
         return o.node("Gather", {"image", o.integers({2}, {0, 1})}, {axis});
       }},
      {"(Resize): it changes the size of images of 2x4x4 by [1, 1, 2, 2]; accepted: images of one "
       "pixel, which it repeats, or factors 1",
       [](auto& o, auto& x) {
         return o.node("Resize", {x, "", o.floats({4}, {1, 1, 2, 2})});
       }},
      {"(Resize): mode linear, coordinates half_pixel; accepted: mode nearest, without a crop",
       [](auto& o, auto& x) {
         const Attribute mode("mode", std::string("linear"));
         return o.node("Resize", {x, "", o.floats({4}, {1, 1, 2, 2})}, {mode});
       }},
      {"(ReduceMean): it reduces other axes than height and width; accepted: the image's axes",
       [](auto& o, auto& x) {
         const Attribute axes("axes", Dims{1});
         return o.node("ReduceMean", {x}, {axes});
       }},
      {"(ReduceMax): axis 4; accepted: the image's axes",
       [](auto& o, auto& x) {
         const Attribute axes("axes", Dims{4});
         return o.node("ReduceMax", {x}, {axes});
       }},
  };
  for (const Case& c : cases) {
    OnnxBuilder o({-1, 1, 4, 4});
    scores(o, c.part(o, first_of_all_levels(o)), 16);
    EXPECT_THAT(refusal(o), HasSubstr(c.message));
  }
}

TEST(OnnxWindows, InOneDimension) {
  OnnxBuilder o({-1, 2, 12});
  const auto first = four_spike(o, o.node("Conv",
                                          {"image", o.floats({2, 2, 3}, {1, -1, 0.5F, 2, 0, -1,  //
                                                                         0.5F, 1, 1, -1, 2, 0})},
                                          {{"pads", Dims{1, 1}}}, "first"));
  std::vector<float> weights;
  for (const std::int8_t code : random_codes(12, 2)) {
    weights.push_back(static_cast<float>(code) * 0.25F);
  }
  const auto second = round_to_halves(o, o.node("Conv", {first, o.floats({4, 1, 3}, weights)},
                                                {{"strides", Dims{2}},
                                                 {"dilations", Dims{2}},
                                                 {"pads", Dims{2, 1}},
                                                 {"group", std::int64_t{2}}},
                                                "second"));
  const auto pooled =
      o.node("MaxPool", {second}, {{"kernel_shape", Dims{2}}, {"pads", Dims{1, 0}}}, "pool");
  const auto norm =
      o.node("BatchNormalization",
             {o.node("AveragePool", {pooled}, {{"kernel_shape", Dims{2}}, {"strides", Dims{2}}},
                     "average"),
              o.floats({4}, {1, -1, 2, 0.5F}), o.floats({4}, {0, 0.25F, 0, 0}),
              o.floats({4}, {0, 0, 0, 0}), o.floats({4}, {0.75F, 0.75F, 0.75F, 0.75F})},
             {{"epsilon", 0.25F}});
  const auto last = round_to_halves(o, norm);
  o.node(
      "Conv",
      {o.node("Pad", {last, o.integers({6}, {0, 0, 1, 0, 0, 1})}), o.floats({3, 4, 2}, reals(24))},
      {}, "classes");
  const auto average = o.node("GlobalAveragePool", {"classes"});
  o.node("Flatten", {average});
  const SpikingNetwork network = expect_lossless(o).network;
  EXPECT_THAT(names(network), ElementsAre("first", "second", "pool", "average"));
  EXPECT_TRUE(network.encoder.input == (Shape{2, 1, 12}));
  EXPECT_TRUE(network.layers[0].output == (Shape{4, 1, 6}));
  EXPECT_EQ(network.layers[0].terms[0].window.dilation_x, 2);
}

TEST(OnnxWindows, OneDimensionAlongTheHeight) {
  // A column of pixels, squeezed to one dimension.
  OnnxBuilder o({-1, 1, 6, 1});
  const auto first =
      four_spike(o, o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {2, -2})}, {}, "first"));
  const auto flat = o.node("Squeeze", {first, o.integers({1}, {3})});
  const auto second = o.node("Conv", {flat, o.floats({1, 2, 3}, {1, 0.5F, -1, 0.25F, 1, -0.5F})},
                             {{"pads", Dims{1, 0}}}, "second");
  scores(o, round_to_halves(o, second), 5);
  const SpikingNetwork network = expect_lossless(o).network;
  EXPECT_EQ(network.layers[0].terms[0].window.kernel_height, 3);
  EXPECT_EQ(network.layers[0].terms[0].window.pad_top, 1);
  EXPECT_TRUE(network.layers[0].output == (Shape{1, 5, 1}));
}

TEST(OnnxWindows, ReductionsOverTheImage) {
  struct Case {
    const char* op;
    Dims axes;
    std::int64_t keep;
    bool channels_last;
  };
  const std::vector<Case> cases = {{"ReduceMean", {2, 3}, 1, false},
                                   {"ReduceMean", {-1, -2}, 0, false},
                                   {"ReduceMean", {1, 2}, 0, true},
                                   {"ReduceMax", {3, 2}, 1, false},
                                   {"ReduceMax", {1, 2}, 0, true}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.op);
    OnnxBuilder o({-1, 1, 4, 4});
    auto x = first_of_all_levels(o);
    if (c.channels_last) x = o.node("Transpose", {x}, {{"perm", Dims{0, 2, 3, 1}}});
    x = o.node(c.op, {x}, {{"axes", c.axes}, {"keepdims", c.keep}}, "reduced");
    if (std::string(c.op) == "ReduceMean") x = four_spike(o, x);
    scores(o, x, 2);
    EXPECT_THAT(names(expect_lossless(o, {}, 8).network), ElementsAre("first", "reduced"));
  }
}

TEST(OnnxWindows, AveragesThatCountThePadding) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto average = o.node(
      "AveragePool", {first_of_all_levels(o)},
      {{"kernel_shape", Dims{2, 2}}, {"pads", Dims{1, 0, 0, 1}}, {"count_include_pad", kOne}},
      "average");
  scores(o, four_spike(o, average), 32);
  EXPECT_THAT(names(expect_lossless(o).network), ElementsAre("first", "average"));
}

}  // namespace
}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
// Tests the forms of the class scores: what the host computes last, and what is left to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/converter/onnx_comparison.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kOne = 1;

/// Adds a first layer of 2x4x4 outputs that take all values 0, 1/2, ... 2.
std::string first_of_all_levels(OnnxBuilder& o) {
  return four_spike(o, o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {2, -2})}, {}, "first"));
}

/// Adds a second layer of 2x4x4 signed outputs, -1..1 in steps of 1/2.
std::string second_of_signs(OnnxBuilder& o, const std::string& x) {
  const auto weights = o.floats({2, 2, 1, 1}, {1, -1, 0.5F, 0.5F});
  const auto sum = o.node("Conv", {x, weights, o.floats({2}, {0.25F, -1})}, {}, "second");
  return multiply(o, o.node("Round", {multiply(o, clip(o, sum, -1, 1), 2)}), 0.5F);
}

std::vector<float> reals(int count) { return test::Random(1).reals(count, -1.0F, 1.0F); }

std::string refusal(OnnxBuilder& o) {
  try {
    import(o);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

/// A network of two layers and scores, which `after` follows.
std::unique_ptr<OnnxBuilder> model(const Part& after) {
  auto o = std::make_unique<OnnxBuilder>(Dims{-1, 1, 4, 4});
  const auto x = o->node("Flatten", {second_of_signs(*o, first_of_all_levels(*o))});
  after(*o, o->node("MatMul", {x, o->floats({32, 3}, reals(96))}, {}, "last"));
  return o;
}

// The class does not change: the network is the same without these operators, and notes name them.
TEST(OnnxOutput, OperatorsThatKeepTheOrderAreLeftOut) {
  struct Case {
    std::string op;
    std::vector<Attribute> attributes;
  };
  const std::int64_t last = -1;
  const std::vector<Case> cases = {
      {"Softmax", {}},
      {"Softmax", {{"axis", kOne}}},
      {"LogSoftmax", {{"axis", last}}},
      {"ArgMax", {{"axis", kOne}, {"keepdims", std::int64_t{0}}}},
      {"ArgMax", {{"axis", last}}},
      {"TopK", {{"axis", last}, {"largest", kOne}}},
  };
  auto plain = model([](auto&, auto& x) { return x; });
  const Conversion expected = import(*plain);
  EXPECT_THAT(
      expected.notes,
      ElementsAre("node \"first\" (Conv) takes the real-valued image: the host computes it"));
  for (const Case& c : cases) {
    SCOPED_TRACE(c.op);
    auto o = model([&c](OnnxBuilder& onnx, const std::string& x) {
      std::vector<std::string> inputs = {x};
      if (c.op == "TopK") inputs.push_back(onnx.integers({1}, {1}));
      return onnx.node("Identity", {onnx.node(c.op, inputs, c.attributes, "order")});
    });
    const Conversion conversion = import(*o);
    SpikingNetwork network = conversion.network;
    network.name = expected.network.name;
    EXPECT_EQ(network.encode(), expected.network.encode());
    ASSERT_EQ(conversion.notes.size(), 2U);
    EXPECT_EQ(conversion.notes[1],
              "node \"order\" (" + c.op +
                  ") keeps the order of the class scores and is left to the host");
  }
}

TEST(OnnxOutput, OperatorsThatDoNotAreRefused) {
  struct Case {
    const char* message;
    const char* op;
    std::vector<Attribute> attributes;
  };
  const std::vector<Case> cases = {
      {"node \"order\" (ArgMax): axis 0 of activations of 3; accepted: the axis of the class "
       "scores",
       "ArgMax",
       {}},
      {"(Softmax): axis 2 of activations of 3", "Softmax", {{"axis", std::int64_t{2}}}},
      {"(TopK): it takes the lowest score, or the last of equal ones; accepted: the first of the "
       "highest ones",
       "TopK",
       {{"largest", std::int64_t{0}}}},
      {"(ArgMax): it takes the lowest score, or the last of equal ones",
       "ArgMax",
       {{"axis", kOne}, {"select_last_index", kOne}}},
      {"node \"order\" (ArgMin): it is not accepted", "ArgMin", {{"axis", kOne}}},
  };
  for (const Case& c : cases) {
    auto o = model([&c](OnnxBuilder& onnx, const std::string& x) {
      return onnx.node(c.op, {x}, c.attributes, "order");
    });
    EXPECT_THAT(refusal(*o), HasSubstr(c.message));
  }
  auto o = model([](OnnxBuilder& onnx, const std::string& x) {
    return onnx.node("Mul", {onnx.node("Softmax", {x}, {}, "order"), onnx.scalar(2)});
  });
  EXPECT_THAT(refusal(*o),
              HasSubstr("(Mul): it follows node \"order\" (Softmax); accepted: nothing but the "
                        "output after it"));
}

TEST(OnnxOutput, StepsAfterTheLastLayer) {
  auto o = model([](OnnxBuilder& onnx, const std::string& x) {
    auto y = onnx.node("Add", {x, onnx.floats({3}, {0.5F, 0.25F, -1})});
    y = onnx.node("BatchNormalization",
                  {y, onnx.floats({3}, {1, -2, 0.5F}), onnx.floats({3}, {0, 1, 2}),
                   onnx.floats({3}, {0.5F, 0, 0.1F}), onnx.floats({3}, {1, 2, 3})});
    return onnx.node("Div", {onnx.node("Neg", {y}), onnx.scalar(3)});
  });
  EXPECT_EQ(expect_lossless(*o).network.layers.size(), 1U);
}

TEST(OnnxOutput, AnAverageOfAConvolution) {
  struct Case {
    const char* name;
    std::int64_t kernel;
    std::vector<float> weights;
    Part average;
  };
  const auto global = [](OnnxBuilder& o, const std::string& x) {
    return o.node("Flatten", {o.node("GlobalAveragePool", {x})});
  };
  const auto reduce = [](OnnxBuilder& o, const std::string& x) {
    return o.node("ReduceMean", {x}, {{"axes", Dims{-2, -1}}, {"keepdims", std::int64_t{0}}});
  };
  std::vector<float> ternary;
  for (int i = 0; i < 54; ++i) ternary.push_back(0.1F * static_cast<float>(i % 3 - 1));
  const std::vector<Case> cases = {
      {"single pixels", 1, reals(6), global},
      {"single pixels by axes", 1, reals(6), reduce},
      {"overlapping windows", 3, reals(54), global},
      {"overlapping windows of integers", 3, ternary, reduce},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    OnnxBuilder o({-1, 1, 4, 4});
    const auto x = second_of_signs(o, first_of_all_levels(o));
    const std::int64_t pad = c.kernel / 2;
    const auto sum = o.node(
        "Conv",
        {x, o.floats({3, 2, c.kernel, c.kernel}, c.weights), o.floats({3}, {0.5F, -0.3F, 0})},
        {{"pads", Dims{pad, pad, pad, pad}}}, "classes");
    c.average(o, sum);
    const SpikingNetwork network = expect_lossless(o).network;
    EXPECT_EQ(network.layers.size(), 1U);
    EXPECT_EQ(network.readout.classes, 3);
  }
}

// Sums of rounded products of one scale are multiples of it.
TEST(OnnxOutput, AnAverageOfAConvolutionBeforeAQuantizer) {
  OnnxBuilder o({-1, 1, 4, 4});
  std::vector<float> weights;
  for (int i = 0; i < 36; ++i) weights.push_back(0.1F * static_cast<float>(i * i % 5 - 2));
  const auto sum = o.node("Conv", {first_of_all_levels(o), o.floats({2, 2, 3, 3}, weights)},
                          {{"pads", Dims{1, 1, 1, 1}}});
  const auto average = o.node("AveragePool", {sum},
                              {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{1, 2}}}, "average");
  const auto y = o.node("Round", {multiply(o, clip(o, average, -0.3F, 0.3F), 10)});
  o.node("MatMul", {o.node("Flatten", {y}), o.floats({12, 3}, reals(36))});
  const SpikingNetwork network = expect_lossless(o).network;
  ASSERT_EQ(network.layers.size(), 1U);
  EXPECT_EQ(network.layers[0].name, "average");
  EXPECT_EQ(network.layers[0].terms[0].window.kernel_height, 4);
}

TEST(OnnxOutput, AnAverageOfTheFirstLayer) {
  const auto build = [](OnnxBuilder& o, float weight) {
    const auto weights = o.floats({2, 1, 2, 2}, {1, weight, 0, 2, -1, 0.5F, weight, 1});
    const auto sum = o.node("Conv", {"image", weights, o.floats({2}, {0.25F, 0.5F})});
    const auto average = o.node("AveragePool", {sum}, {{"kernel_shape", Dims{2, 2}}}, "average");
    const auto x = four_spike(o, average);
    last_layer(o, four_spike(o, o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, 1})})), 4);
  };
  OnnxBuilder exact({-1, 1, 4, 4});
  build(exact, 1);
  const SpikingNetwork network = expect_lossless(exact).network;
  EXPECT_EQ(network.encoder.name, "average");
  EXPECT_EQ(network.encoder.window.kernel_height, 3);
  OnnxBuilder rounded({-1, 1, 4, 4});
  build(rounded, 0.1F);
  EXPECT_THAT(refusal(rounded),
              HasSubstr("node \"average\" (AveragePool): sums of weights of the first layer, which "
                        "the host computes, are no float32 numbers; accepted: a quantizer before "
                        "it"));
}

TEST(OnnxOutput, TheActivationsThemselves) {
  OnnxBuilder o({-1, 1, 4, 4});
  o.node("Flatten", {second_of_signs(o, first_of_all_levels(o))});
  const SpikingNetwork network = expect_lossless(o).network;
  EXPECT_EQ(network.readout.name, "second.scores");
  EXPECT_EQ(network.readout.classes, 32);
}

TEST(OnnxOutput, TransposedScores) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto x = second_of_signs(o, first_of_all_levels(o));
  const auto sum = o.node("Conv", {x, o.floats({3, 2, 2, 2}, reals(24))});
  const auto last = o.node("Transpose", {sum}, {{"perm", Dims{0, 2, 3, 1}}});
  o.node("Reshape", {last, o.integers({2}, {1, -1})});
  EXPECT_EQ(expect_lossless(o).network.readout.classes, 27);
}

// The sources of the last layer have different steps and offsets.
TEST(OnnxOutput, AConcatenationOfDifferentValues) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto first = first_of_all_levels(o);
  const auto fine = second_of_signs(o, first);
  const auto sum = o.node("Conv", {fine, o.floats({1, 2, 1, 1}, {1, -1})}, {}, "third");
  const auto coarse = multiply(o, o.node("Round", {clip(o, sum, -1, 2)}), 3);
  const auto shifted = o.node("Add", {coarse, o.scalar(0.5F)});
  const auto falling = o.node("Neg", {fine});
  const auto whole = o.node("Concat", {first, shifted, falling}, {{"axis", kOne}});
  o.node("MatMul", {o.node("Flatten", {whole}), o.floats({80, 3}, reals(240))}, {}, "last");
  const SpikingNetwork network = import(o).network;
  const SpikingLayer& concat = network.layers.back();
  EXPECT_EQ(concat.name, "last.concat");
  // From -2.5 to 6.5 in steps of 1/2.
  EXPECT_EQ(concat.quantizer.step, 0.5);
  EXPECT_EQ(concat.quantizer.offset, -2.5);
  EXPECT_EQ(concat.levels(), 18);
  expect_lossless(o);
}

TEST(OnnxOutput, SumsOfSeveralLayers) {
  const auto build = [](OnnxBuilder& o, const char* last) {
    const auto first = first_of_all_levels(o);
    const auto second = second_of_signs(o, first);
    const auto bias = o.floats({2}, {0.5F, -1});
    const auto x = o.node("Conv", {first, o.floats({2, 2, 4, 4}, reals(64))});
    const auto y = o.node("Conv", {second, o.floats({2, 2, 4, 4}, reals(64)), bias});
    const auto z = o.node("Conv", {first, o.floats({2, 2, 4, 4}, reals(64))});
    o.node("Flatten", {o.node(last, {o.node("Add", {x, y}), z}, {}, "sum")});
  };
  OnnxBuilder sum({-1, 1, 4, 4});
  build(sum, "Sum");
  expect_lossless(sum);
  OnnxBuilder difference({-1, 1, 4, 4});
  build(difference, "Sub");
  EXPECT_THAT(refusal(difference),
              HasSubstr("node \"sum\" (Sub): the last layer, which has no "
                        "quantizer, is a sum of several by different factors"));
}

}  // namespace
}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
// Tests the conversion of branches, sums, concatenations and paths of different depth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Converts a network of the first layer, `middle` over 2x4x4, `outputs` flattened values, and the
/// last layer.
SpikingNetwork convert_graph(std::int64_t outputs, const Part& middle) {
  OnnxBuilder o({1, 1, 4, 4});
  last_layer(o, middle(o, first_layer(o)), outputs);
  return convert(o);
}

std::string pointwise(OnnxBuilder& o, const std::string& x, float scale, const std::string& name) {
  return o.node("Conv", {x, o.floats({2, 2, 1, 1}, {scale, -scale, 0, scale})}, {}, name);
}

TEST(GraphConversion, AShortcutIsATermWithItsScaleRepeated) {
  // The shortcut has factor 1 and the convolution 1/4: each shortcut weight needs four synapses.
  const SpikingNetwork n = convert_graph(32, [](OnnxBuilder& o, const std::string& x) {
    return four_spike(o, o.node("Add", {pointwise(o, x, 0.25F, "conv"), x}, {}, "sum"));
  });
  ASSERT_EQ(n.layers.size(), 1U);
  const SpikingLayer& layer = n.layers[0];
  EXPECT_EQ(layer.name, "sum");
  ASSERT_EQ(layer.terms.size(), 2U);
  EXPECT_EQ(layer.terms[0].repeat, 1);
  EXPECT_EQ(layer.terms[0].weights, (std::vector<std::int8_t>{1, -1, 0, 1}));
  EXPECT_EQ(layer.terms[1].repeat, 4);
  EXPECT_EQ(layer.terms[1].groups, 2);
  EXPECT_EQ(layer.terms[1].weights, (std::vector<std::int8_t>{1, 1}));
  // The levels are 1/2 apart and count 1/8 each: level i + 1 fires from (i + 1/2) / 2 on.
  EXPECT_EQ(layer.thresholds, (std::vector<std::int32_t>{2, 6, 10, 14, 2, 6, 10, 14}));
}

TEST(GraphConversion, ShorterPathsAreRelayedAndShareTheRelays) {
  const SpikingNetwork n = convert_graph(32, [](OnnxBuilder& o, const std::string& x) {
    const auto a = four_spike(o, pointwise(o, x, 1, "a"));
    const auto b = four_spike(o, o.node("Add", {pointwise(o, a, 1, "b1"), x}, {}, "b"));
    return four_spike(o, o.node("Add", {pointwise(o, b, 1, "c1"), x}, {}, "c"));
  });
  std::vector<std::string> names;
  for (const SpikingLayer& layer : n.layers) names.push_back(layer.name);
  EXPECT_THAT(names, ElementsAre("a", "first.relay1", "b", "first.relay2", "c"));
  EXPECT_THAT(n.depths(), ElementsAre(1, 1, 2, 2, 3));
  EXPECT_EQ(n.layers[2].terms[1].source, 1);
  EXPECT_EQ(n.layers[3].terms[0].source, 1);
  EXPECT_EQ(n.layers[3].thresholds, (std::vector<std::int32_t>{1, 2, 3, 4, 1, 2, 3, 4}));
  EXPECT_EQ(n.layers[4].terms[1].source, 3);
}

TEST(GraphConversion, AConcatenationIsATermForEachPart) {
  const SpikingNetwork n = convert_graph(32, [](OnnxBuilder& o, const std::string& x) {
    const auto a = four_spike(o, pointwise(o, x, 1, "a"));
    const auto b = four_spike(o, pointwise(o, x, 1, "b"));
    const auto whole = o.node("Concat", {a, b}, {{"axis", std::int64_t{-3}}});
    // Two groups of two inputs: those of a and those of b.
    const auto w = o.floats({2, 2, 1, 1}, {1, -1, 0, 1});
    return four_spike(o, o.node("Conv", {whole, w}, {{"group", std::int64_t{2}}}, "c"));
  });
  ASSERT_EQ(n.layers.size(), 3U);
  const std::vector<Term>& terms = n.layers[2].terms;
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].source, 0);
  EXPECT_EQ(terms[0].outputs, 1);
  EXPECT_EQ(terms[0].weights, (std::vector<std::int8_t>{1, -1}));
  EXPECT_EQ(terms[1].source, 1);
  EXPECT_EQ(terms[1].first_output, 1);
  EXPECT_EQ(terms[1].weights, (std::vector<std::int8_t>{0, 1}));
}

TEST(GraphConversion, PartsThatCutAGroupHaveWeightsOfZero) {
  const SpikingNetwork n = convert_graph(16, [](OnnxBuilder& o, const std::string& x) {
    const auto one = o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, 1})}, {}, "one");
    const auto three = o.node("Conv", {x, o.floats({3, 2, 1, 1}, {1, 1, 1, 1, 1, 1})}, {}, "three");
    const auto whole =
        o.node("Concat", {four_spike(o, one), four_spike(o, three)}, {{"axis", std::int64_t{1}}});
    const auto w = o.floats({2, 2, 1, 1}, {1, -1, 1, 1});
    const auto c = o.node("Conv", {whole, w}, {{"group", std::int64_t{2}}}, "c");
    return o.node("MaxPool", {four_spike(o, c)},
                  {{"kernel_shape", Dims{1, 2}}, {"strides", Dims{1, 2}}});
  });
  const std::vector<Term>& terms = n.layers.at(2).terms;
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].outputs, 1);
  EXPECT_EQ(terms[0].weights, (std::vector<std::int8_t>{1}));
  EXPECT_EQ(terms[1].groups, 1);
  EXPECT_EQ(terms[1].first_output, 0);
  EXPECT_EQ(terms[1].outputs, 2);
  EXPECT_EQ(terms[1].weights, (std::vector<std::int8_t>{-1, 0, 0, 0, 1, 1}));
}

TEST(GraphConversion, AStepAfterAConcatenationMakesALayerOfIdentities) {
  const SpikingNetwork n = convert_graph(64, [](OnnxBuilder& o, const std::string& x) {
    const auto whole = o.node("Concat", {x, x}, {{"axis", std::int64_t{1}}});
    const auto v = o.floats({4}, {1, 1, 1, -1});
    const auto zero = o.floats({4}, {0, 0, 0, 0});
    const auto one = o.floats({4}, {1, 1, 1, 1});
    return four_spike(
        o, o.node("BatchNormalization", {whole, v, zero, zero, one}, {{"epsilon", 0.0F}}, "norm"));
  });
  ASSERT_EQ(n.layers.size(), 1U);
  EXPECT_EQ(n.layers[0].name, "norm");
  EXPECT_TRUE(n.layers[0].output == (Shape{4, 4, 4}));
  EXPECT_EQ(n.layers[0].terms[0].weights, (std::vector<std::int8_t>{1, 1}));
  EXPECT_EQ(n.layers[0].terms[1].weights, (std::vector<std::int8_t>{1, -1}));
}

TEST(GraphConversion, TheLastLayerTakesAConcatenationFromOneLayer) {
  const SpikingNetwork n = convert_graph(64, [](OnnxBuilder& o, const std::string& x) {
    const auto fine = four_spike(o, pointwise(o, x, 1, "fine"));
    const auto coarse = floor_half_up(o, clip(o, pointwise(o, fine, 1, "coarse"), 0, 1));
    return o.node("Concat", {fine, coarse}, {{"axis", std::int64_t{1}}});
  });
  ASSERT_EQ(n.layers.size(), 4U);
  const SpikingLayer& concat = n.layers.back();
  EXPECT_EQ(concat.name, "last.concat");
  EXPECT_EQ(concat.quantizer.precision(), 1);
  EXPECT_EQ(concat.quantizer.levels, 4);
  EXPECT_EQ(n.layers[static_cast<std::size_t>(concat.terms[0].source)].name, "fine.relay1");
  EXPECT_EQ(concat.terms[0].repeat, 1);
  EXPECT_EQ(concat.terms[1].first_output, 2);
  EXPECT_EQ(concat.terms[1].repeat, 2);  // a step of 1 in units of 1/2
}

std::string refusal(std::int64_t outputs, const Part& middle) {
  try {
    convert_graph(outputs, middle);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(GraphConversion, OtherGraphsAreRefusedWithTheReason) {
  struct Case {
    const char* message;
    Part part;
  };
  const std::vector<Case> cases = {
      {"node \"sum\" (Add): node \"norm\" (BatchNormalization) is on one side of it alone",
       [](auto& o, auto& x) {
         const auto v = o.floats({2}, {1, 1});
         const auto norm =
             o.node("BatchNormalization", {pointwise(o, x, 1, "c"), v, v, v, v}, {}, "norm");
         return four_spike(o, o.node("Add", {norm, x}, {}, "sum"));
       }},
      {"node \"sum\" (Add): in output channel 0 a level counts 0.000488281 from node \"c\" (Conv), "
       "0.5 "
       "from node \"sum\" (Add); accepted: terms whose scales",
       [](auto& o, auto& x) {
         return four_spike(o, o.node("Add", {pointwise(o, x, 0x1p-10F, "c"), x}, {}, "sum"));
       }},
      {"are each 1..16 times one number",
       [](auto& o, auto& x) {
         return four_spike(o, o.node("Add", {pointwise(o, x, 0.3F, "c"), x}, {}, "sum"));
       }},
      {"node \"sum\" (Add): its inputs are of the shapes 2x4x4 and 2x2x2; accepted: equal shapes",
       [](auto& o, auto& x) {
         const auto half = o.node("MaxPool", {x}, {{"kernel_shape", Dims{3, 3}}});
         return four_spike(o, o.node("Add", {x, half}, {}, "sum"));
       }},
      {"node \"sum\" (Add): the image is not quantized",
       [](auto& o, auto& x) {
         const auto mean = o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, 1})}, {}, "c");
         const auto sum = o.node("Add", {mean, "image"}, {}, "sum");
         return four_spike(o, sum);
       }},
      {"it takes the image beside node \"first\" (Conv)",
       [](auto& o, auto& x) {
         const auto again = o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {1, 1})}, {}, "again");
         return four_spike(o, o.node("Add", {x, again}, {}, "sum"));
       }},
      {"node \"first\" (Conv): several quantizers follow it, and it takes the image, so that the "
       "host computes it; accepted: one quantizer, whose levels the others read",
       [](auto& o, auto& x) {
         return four_spike(o, o.node("Add", {x, o.node("Sign", {"first"})}, {}, "sum"));
       }},
      {"(Mul): both operands follow from the image; accepted: one constant operand",
       [](auto& o, auto& x) {
         const auto operand = pointwise(o, x, 1, "c");
         return four_spike(o, o.node("Mul", {x, operand}));
       }},
      {"node \"whole\" (Concat): its input comes from node \"c\" (Conv) without a quantizer",
       [](auto& o, auto& x) {
         return o.node("Concat", {x, pointwise(o, x, 1, "c")}, {{"axis", std::int64_t{1}}},
                       "whole");
       }},
      {"node \"whole\" (Concat): its inputs are of different height or width",
       [](auto& o, auto& x) {
         const auto half = o.node("MaxPool", {x}, {{"kernel_shape", Dims{3, 3}}});
         return o.node("Concat", {x, half}, {{"axis", std::int64_t{1}}}, "whole");
       }},
      {"node \"whole\" (Concat): axis 4; accepted: the channels",
       [](auto& o, auto& x) {
         return o.node("Concat", {x, x}, {{"axis", std::int64_t{4}}}, "whole");
       }},
      {"(Conv): its input of 2x8x4 is a reshaped or transposed activation; accepted: channels x "
       "height x width, as a layer gives them",
       [](auto& o, auto& x) {
         const auto whole = o.node("Concat", {x, x}, {{"axis", std::int64_t{2}}}, "whole");
         return four_spike(o, pointwise(o, whole, 1, "c"));
       }},
  };
  for (const Case& c : cases) EXPECT_THAT(refusal(32, c.part), HasSubstr(c.message));
  EXPECT_THAT(refusal(34,
                      [](auto& o, auto& x) {
                        const auto a = four_spike(o, pointwise(o, x, 1, "a"));
                        const auto one = o.node("MaxPool", {x}, {{"kernel_shape", Dims{4, 4}}});
                        return o.node("Concat", {o.node("Flatten", {a}), o.node("Flatten", {one})},
                                      {{"axis", std::int64_t{1}}});
                      }),
              HasSubstr("node \"last\" (MatMul): the activations that it takes are of different "
                        "height or width"));
}

}  // namespace
}  // namespace spikeloom::converter

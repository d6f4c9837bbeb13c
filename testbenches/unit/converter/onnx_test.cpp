// SPDX-License-Identifier: Apache-2.0
// Tests each accepted form of an ONNX model against the expected thresholds or weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/core_tables.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

using Thresholds = std::vector<std::int32_t>;
using Codes = std::vector<std::int8_t>;

constexpr std::int64_t kOne = 1;

TEST(OnnxImport, AWholeNetwork) {
  OnnxBuilder o({-1, 1, 4, 4});
  last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
  const SpikingNetwork n = convert(o);
  EXPECT_THAT(n.name, ::testing::EndsWith("-model"));
  EXPECT_EQ(n.encoder.name, "first");
  EXPECT_TRUE(n.encoder.input == (Shape{1, 4, 4}));
  EXPECT_TRUE(n.encoder.output == (Shape{2, 4, 4}));
  EXPECT_EQ(n.encoder.weights, (std::vector<float>{0.3F, -0.7F}));
  EXPECT_EQ(n.encoder.bias, (std::vector<float>{0, 0}));
  EXPECT_FALSE(n.encoder.normalized);
  EXPECT_EQ(n.encoder.quantizer.precision(), 1);
  EXPECT_EQ(n.encoder.quantizer.levels, 4);
  ASSERT_EQ(n.layers.size(), 1U);
  EXPECT_EQ(n.layers[0].name, "second");
  EXPECT_EQ(n.layers[0].terms[0].input_levels, 4);
  EXPECT_TRUE(n.layers[0].output == (Shape{2, 1, 1}));
  Codes codes(64, 1);
  std::fill(codes.begin() + 32, codes.end(), std::int8_t{-1});
  EXPECT_EQ(n.layers[0].terms[0].weights, codes);
  // y = m / 4 (scale 1/2, k_in 1); level i fires from y = (i + 1/2) / 2 on: m >= 2 i + 1.
  EXPECT_EQ(n.layers[0].thresholds, (Thresholds{1, 3, 5, 7, 1, 3, 5, 7}));
  EXPECT_EQ(n.readout.name, "last");
  EXPECT_EQ(n.readout.inputs, 2);
  EXPECT_EQ(n.readout.classes, 3);
}

// All of these equal clip(round(2 y) / 2, 0, 2); y = m / 4, so m = 2 i + 1 is a tie for level i.
TEST(OnnxImport, FormsOfAQuantizer) {
  const Thresholds up = {1, 3, 5, 7, 1, 3, 5, 7};
  const Thresholds even = {2, 3, 6, 7, 2, 3, 6, 7};
  struct Case {
    const char* form;
    const Thresholds& expected;
    Part part;
  };
  const auto quantize_linear = [](OnnxBuilder& o, const std::string& x) {
    const auto q = o.node("QuantizeLinear", {x, o.scalar(0.5F)});
    return o.node("DequantizeLinear", {q, o.scalar(0.5F)});
  };
  constexpr std::int64_t kFloat = onnx::TensorProto::FLOAT;
  constexpr std::int64_t kDouble = onnx::TensorProto::DOUBLE;
  const auto cast = [](OnnxBuilder& o, const std::string& x, std::int64_t type) {
    return o.node("Cast", {x}, {{"to", type}});
  };
  const std::vector<Case> cases = {
      {"Clip Mul Add Floor Mul", up, four_spike},
      {"half + x", up,
       [](auto& o, auto& x) {
         const auto scaled = multiply(o, clip(o, x, 0, 2), 2);
         return multiply(o, o.node("Floor", {o.node("Add", {o.scalar(0.5F), scaled})}), 0.5F);
       }},
      {"Div in place of Mul", up,
       [](auto& o, auto& x) {
         const auto scaled = o.node("Div", {clip(o, x, 0, 2), o.scalar(0.5F)});
         return o.node("Div", {floor_half_up(o, scaled), o.scalar(2)});
       }},
      {"Round", even,
       [](auto& o, auto& x) {
         return multiply(o, o.node("Round", {multiply(o, clip(o, x, 0, 2), 2)}), 0.5F);
       }},
      {"Mul before Clip", up,
       [](auto& o, auto& x) {
         return multiply(o, floor_half_up(o, clip(o, multiply(o, x, 2), 0, 4)), 0.5F);
       }},
      {"Clip after Floor", up,
       [](auto& o, auto& x) {
         return multiply(o, clip(o, floor_half_up(o, multiply(o, x, 2)), 0, 4), 0.5F);
       }},
      {"Clip last", even,
       [](auto& o, auto& x) {
         return clip(o, multiply(o, o.node("Round", {multiply(o, x, 2)}), 0.5F), 0, 2);
       }},
      {"Relu, then Clip from above", up,
       [](auto& o, auto& x) {
         const auto maximum = o.node("Clip", {o.node("Relu", {x}), "", o.scalar(2)});
         return multiply(o, floor_half_up(o, multiply(o, maximum, 2)), 0.5F);
       }},
      {"Clip by attributes", up,
       [](auto& o, auto& x) {
         const auto bounded = o.node("Clip", {x}, {{"min", 0.0F}, {"max", 2.0F}});
         return multiply(o, floor_half_up(o, multiply(o, bounded, 2)), 0.5F);
       }},
      {"Constant nodes", up,
       [](auto& o, auto& x) {
         const auto minimum = o.node("Constant", {}, {{"value_float", 0.0F}});
         const auto maximum = o.node("Identity", {o.node("Constant", {}, {{"value_float", 2.0F}})});
         const auto bounded = o.node("Clip", {x, minimum, maximum});
         return multiply(o, floor_half_up(o, multiply(o, bounded, 2)), 0.5F);
       }},
      {"QuantizeLinear", even,
       [&](auto& o, auto& x) { return quantize_linear(o, clip(o, x, 0, 2)); }},
      {"QuantizeLinear to int8 with zero point", even,
       [](auto& o, auto& x) {
         const auto zero = o.bytes({}, {0});
         const auto q =
             o.node("QuantizeLinear", {clip(o, x, 0, 2), o.scalar(0.5F), zero}, {{"axis", kOne}});
         return o.node("DequantizeLinear", {q, o.scalar(0.5F), zero});
       }},
      {"QuantizeLinear, Clip of integers", even,
       [](auto& o, auto& x) {
         const auto q = o.node("QuantizeLinear", {x, o.scalar(0.5F), o.bytes({}, {0})});
         const auto bounded = o.node("Clip", {q, o.bytes({}, {0}), o.bytes({}, {4})});
         return o.node("DequantizeLinear", {bounded, o.scalar(0.5F)});
       }},
      {"Identity and Dropout anywhere", up,
       [](auto& o, auto& x) {
         const auto dropped = o.node("Dropout", {o.node("Identity", {x}), o.scalar(0.5F)});
         return o.node("Identity", {four_spike(o, dropped)});
       }},
      {"Cast to DOUBLE and FLOAT anywhere", up,
       [&](auto& o, auto& x) {
         const auto positive = cast(o, o.node("Relu", {cast(o, x, kDouble)}), kFloat);
         const auto half_up =
             o.node("Add", {multiply(o, clip(o, positive, 0, 2), 2), o.scalar(0.5F)});
         const auto level = cast(o, o.node("Floor", {cast(o, half_up, kDouble)}), kFloat);
         return cast(o, cast(o, multiply(o, level, 0.5F), kDouble), kFloat);
       }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.form);
    const SpikingLayer layer = convert_second(c.part);
    EXPECT_EQ(layer.thresholds, c.expected);
    EXPECT_EQ(layer.quantizer.precision(), 1);
    EXPECT_EQ(layer.quantizer.levels, 4);
    EXPECT_EQ(layer.quantizer.rounding == Rounding::kHalfEven, &c.expected == &even);
  }
}

TEST(OnnxImport, QuantizeLinearAloneBoundsAtItsTypeAndAtWhatItsSumReaches) {
  const auto quantize = [](bool is_signed, float scale) {
    return convert_second([is_signed, scale](OnnxBuilder& o, const std::string& x) {
      std::vector<std::string> inputs = {o.node("Relu", {x}), o.scalar(scale)};
      if (is_signed) inputs.push_back(o.bytes({}, {0}));
      return o.node("DequantizeLinear", {o.node("QuantizeLinear", inputs), o.scalar(scale)});
    });
  };
  EXPECT_EQ(quantize(true, 0.0625F).levels(), 127);
  EXPECT_EQ(quantize(false, 0.0625F).levels(), 255);
  EXPECT_EQ(quantize(true, 1).levels(), 32);
  EXPECT_EQ(quantize(false, 1).levels(), 32);
}

// Without the multiplication by 2^-k the next layer reads A, four levels of k = 0.
TEST(OnnxImport, LevelsMayStayIntegers) {
  const SpikingLayer layer = convert_second([](OnnxBuilder& o, const std::string& x) {
    return floor_half_up(o, multiply(o, clip(o, x, 0, 2), 2));
  });
  EXPECT_EQ(layer.quantizer.precision(), 0);
  EXPECT_EQ(layer.levels(), 4);
  EXPECT_EQ(layer.thresholds, (Thresholds{1, 3, 5, 7, 1, 3, 5, 7}));
}

std::string normalize(OnnxBuilder& o, const std::string& x, const std::vector<float>& gamma,
                      const std::vector<float>& beta, const std::vector<float>& mean) {
  return o.node("BatchNormalization",
                {x, o.floats({2}, gamma), o.floats({2}, beta), o.floats({2}, mean),
                 o.floats({2}, {3.75F, 0.75F})},
                {{"epsilon", 0.25F}, {"momentum", 0.9F}}, "norm");
}

TEST(OnnxImport, NormalizationMovesThresholds) {
  // Channel 0: y = (m / 4 - 1) / 2 + 1/4 >= (i + 1/2) / 2 iff m >= 4 i + 4.
  // Channel 1: y = -(m / 4 - 1/2) >= (i + 1/2) / 2 iff -m >= 2 i - 1.
  const SpikingLayer layer = convert_second([](OnnxBuilder& o, const std::string& x) {
    return four_spike(o, normalize(o, x, {1, -1}, {0.25F, 0}, {1, 0.5F}));
  });
  EXPECT_EQ(layer.thresholds, (Thresholds{4, 8, 12, 16, -1, 1, 3, 5}));
  EXPECT_EQ(layer.terms[0].weights,
            Codes(64, 1));  // the weights of channel 1, -1, have been negated
}

TEST(OnnxImport, ConstantNeurons) {
  // gamma is 0: y = beta.
  const SpikingLayer layer = convert_second([](OnnxBuilder& o, const std::string& x) {
    return four_spike(o, normalize(o, x, {0, 0}, {1.25F, -1}, {1, 0.5F}));
  });
  const std::int32_t always = arch::kAlwaysFires;
  const std::int32_t never = arch::kNeverFires;
  EXPECT_EQ(layer.thresholds,
            (Thresholds{always, always, always, never, never, never, never, never}));
  // All weights are 0: y = bias.
  const SpikingLayer zero = convert_middle(1, [](OnnxBuilder& o, const std::string& x) {
    const auto weights = o.floats({1, 2, 4, 4}, std::vector<float>(32, 0));
    return four_spike(o, o.node("Conv", {x, weights, o.floats({1}, {0.25F})}));
  });
  EXPECT_EQ(zero.thresholds, (Thresholds{always, never, never, never}));
}

TEST(OnnxImport, FoldedNormalization) {
  // The same as the first case of NormalizationMovesThresholds: y = (m / 4) * 1/2 - 1/4.
  const Thresholds first = {4, 8, 12, 16};
  const auto thresholds_of = [](const Part& part) {
    const SpikingLayer layer = convert_second(
        [&part](OnnxBuilder& o, const std::string& x) { return four_spike(o, part(o, x)); });
    return Thresholds(layer.thresholds.begin(), layer.thresholds.begin() + 4);
  };
  EXPECT_EQ(thresholds_of([](OnnxBuilder& o, const std::string& x) {
              const auto scaled = o.node("Mul", {o.floats({1, 2, 1, 1}, {0.5F, 3}), x});
              return o.node("Add", {scaled, o.floats({2, 1, 1}, {-0.25F, 7})});
            }),
            first);
  EXPECT_EQ(thresholds_of([](OnnxBuilder& o, const std::string& x) {
              const auto scaled = o.node("Div", {x, o.floats({2, 1, 1}, {2, 3})});
              return o.node("Sub", {scaled, o.scalar(0.25F)});
            }),
            first);
  EXPECT_EQ(thresholds_of([](OnnxBuilder& o, const std::string& x) {
              const auto shifted = o.node("Add", {x, o.floats({1}, {-0.5F})});
              return multiply(o, shifted, 0.5F);
            }),
            first);
}

TEST(OnnxImport, ScalesInTheWeightsAreAChannelsOwn) {
  const Codes codes = {1, -1, 0, 1};
  const Part float_weights = [](OnnxBuilder& o, const std::string& x) {
    return o.node("Conv", {x, o.floats({2, 2, 1, 1}, {0.5F, -0.5F, 0, 0.25F})});
  };
  const Part dequantized = [&codes](OnnxBuilder& o, const std::string& x) {
    const auto weights =
        o.node("DequantizeLinear",
               {o.bytes({2, 2, 1, 1}, codes), o.floats({2}, {0.5F, 0.25F}), o.bytes({2}, {0, 0})},
               {{"axis", std::int64_t{0}}});
    return o.node("Conv", {x, weights});
  };
  const Part cast = [&codes](OnnxBuilder& o, const std::string& x) {
    const auto weights = o.node("Cast", {o.bytes({2, 2, 1, 1}, codes)}, {{"to", kOne}});
    const auto scaled = o.node("Mul", {weights, o.floats({2, 1, 1, 1}, {0.5F, 0.25F})});
    return o.node("Conv", {x, scaled});
  };
  const Part cast_scaled_later = [&codes](OnnxBuilder& o, const std::string& x) {
    const auto weights = o.node("Cast", {o.bytes({2, 2, 1, 1}, codes)}, {{"to", kOne}});
    return o.node("Mul", {o.node("Conv", {x, weights}), o.floats({2, 1, 1}, {0.5F, 0.25F})});
  };
  for (const Part& part : {float_weights, dequantized, cast, cast_scaled_later}) {
    const SpikingLayer layer = convert_middle(
        32, [&part](OnnxBuilder& o, const std::string& x) { return four_spike(o, part(o, x)); });
    EXPECT_EQ(layer.terms[0].weights, codes);
    // m >= 2 i + 1 for scale 1/2, and m >= 4 i + 2 for scale 1/4, of which two can be reached as
    // |m| <= 2 * 4.
    const std::int32_t never = arch::kNeverFires;
    EXPECT_EQ(layer.thresholds, (Thresholds{1, 3, 5, 7, 2, 6, never, never}));
  }
}

TEST(OnnxImport, OneScaleForATensor) {
  const SpikingLayer layer = convert_middle(32, [](OnnxBuilder& o, const std::string& x) {
    const auto weights =
        o.node("DequantizeLinear", {o.bytes({2, 2, 1, 1}, {1, 1, -1, 0}), o.scalar(0.5F)});
    return four_spike(o, o.node("Conv", {x, weights}));
  });
  EXPECT_EQ(layer.terms[0].weights, (Codes{1, 1, -1, 0}));
  EXPECT_EQ(layer.thresholds, (Thresholds{1, 3, 5, 7, 1, 3, 5, 7}));
}

TEST(OnnxImport, DenseLayersAreConvolutionsOverTheirInput) {
  std::vector<float> rows(64, 0.5F);
  rows[5] = 0;
  std::vector<float> columns(64, 0.5F);
  columns[10] = 0;
  const Part gemm = [&](OnnxBuilder& o, const std::string& x) {
    const auto flat = o.node("Reshape", {x, o.integers({2}, {0, -1})});
    return o.node("Gemm", {flat, o.floats({2, 32}, rows), o.floats({2}, {0.25F, 0})},
                  {{"transB", kOne}, {"alpha", 1.0F}});
  };
  const Part matmul = [&](OnnxBuilder& o, const std::string& x) {
    const auto flat = o.node("Reshape", {x, o.integers({2}, {-1, 32})});
    return o.node("Add", {o.node("MatMul", {flat, o.floats({32, 2}, columns)}),
                          o.floats({1, 2}, {0.25F, 0})});
  };
  const Part transposed = [&](OnnxBuilder& o, const std::string& x) {
    const auto weights = o.node("Transpose", {o.floats({2, 32}, rows)}, {{"perm", Dims{1, 0}}});
    return o.node("Gemm", {o.node("Flatten", {x}, {{"axis", std::int64_t{-3}}}), weights,
                           o.floats({2}, {0.25F, 0})});
  };
  for (const Part& part : {gemm, matmul, transposed}) {
    const SpikingLayer layer = convert_middle(
        2, [&part](OnnxBuilder& o, const std::string& x) { return four_spike(o, part(o, x)); });
    EXPECT_TRUE(layer.terms[0].input == (Shape{2, 4, 4}));
    EXPECT_TRUE(layer.output == (Shape{2, 1, 1}));
    EXPECT_EQ(layer.fan_in(0), 32);
    Codes codes(64, 1);
    codes[5] = 0;
    EXPECT_EQ(layer.terms[0].weights, codes);
    EXPECT_EQ(layer.thresholds, (Thresholds{0, 2, 4, 6, 1, 3, 5, 7}));
  }
}

TEST(OnnxImport, Windows) {
  struct Case {
    std::vector<Attribute> attributes;
    Shape output;
    std::vector<int> pads;  ///< top, left, bottom, right
  };
  const auto text = [](const char* value) { return std::string(value); };
  const std::vector<Case> cases = {
      {{}, {2, 2, 3}, {0, 0, 0, 0}},
      {{{"kernel_shape", Dims{3, 2}}, {"auto_pad", text("NOTSET")}, {"pads", Dims{1, 0, 2, 1}}},
       {2, 5, 4},
       {1, 0, 2, 1}},
      {{{"auto_pad", text("VALID")}, {"strides", Dims{1, 2}}}, {2, 2, 2}, {0, 0, 0, 0}},
      {{{"auto_pad", text("SAME_UPPER")}}, {2, 4, 4}, {1, 0, 1, 1}},
      {{{"auto_pad", text("SAME_LOWER")}}, {2, 4, 4}, {1, 1, 1, 0}},
      {{{"auto_pad", text("SAME_UPPER")}, {"strides", Dims{2, 3}}}, {2, 2, 2}, {0, 0, 1, 1}},
      {{{"auto_pad", text("SAME_LOWER")}, {"dilations", Dims{1, 3}}}, {2, 4, 4}, {1, 2, 1, 1}},
      {{{"dilations", Dims{1, 3}}}, {2, 2, 1}, {0, 0, 0, 0}},
  };
  for (const Case& c : cases) {
    const std::int64_t outputs = c.output.size();
    const SpikingLayer layer = convert_middle(outputs, [&c](OnnxBuilder& o, const std::string& x) {
      const auto weights = o.floats({2, 2, 3, 2}, std::vector<float>(24, 1));
      return four_spike(o, o.node("Conv", {x, weights}, c.attributes));
    });
    EXPECT_TRUE(layer.output == c.output);
    const Window& w = layer.terms[0].window;
    EXPECT_EQ((std::vector<int>{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}), c.pads);
    EXPECT_EQ(w.kernel_height, 3);
    EXPECT_EQ(w.kernel_width, 2);
  }
}

TEST(OnnxImport, Groups) {
  const SpikingLayer layer = convert_middle(64, [](OnnxBuilder& o, const std::string& x) {
    const auto weights = o.floats({4, 1, 1, 1}, {1, -1, 1, -1});
    return four_spike(o, o.node("Conv", {x, weights}, {{"group", std::int64_t{2}}}));
  });
  EXPECT_EQ(layer.terms[0].groups, 2);
  EXPECT_EQ(layer.fan_in(0), 1);
  EXPECT_EQ(layer.terms[0].weights, (Codes{1, -1, 1, -1}));
}

TEST(OnnxImport, MaxPool) {
  const SpikingLayer layer = convert_middle(8, [](OnnxBuilder& o, const std::string& x) {
    return o.node("MaxPool", {x},
                  {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}, {"ceil_mode", kOne}});
  });
  EXPECT_EQ(layer.kind, LayerKind::kMaxPool);
  EXPECT_TRUE(layer.output == (Shape{2, 2, 2}));
  EXPECT_EQ(layer.quantizer.precision(), 1);
  EXPECT_EQ(layer.levels(), 4);
  EXPECT_TRUE(layer.terms[0].weights.empty());
  EXPECT_TRUE(layer.thresholds.empty());
  const SpikingLayer padded = convert_middle(18, [](OnnxBuilder& o, const std::string& x) {
    return o.node(
        "MaxPool", {x},
        {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}, {"pads", Dims{1, 1, 1, 1}}});
  });
  EXPECT_TRUE(padded.output == (Shape{2, 3, 3}));
  EXPECT_EQ(padded.terms[0].window.pad_bottom, 1);
}

TEST(OnnxImport, AveragePoolWithAQuantizer) {
  // y = m / (2 * 6); level i fires from (i + 1/2) / 2 on: m >= 6 i + 3.
  const SpikingLayer layer = convert_middle(12, [](OnnxBuilder& o, const std::string& x) {
    return four_spike(o, o.node("AveragePool", {x}, {{"kernel_shape", Dims{2, 3}}}));
  });
  EXPECT_EQ(layer.kind, LayerKind::kSum);
  EXPECT_EQ(layer.terms[0].groups, 2);
  EXPECT_EQ(layer.terms[0].weights, Codes(12, 1));
  EXPECT_EQ(layer.thresholds, (Thresholds{3, 9, 15, 21, 3, 9, 15, 21}));
}

TEST(OnnxImport, EncoderWithNormalization) {
  const auto encode = [](const Part& part) {
    OnnxBuilder o({-1, 1, 4, 4});
    const auto sum = o.node(
        "Conv", {"image", o.floats({2, 1, 1, 1}, {0.3F, -0.7F}), o.floats({2}, {0.5F, 1.5F})});
    last_layer(o, four_spike(o, second_layer(o, four_spike(o, part(o, sum)))), 2);
    return convert(o).encoder;
  };
  const HostEncoder normal = encode([](OnnxBuilder& o, const std::string& x) {
    return normalize(o, x, {1, -3}, {0.25F, 0}, {1, 0.5F});
  });
  EXPECT_TRUE(normal.normalized);
  EXPECT_EQ(normal.bias, (std::vector<float>{0.5F, 1.5F}));
  EXPECT_EQ(normal.gamma, (std::vector<float>{1, -3}));
  EXPECT_EQ(normal.beta, (std::vector<float>{0.25F, 0}));
  EXPECT_EQ(normal.mean, (std::vector<float>{1, 0.5F}));
  EXPECT_EQ(normal.variance, (std::vector<float>{3.75F, 0.75F}));
  EXPECT_EQ(normal.epsilon, 0.25F);
  const HostEncoder folded = encode([](OnnxBuilder& o, const std::string& x) {
    const auto scaled = o.node("Mul", {x, o.floats({2, 1, 1}, {0.3F, 5})});
    return o.node("Add", {scaled, o.floats({2, 1, 1}, {0.7F, 8})});
  });
  EXPECT_EQ(folded.gamma, (std::vector<float>{0.3F, 5}));
  EXPECT_EQ(folded.beta, (std::vector<float>{0.7F, 8}));
  EXPECT_EQ(folded.mean, (std::vector<float>{0, 0}));
  EXPECT_EQ(folded.variance, (std::vector<float>{1, 1}));
  EXPECT_EQ(folded.epsilon, 0.0F);
}

TEST(OnnxImport, DenseEncoderOfAVector) {
  OnnxBuilder o({-1, 3});
  const auto weights = o.floats({3, 2}, {1, 4, 2, 5, 3, 6});
  const auto sum = o.node("Add", {o.node("MatMul", {"image", weights}), o.floats({2}, {7, 8})});
  const auto first = four_spike(o, sum);
  const auto second = o.node("Gemm", {first, o.floats({2, 2}, {1, -1, 1, 0})});
  const auto flat = four_spike(o, second);
  o.node("Gemm", {flat, o.floats({2, 3}, {1, 2, 3, 4, 5, 6}), o.floats({1, 3}, {1, 2, 3})});
  const SpikingNetwork n = convert(o);
  EXPECT_TRUE(n.encoder.input == (Shape{3, 1, 1}));
  EXPECT_EQ(n.encoder.weights, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(n.encoder.bias, (std::vector<float>{7, 8}));
  EXPECT_EQ(n.layers.at(0).terms[0].weights, (Codes{1, 1, -1, 0}));
  EXPECT_EQ(n.readout.weights, (std::vector<float>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(n.readout.bias, (std::vector<double>{1, 2, 3}));
}

TEST(OnnxImport, TernaryFirstAndLastLayersAreTheHosts) {
  OnnxBuilder o({-1, 2});
  const auto ternary = [&o](const Codes& codes) {
    return o.node("DequantizeLinear", {o.bytes({2, 2}, codes), o.scalar(0.5F)});
  };
  const auto first = four_spike(o, o.node("Gemm", {"image", ternary({1, 0, 0, -1})}));
  const auto second = four_spike(o, o.node("Gemm", {first, ternary({1, 1, 1, -1})}));
  const auto sum = o.node("MatMul", {second, ternary({-1, 0, 1, 1})});
  o.node("Add", {multiply(o, sum, 3), o.floats({2}, {4, 5})});
  const SpikingNetwork n = convert(o);
  EXPECT_EQ(n.encoder.weights, (std::vector<float>{0.5F, 0, 0, -0.5F}));
  EXPECT_EQ(n.layers.size(), 1U);
  EXPECT_EQ(n.readout.weights, (std::vector<float>{-1.5F, 1.5F, 0, 1.5F}));
  EXPECT_EQ(n.readout.bias, (std::vector<double>{4, 5}));
}

}  // namespace
}  // namespace spikeloom::converter

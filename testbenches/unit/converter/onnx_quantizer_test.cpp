// SPDX-License-Identifier: Apache-2.0
// Tests quantizers of any step, offset and rounding: each network is compared with the graph's
// evaluation in exact numbers, layer by layer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/converter/onnx_comparison.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

using ::testing::ElementsAre;
using Codes = std::vector<std::int8_t>;

/// Adds a first layer of 2x4x4 outputs that take all values 0, 1/2, ... 2.
std::string first_of_all_levels(OnnxBuilder& o) {
  return four_spike(o, o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {2, -2})}, {}, "first"));
}

/// Adds a convolution of single pixels of 2x4x4 with weights of both signs and a bias; its sums are
/// multiples of 1/8 from -0.75 to 1.75.
std::string mixed(OnnxBuilder& o, const std::string& x) {
  return o.node(
      "Conv",
      {x, o.floats({2, 2, 1, 1}, {0.75F, -0.5F, -0.25F, 0.5F}), o.floats({2}, {0.25F, 0.125F})}, {},
      "second");
}

/// Converts the first layer, the second with `after`, and the last one, and compares them with the
/// graph.
Conversion convert_after_second(const Part& after) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto x = o.node("Flatten", {after(o, mixed(o, first_of_all_levels(o)))});
  o.node("MatMul",
         {x, o.floats({32, 3}, std::vector<float>(test::Random(1).reals(96, -1.0F, 1.0F)))}, {},
         "last");
  return expect_lossless(o, {}, 6);
}

std::string clip_round(OnnxBuilder& o, const std::string& x, float lower, float upper, float scale,
                       const char* rounding) {
  return multiply(o, o.node(rounding, {multiply(o, clip(o, x, lower, upper), scale)}), 1 / scale);
}

struct Form {
  const char* name;
  int levels;
  double step;
  double offset;
  Part part;
};

TEST(OnnxQuantizers, OfAnyForm) {
  const auto half_up = [](float lower, float upper, float scale) {
    return [=](OnnxBuilder& o, const std::string& x) {
      const auto scaled = multiply(o, clip(o, x, lower, upper), scale);
      return multiply(o, floor_half_up(o, scaled), 1 / scale);
    };
  };
  const auto round = [](float lower, float upper, float scale, const char* rounding) {
    return [=](OnnxBuilder& o, const std::string& x) {
      return clip_round(o, x, lower, upper, scale, rounding);
    };
  };
  const auto step_of = [](float scale) { return static_cast<double>(1 / scale); };
  const std::vector<Form> forms = {
      {"signed", 6, 0.5, -1, half_up(-1, 2, 2)},
      {"from 1/2 on", 3, 0.5, 0.5, half_up(0.5F, 2, 2)},
      {"a bound between levels", 3, 0.5, 0, half_up(0, 1.25F, 2)},
      {"a scale of 3", 6, step_of(3), 0, half_up(0, 2, 3)},
      {"a scale of 1/2", 1, 2, 0, half_up(0, 2, 0.5F)},
      {"an odd scale", 3, step_of(1.7F), -step_of(1.7F), round(-0.7F, 1, 1.7F, "Round")},
      {"Floor alone", 3, 1, -2, round(-2, 1, 1, "Floor")},
      {"Ceil alone", 3, 1, -1, round(-1.25F, 1.75F, 1, "Ceil")},
      {"Floor after the addition of 1/4", 2, 1, 0,
       [](auto& o, auto& x) {
         return o.node("Floor", {o.node("Add", {clip(o, x, 0, 1.75F), o.scalar(0.25F)})});
       }},
      {"Ceil after the subtraction of 1/2", 2, 1, 0,
       [](auto& o, auto& x) {
         return o.node("Ceil", {o.node("Sub", {clip(o, x, 0, 2), o.scalar(0.5F)})});
       }},
      {"Sign", 2, 1, -1, [](auto& o, auto& x) { return o.node("Sign", {x}); }},
      {"a factor for each channel", 6, 1, -2,
       [](auto& o, auto& x) {
         const auto scaled = o.node("Mul", {x, o.floats({2, 1, 1}, {2, 4})});
         return o.node("Round", {clip(o, scaled, -2, 4)});
       }},
      {"Relu before BatchNormalization", 4, 0.5, -1,
       [](auto& o, auto& x) {
         const auto norm =
             o.node("BatchNormalization",
                    {o.node("Relu", {x}), o.floats({2}, {1, -1}), o.floats({2}, {0.25F, 0.5F}),
                     o.floats({2}, {0.5F, 0.5F}), o.floats({2}, {0.75F, 0.75F})},
                    {{"epsilon", 0.25F}});
         return clip_round(o, norm, -1, 1, 2, "Round");
       }},
      {"bounds before and after steps", 4, 0.5, 0,
       [](auto& o, auto& x) {
         const auto bounded = o.node("Mul", {clip(o, x, -1, 0.75F), o.floats({2, 1, 1}, {2, -1})});
         return clip_round(o, o.node("Add", {bounded, o.scalar(0.25F)}), 0, 2, 2, "Round");
       }},
      {"Sub of the activation", 4, 0.5, 0,
       [](auto& o, auto& x) {
         return four_spike(o, o.node("Sub", {o.scalar(1), x}));
       }},
      {"an operand of integers", 4, 0.5, 0,
       [](auto& o, auto& x) {
         return four_spike(o, o.node("Add", {x, o.integers({}, {1})}));
       }},
      {"Sum with a constant", 4, 0.5, 0,
       [](auto& o, auto& x) {
         return four_spike(o, o.node("Sum", {x, o.scalar(0.5F)}));
       }},
      {"Sum of one", 4, 0.5, 0, [](auto& o, auto& x) { return four_spike(o, o.node("Sum", {x})); }},
      {"other values of the levels", 4, -1, 3,
       [](auto& o, auto& x) {
         const auto doubled = o.node("Add", {multiply(o, four_spike(o, x), 2), o.scalar(-3)});
         return o.node("Neg", {doubled});
       }},
  };
  for (const Form& form : forms) {
    SCOPED_TRACE(form.name);
    const SpikingNetwork network = convert_after_second(form.part).network;
    ASSERT_EQ(network.layers.size(), 1U);
    const SpikingLayer& layer = network.layers[0];
    EXPECT_EQ(layer.name, "second");
    EXPECT_EQ(layer.levels(), form.levels);
    EXPECT_NEAR(layer.quantizer.step, form.step, 1e-6);
    EXPECT_NEAR(layer.quantizer.offset, form.offset, 1e-6);
  }
}

// QuantizeLinear and DequantizeLinear of int8 and uint8, with any scale and zero point.
TEST(OnnxQuantizers, QuantizeLinearOfAnyScale) {
  struct Case {
    float scale;
    int zero;
    bool is_signed;
    int levels;  ///< of the sums -0.75..1.75
    int lowest;  ///< of the integers without zero point
  };
  // A range of more than 15 integers is cut to what the sums reach.
  const std::vector<Case> cases = {
      {0.3F, 3, true, 8, -2},        {0.3F, 0, false, 6, 0},       {0.5F, 0, true, 6, -2},
      {0.5F, 128, false, 6, -2},     {0.125F, -7, true, 20, -6},   {0.0173F, -128, true, 101, 0},
      {0.0173F, 127, true, 43, -43}, {0.01F, 64, false, 239, -64}, {1, 5, false, 3, -1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(::testing::Message() << "scale " << c.scale << " zero point " << c.zero);
    const SpikingNetwork network =
        convert_after_second([&c](OnnxBuilder& o, const std::string& x) {
          const auto scale = o.scalar(c.scale);
          const auto zero = c.is_signed ? o.bytes({}, {static_cast<std::int8_t>(c.zero)})
                                        : o.unsigned_bytes({}, {static_cast<std::uint8_t>(c.zero)});
          return o.node("DequantizeLinear",
                        {o.node("QuantizeLinear", {x, scale, zero}), scale, zero});
        }).network;
    ASSERT_EQ(network.layers.size(), 1U);
    const Quantizer& quantizer = network.layers[0].quantizer;
    EXPECT_EQ(quantizer.step, static_cast<double>(c.scale));
    EXPECT_EQ(quantizer.rounding, Rounding::kHalfEven);
    EXPECT_EQ(quantizer.offset / quantizer.step, c.lowest);
    EXPECT_EQ(quantizer.levels, c.levels);
  }
}

TEST(OnnxQuantizers, WithoutDequantizeLinearTheValuesAreTheIntegers) {
  const SpikingNetwork network = convert_after_second([](auto& o, auto& x) {
                                   const auto zero = o.unsigned_bytes({}, {10});
                                   return o.node("QuantizeLinear", {x, o.scalar(0.5F), zero});
                                 }).network;
  EXPECT_EQ(network.layers[0].quantizer.step, 1);
  EXPECT_EQ(network.layers[0].quantizer.offset, 8);
}

TEST(OnnxQuantizers, ScalesPerChannelMakeALayerOfIdentities) {
  const SpikingNetwork network =
      convert_after_second([](OnnxBuilder& o, const std::string& x) {
        const auto q = o.node("QuantizeLinear", {clip(o, x, 0, 1), o.scalar(0.25F)});
        const auto scales = o.floats({2}, {0.25F, 0.5F});
        const auto real = o.node("DequantizeLinear", {q, scales}, {}, "scaled");
        return clip_round(o, real, 0, 1.5F, 2, "Round");
      }).network;
  ASSERT_EQ(network.layers.size(), 2U);
  EXPECT_EQ(network.layers[1].name, "scaled");
  EXPECT_EQ(network.layers[1].terms[0].groups, 2);
}

// A second quantizer that only shifts or bounds the levels adds no layer.
TEST(OnnxQuantizers, RequantizationThatOnlyShifts) {
  struct Case {
    const char* name;
    std::size_t layers;
    int levels;
    Part again;
  };
  const auto quantize = [](float scale, int zero) {
    return [=](OnnxBuilder& o, const std::string& x) {
      const auto s = o.scalar(scale);
      const auto z = o.bytes({}, {static_cast<std::int8_t>(zero)});
      return o.node("DequantizeLinear", {o.node("QuantizeLinear", {x, s, z}), s, z});
    };
  };
  const std::vector<Case> cases = {
      {"the same scale", 1, 6, quantize(0.5F, -3)},
      {"bounds of the type", 1, 4, quantize(0.5F, 125)},
      {"a slightly different scale", 1, 6, quantize(0.51F, 0)},
      {"bounds", 1, 3, [](auto& o, auto& x) { return clip(o, x, -0.5F, 1); }},
      {"Relu", 1, 4, [](auto& o, auto& x) { return o.node("Relu", {x}); }},
      {"Floor after half of a step", 1, 6,
       [](auto& o, auto& x) {
         const auto doubled = o.node("Add", {multiply(o, x, 2), o.scalar(0.25F)});
         return o.node("Floor", {doubled});
       }},
      {"a coarser one", 2, 3, quantize(1, 0)},
      {"Sign", 1, 2, [](auto& o, auto& x) { return o.node("Sign", {x}); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const SpikingNetwork network = convert_after_second([&c](OnnxBuilder& o, const std::string& x) {
                                     return c.again(o, clip_round(o, x, -1, 2, 2, "Round"));
                                   }).network;
    ASSERT_EQ(network.layers.size(), c.layers);
    EXPECT_EQ(network.layers.back().levels(), c.levels);
  }
}

// One rounding after another, of more integers than there may be levels.
TEST(OnnxQuantizers, ChainsOfRoundings) {
  const SpikingNetwork network = convert_after_second([](OnnxBuilder& o, const std::string& x) {
                                   const auto fine = o.node("Floor", {multiply(o, x, 1000)});
                                   const auto coarse =
                                       o.node("Floor", {multiply(o, fine, 0.0031F)});
                                   return clip(o, coarse, -2, 3);
                                 }).network;
  ASSERT_EQ(network.layers.size(), 1U);
  EXPECT_EQ(network.layers[0].levels(), 5);
}

// Cast truncates, and so does a division of integers.
TEST(OnnxQuantizers, IntegerTypesAndTheirDivision) {
  struct Case {
    int factor;
    int divisor;
    bool pools;
    std::size_t layers;
  };
  // Few integers are levels of their own; of many, the quotient is found at once.
  for (const Case& c : {Case{8, 4, false, 2}, Case{8, 4, true, 3}, Case{8000, 3001, false, 1}}) {
    SCOPED_TRACE(c.factor);
    OnnxBuilder o({-1, 1, 4, 4});
    const auto sum = multiply(o, mixed(o, first_of_all_levels(o)), static_cast<float>(c.factor));
    auto x = o.node("Cast", {sum}, {{"to", std::int64_t{onnx::TensorProto::INT32}}});
    if (c.pools) x = o.node("MaxPool", {x}, {{"kernel_shape", Dims{1, 1}}});
    x = o.node("Div", {x, o.words({}, {c.divisor})});
    x = o.node("Cast", {x}, {{"to", std::int64_t{onnx::TensorProto::FLOAT}}});
    last_layer(o, clip(o, x, -2, 2), 32);
    const SpikingNetwork network = import(o).network;
    ASSERT_EQ(network.layers.size(), c.layers);
    const SpikingLayer& last = network.layers.back();
    test::Random random(1);
    std::set<int> seen;
    for (int i = 0; i < 20; ++i) {
      const Activity activity(network, random_image(random, 16));
      for (std::size_t n = 0; n < 16; ++n) {
        const double a = activity.encoded[n] * 0.5;
        const double b = activity.encoded[n + 16] * 0.5;
        const double y[2] = {0.75 * a - 0.5 * b + 0.25, -0.25 * a + 0.5 * b + 0.125};
        for (std::size_t channel = 0; channel < 2; ++channel) {
          const int quotient = static_cast<int>(y[channel] * c.factor) / c.divisor;
          const int expected = std::clamp(quotient, -2, 2);
          const std::uint8_t level = activity.result.levels.back()[n + 16 * channel];
          ASSERT_EQ(last.quantizer.offset + last.quantizer.step * level, expected);
          seen.insert(expected);
        }
      }
    }
    EXPECT_EQ(seen, (std::set<int>{-1, 0, 1, 2}));
  }
}

TEST(OnnxQuantizers, DuplicatedDequantizeLinearIsOneLayer) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto scale = o.scalar(0.3F);
  const auto zero = o.bytes({}, {-5});
  const auto q = o.node("QuantizeLinear", {mixed(o, first_of_all_levels(o)), scale, zero});
  const auto again = [&] { return o.node("DequantizeLinear", {q, scale, zero}); };
  const auto left = o.node("Conv", {again(), o.floats({2, 2, 1, 1}, {1, -1, 0, 1})}, {}, "left");
  const auto sum = o.node("Add", {left, again()}, {}, "sum");
  const auto x = o.node("Flatten", {clip_round(o, sum, -1, 1, 2, "Round")});
  o.node("MatMul", {x, o.floats({32, 3}, test::Random(1).reals(96, -1.0F, 1.0F))});
  const SpikingNetwork network = expect_lossless(o).network;
  ASSERT_EQ(network.layers.size(), 2U);
  EXPECT_EQ(network.layers[1].terms[0].source, 0);
  EXPECT_EQ(network.layers[1].terms.back().source, 0);
}

TEST(OnnxQuantizers, MaxPoolBetweenQuantizeAndDequantize) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto scale = o.scalar(0.3F);
  const auto zero = o.bytes({}, {-5});
  const auto q = o.node("QuantizeLinear", {mixed(o, first_of_all_levels(o)), scale, zero});
  const auto pooled = o.node(
      "MaxPool", {q},
      {{"kernel_shape", Dims{3, 3}}, {"strides", Dims{2, 2}}, {"pads", Dims{1, 1, 0, 0}}}, "pool");
  const auto x = o.node("Flatten", {o.node("DequantizeLinear", {pooled, scale, zero})});
  o.node("MatMul", {x, o.floats({8, 3}, test::Random(1).reals(24, -1.0F, 1.0F))});
  const SpikingNetwork network = import(o).network;
  ASSERT_EQ(network.layers.size(), 2U);
  EXPECT_EQ(network.layers[1].kind, LayerKind::kMaxPool);
  EXPECT_EQ(network.layers[1].name, "pool");
  expect_lossless(o);
}

/// Adds QuantizeLinear of the image to int8 with scale 1/8, and DequantizeLinear.
std::string quantized_image(OnnxBuilder& o) {
  const auto scale = o.scalar(0.125F);
  const auto zero = o.bytes({}, {2});
  return o.node("DequantizeLinear",
                {o.node("QuantizeLinear", {"image", scale, zero}), scale, zero});
}

TEST(OnnxFirstLayer, OnChipOrHost) {
  const auto model = [](float odd) {
    auto o = std::make_unique<OnnxBuilder>(Dims{-1, 1, 4, 4});
    const auto weights = o->floats({2, 1, 1, 1}, {1, odd});
    const auto first = four_spike(*o, o->node("Conv", {quantized_image(*o), weights}, {}, "first"));
    const auto second = o->node("Conv", {first, o->floats({1, 2, 1, 1}, {1, -1})}, {}, "second");
    const auto x = o->node("Flatten", {clip_round(*o, second, -1, 1, 2, "Round")});
    o->node("MatMul", {x, o->floats({16, 2}, test::Random(1).reals(32, -1.0F, 1.0F))});
    return o;
  };
  const auto convert_with = [&model](FirstLayer where, float odd) {
    ImportOptions options;
    options.first_layer = where;
    return expect_lossless(*model(odd), options);
  };
  const auto names = [](const Conversion& conversion) {
    std::vector<std::string> result = {conversion.network.encoder.name};
    for (const SpikingLayer& layer : conversion.network.layers) result.push_back(layer.name);
    return result;
  };
  for (const FirstLayer where : {FirstLayer::kAuto, FirstLayer::kChip}) {
    const Conversion chip = convert_with(where, -0.5F);
    EXPECT_THAT(names(chip), ElementsAre("QuantizeLinear_0", "first", "second"));
    EXPECT_THAT(chip.notes,
                ElementsAre("node \"QuantizeLinear_0\" (QuantizeLinear) quantizes the image to 255 "
                            "levels: the host encodes it, and the first layer is on the chip"));
    EXPECT_FALSE(chip.network.encoder.pixel_quantizer);
  }
  const Conversion host = convert_with(FirstLayer::kHost, -0.5F);
  EXPECT_THAT(names(host), ElementsAre("first", "second"));
  EXPECT_THAT(host.notes,
              ElementsAre("node \"QuantizeLinear_0\" (QuantizeLinear) quantizes the image to 255 "
                          "levels: the host encodes it and computes node \"first\" (Conv)"));
  ASSERT_TRUE(host.network.encoder.pixel_quantizer);
  EXPECT_EQ(host.network.encoder.pixel_quantizer->quantizer.levels, 255);
  EXPECT_EQ(host.network.encoder.pixel_quantizer->quantizer.step, 0.125);
  EXPECT_EQ(host.network.encoder.pixel_quantizer->quantizer.offset, -130 * 0.125);
}

TEST(OnnxFirstLayer, IsOnTheHostIfItsWeightsNeedIt) {
  // No grid of 8 bits: the chip cannot have the first layer.
  const auto model = [](ImportOptions options) {
    OnnxBuilder o({-1, 1, 4, 4});
    const auto weights = o.floats({1, 1, 2, 2}, {1, 0.001F, 0.37F, -0.21F});
    const auto first = four_spike(o, o.node("Conv", {quantized_image(o), weights}, {}, "first"));
    const auto second = o.node("Conv", {first, o.floats({1, 1, 1, 1}, {1})}, {}, "second");
    last_layer(o, four_spike(o, second), 9);
    return import(o, options);
  };
  EXPECT_EQ(model({}).network.encoder.name, "first");
  ImportOptions chip;
  chip.first_layer = FirstLayer::kChip;
  EXPECT_THROW(model(chip), base::UserError);
}

std::string refusal(OnnxBuilder& o, FirstLayer where) {
  ImportOptions options;
  options.first_layer = where;
  try {
    import(o, options);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(OnnxFirstLayer, RefusesWhatIsNotPossible) {
  {
    OnnxBuilder o({-1, 1, 4, 4});
    last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
    EXPECT_EQ(refusal(o, FirstLayer::kHost), "");
    EXPECT_THAT(refusal(o, FirstLayer::kChip),
                ::testing::HasSubstr(
                    "node \"first\" (Conv): it takes the image without a quantizer, so that only "
                    "the host can compute it; accepted: first layer auto or host, or a quantizer "
                    "of the image"));
  }
  OnnxBuilder o({-1, 1, 4, 4});
  const auto image = quantized_image(o);
  const auto left = o.node("Conv", {image, o.floats({1, 1, 1, 1}, {1})}, {}, "left");
  const auto sum = o.node("Add", {left, image}, {}, "sum");
  last_layer(o, four_spike(o, sum), 16);
  EXPECT_EQ(refusal(o, FirstLayer::kChip), "");
  EXPECT_EQ(refusal(o, FirstLayer::kAuto), "");
  EXPECT_THAT(refusal(o, FirstLayer::kHost),
              ::testing::HasSubstr(
                  "node \"QuantizeLinear_0\" (QuantizeLinear): its quantized image goes to more "
                  "than one convolution or dense layer, so that the host cannot compute the first; "
                  "accepted: first layer auto or chip"));
}

TEST(OnnxFirstLayer, RealImagesAreTheHosts) {
  OnnxBuilder o({-1, 1, 4, 4});
  last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
  EXPECT_THAT(import(o).notes,
              ElementsAre("node \"first\" (Conv) takes the real-valued image: the host computes "
                          "it"));
}

// Operations on the image go to the host, in float32.
TEST(OnnxFirstLayer, StepsOfPixels) {
  OnnxBuilder o({-1, 2, 2, 2});
  auto x = o.node("Sub", {"image", o.floats({1, 2, 1, 1}, {0.25F, 0.5F})});
  x = o.node("Div", {x, o.floats({2, 1, 1}, {0.5F, -0.25F})});
  x = o.node("Mul", {x, o.scalar(0.5F)});
  const auto first = four_spike(o, o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, 0.5F})}));
  const auto second = o.node("Conv", {first, o.floats({1, 1, 1, 1}, {1})});
  const auto flat = o.node("Flatten", {clip_round(o, second, 0, 1, 1, "Round")});
  o.node("MatMul", {flat, o.floats({4, 2}, test::Random(1).reals(8, -1.0F, 1.0F))});
  const HostEncoder encoder = expect_lossless(o, {}, 8).network.encoder;
  ASSERT_EQ(encoder.pixel_steps.size(), 3U);
  EXPECT_EQ(encoder.pixel_steps[0].kind, PixelStep::Kind::kAdd);
  EXPECT_EQ(encoder.pixel_steps[0].values, (std::vector<float>{-0.25F, -0.5F}));
  EXPECT_EQ(encoder.pixel_steps[1].kind, PixelStep::Kind::kDivide);
  EXPECT_EQ(encoder.pixel_steps[1].values, (std::vector<float>{0.5F, -0.25F}));
  EXPECT_EQ(encoder.pixel_steps[2].kind, PixelStep::Kind::kMultiply);
  EXPECT_EQ(encoder.pixel_steps[2].values, (std::vector<float>{0.5F, 0.5F}));
}

}  // namespace
}  // namespace spikeloom::converter

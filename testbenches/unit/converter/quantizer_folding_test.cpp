// SPDX-License-Identifier: Apache-2.0
// Quantizers of constants, and the integers that a constant keeps.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/converter/onnx_loading.h"

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;
using ::testing::HasSubstr;
using Codes = std::vector<std::int32_t>;
using Values = std::vector<double>;

constexpr std::int64_t kOne = 1;

double to_double(float value) { return static_cast<double>(value); }

Dims list(std::size_t size) { return {static_cast<std::int64_t>(size)}; }

void expect_grid(const Tensor& tensor, const Codes& codes, const Values& scales, int axis = 0) {
  ASSERT_TRUE(tensor.grid);
  EXPECT_EQ(tensor.grid->codes, codes);
  EXPECT_EQ(tensor.grid->scales, scales);
  EXPECT_EQ(tensor.grid->axis, axis);
}

MakeConstant quant(const std::vector<float>& x, float scale, float zero_point, float bits,
                   const std::vector<Attribute>& attributes,
                   const std::string& domain = "onnx.brevitas", const std::string& op = "Quant") {
  return [=](OnnxBuilder& o) {
    const auto input = o.floats(list(x.size()), x);
    const auto s = o.scalar(scale);
    const auto z = o.scalar(zero_point);
    return o.node_of(domain, op, {input, s, z, o.scalar(bits)}, attributes);
  };
}

std::vector<Attribute> flags(std::int64_t is_signed, std::int64_t narrow,
                             const std::string& mode = "ROUND") {
  return {{"signed", is_signed}, {"narrow", narrow}, {"rounding_mode", mode}};
}

TEST(QuantizerFolding, QuantClampsThenRounds) {
  const std::vector<float> x = {-9, -1.5F, -0.5F, 0.25F, 0.75F, 9};
  Tensor tensor = constant_of(quant(x, 0.5F, 0, 3, flags(1, 0)));
  EXPECT_EQ(tensor.values, (Values{-2, -1.5, -0.5, 0, 1, 1.5}));
  expect_grid(tensor, {-4, -3, -1, 0, 2, 3}, {0.5});
  tensor = constant_of(quant(x, 0.5F, 0, 3, flags(1, 1)));
  expect_grid(tensor, {-3, -3, -1, 0, 2, 3}, {0.5});
  tensor = constant_of(quant(x, 0.5F, 0, 2, flags(0, 0)));
  expect_grid(tensor, {0, 0, 0, 0, 2, 3}, {0.5});
  tensor = constant_of(quant(x, 0.5F, 0, 2, flags(0, 1)));
  expect_grid(tensor, {0, 0, 0, 0, 2, 2}, {0.5});
  EXPECT_EQ(constant_of(quant(x, 0.5F, 0, 2, {})).grid->codes, (Codes{-2, -2, -1, 0, 1, 1}));
}

TEST(QuantizerFolding, QuantWithOneSignedBitIsBipolar) {
  for (const std::int64_t narrow : {0, 1}) {
    const Tensor tensor = constant_of(quant({-0.1F, -0.0F, 0, 3}, 0.3F, 0, 1, flags(1, narrow)));
    EXPECT_EQ(tensor.values,
              (Values{-to_double(0.3F), to_double(0.3F), to_double(0.3F), to_double(0.3F)}));
    expect_grid(tensor, {-1, 1, 1, 1}, {to_double(0.3F)});
  }
}

// 1.1 / 0.1 is 11 in float32, and 11 * 0.1F is not 11 * 0.1 rounded twice.
TEST(QuantizerFolding, QuantComputesInFloat) {
  const Tensor tensor = constant_of(quant({1.1F, 0.35F}, 0.1F, 0, 8, flags(1, 0)));
  expect_grid(tensor, {11, static_cast<std::int32_t>(std::nearbyint(0.35F / 0.1F))},
              {to_double(0.1F)});
  EXPECT_EQ(tensor.values[0], to_double(11 * 0.1F));
}

TEST(QuantizerFolding, RoundingModes) {
  // The rows of the table in QONNX's specification of IntQuant.
  const std::vector<float> x = {5.5F, 2.5F, 1.6F, 1.1F, 1, -1, -1.1F, -1.6F, -2.5F, -5.5F};
  const std::vector<std::pair<std::string, Codes>> modes = {
      {"ROUND", {6, 2, 2, 1, 1, -1, -1, -2, -2, -6}},
      {"HALF_EVEN", {6, 2, 2, 1, 1, -1, -1, -2, -2, -6}},
      {"CEIL", {6, 3, 2, 2, 1, -1, -1, -1, -2, -5}},
      {"FLOOR", {5, 2, 1, 1, 1, -1, -2, -2, -3, -6}},
      {"UP", {6, 3, 2, 2, 1, -1, -2, -2, -3, -6}},
      {"DOWN", {5, 2, 1, 1, 1, -1, -1, -1, -2, -5}},
      {"ROUND_TO_ZERO", {5, 2, 1, 1, 1, -1, -1, -1, -2, -5}},
      {"HALF_UP", {6, 3, 2, 1, 1, -1, -1, -2, -3, -6}},
      {"HALF_DOWN", {5, 2, 2, 1, 1, -1, -1, -2, -2, -5}},
      {"half_down", {5, 2, 2, 1, 1, -1, -1, -2, -2, -5}},
  };
  for (const auto& [mode, codes] : modes) {
    SCOPED_TRACE(mode);
    expect_grid(constant_of(quant(x, 1, 0, 8, flags(1, 0, mode))), codes, {1});
  }
  // In float32 the sum of the largest number below 1/2 and 1/2 is 1.
  const float below_half = std::nextafter(0.5F, 0.0F);
  expect_grid(constant_of(quant({below_half}, 1, 0, 8, flags(1, 0, "HALF_UP"))), {1}, {1});
  EXPECT_THAT(constant_refusal(quant({1}, 1, 0, 8, flags(1, 0, "STOCHASTIC"))),
              HasSubstr("is quantized with rounding_mode STOCHASTIC"));
}

TEST(QuantizerFolding, ZeroPointsAreNotInTheCodes) {
  Tensor tensor = constant_of(quant({-3, 0, 0.6F}, 0.5F, 2, 2, flags(0, 0)));
  EXPECT_EQ(tensor.values, (Values{-1, 0, 0.5}));
  expect_grid(tensor, {-2, 0, 1}, {0.5});
  tensor = constant_of(quant({0, 1}, 1, 0.5F, 4, flags(1, 0)));
  EXPECT_EQ(tensor.values, (Values{-0.5, 1.5}));
  EXPECT_FALSE(tensor.grid);
}

TEST(QuantizerFolding, ScalesPerChannel) {
  const Tensor tensor = constant_of([](OnnxBuilder& o) {
    const auto x = o.floats({2, 3}, {0.3F, -0.3F, 0, 1, -1, 0.4F});
    const auto scale = o.floats({2, 1}, {0.3F, 0.5F});
    const auto zero = o.scalar(0);
    return o.node_of("qonnx.custom_op.general", "IntQuant", {x, scale, zero, o.scalar(2)},
                     flags(1, 1));
  });
  EXPECT_EQ(tensor.values[0], to_double(0.3F));
  expect_grid(tensor, {1, -1, 0, 1, -1, 1}, {to_double(0.3F), 0.5}, 0);
}

TEST(QuantizerFolding, EverySpellingOfTheDomain) {
  for (const char* domain :
       {"onnx.brevitas", "qonnx.custom_op.general", "finn.custom_op.general", "finn"}) {
    expect_grid(constant_of(quant({0.5F}, 0.5F, 0, 2, flags(1, 1), domain)), {1}, {0.5});
  }
  EXPECT_THAT(constant_refusal(quant({1}, 1, 0, 8, flags(1, 0), "")),
              HasSubstr("is computed by node \"Quant_0\" (Quant) from constants"));
}

TEST(QuantizerFolding, BipolarQuant) {
  const auto bipolar = [](float scale) {
    return [scale](OnnxBuilder& o) {
      const auto x = o.floats({4}, {-0.1F, 0, -0.0F, 2});
      return o.node_of("onnx.brevitas", "BipolarQuant", {x, o.scalar(scale)});
    };
  };
  Tensor tensor = constant_of(bipolar(0.25F));
  EXPECT_EQ(tensor.values, (Values{-0.25, 0.25, 0.25, 0.25}));
  expect_grid(tensor, {-1, 1, 1, 1}, {0.25});
  tensor = constant_of(bipolar(-2));
  EXPECT_EQ(tensor.values, (Values{2, -2, -2, -2}));
  expect_grid(tensor, {1, -1, -1, -1}, {2});
}

TEST(QuantizerFolding, Trunc) {
  const auto first = [](const std::vector<float>& x, float zero, const std::string& mode) {
    return [=](OnnxBuilder& o) {
      const auto input = o.floats(list(x.size()), x);
      const auto scale = o.scalar(0.5F);
      const auto zero_point = o.scalar(zero);
      const auto in_bits = o.scalar(8);
      return o.node_of("qonnx.custom_op.general", "Trunc",
                       {input, scale, zero_point, in_bits, o.scalar(6)}, {{"rounding_mode", mode}});
    };
  };
  // 3.4 / 0.5 is 6.8, rounded 7, over 4 is 1.75.
  expect_grid(constant_of(first({3.4F, -3.4F}, 0, "FLOOR")), {1, -2}, {0.5});
  expect_grid(constant_of(first({3.4F, -3.4F}, 0, "ROUND")), {2, -2}, {0.5});
  expect_grid(constant_of(first({3.4F}, 1, "FLOOR")), {1}, {0.5});
  const auto second = [](const std::vector<float>& x, float zero) {
    return [=](OnnxBuilder& o) {
      const auto input = o.floats(list(x.size()), x);
      const auto scale = o.scalar(0.5F);
      const auto zero_point = o.scalar(zero);
      const auto in_bits = o.scalar(8);
      const auto out_scale = o.scalar(2);
      return o.node_of("qonnx.custom_op.general", "Trunc",
                       {input, scale, zero_point, in_bits, out_scale, o.scalar(3)},
                       flags(1, 0, "FLOOR"));
    };
  };
  Tensor tensor = constant_of(second({3.4F, 50, -50}, 0));
  EXPECT_EQ(tensor.values, (Values{2, 6, -8}));
  expect_grid(tensor, {1, 3, -4}, {2});
  tensor = constant_of(second({3.4F}, 4));
  expect_grid(tensor, {1}, {2});  // (7 + 4) / 4, rounded down, minus 4 / 4
  EXPECT_FALSE(constant_of(second({3.4F}, 2)).grid);
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                const auto x = o.scalar(1);
                return o.node_of("onnx.brevitas", "Trunc", {x, x, x, x, x, x, x});
              }),
              HasSubstr("is truncated by a Trunc of 7 inputs, which has 5 or 6"));
}

TEST(QuantizerFolding, WhatAQuantizerMayNotBe) {
  EXPECT_THAT(constant_refusal(quant({1}, 1, 0, 2.5F, flags(1, 0))),
              HasSubstr("is quantized to 2.5 bits"));
  EXPECT_THAT(constant_refusal(quant({1}, 1, 0, 0, flags(1, 0))), HasSubstr("to 0 bits"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                const auto x = o.scalar(1);
                return o.node_of("onnx.brevitas", "Quant", {x, x, x});
              }),
              HasSubstr("is computed by a node that lacks an input"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                const auto x = o.integers({}, {1});
                const auto one = o.scalar(1);
                return o.node_of("onnx.brevitas", "Quant", {x, one, one, one}, flags(1, 0));
              }),
              HasSubstr("is quantized from or by numbers other than FLOAT"));
}

MakeConstant quantize_linear(const std::vector<float>& x, float scale,
                             const std::function<std::string(OnnxBuilder&)>& zero_point) {
  return [=](OnnxBuilder& o) {
    const auto input = o.floats(list(x.size()), x);
    std::vector<std::string> inputs = {input, o.scalar(scale)};
    if (zero_point) inputs.push_back(zero_point(o));
    return o.node("QuantizeLinear", inputs);
  };
}

TEST(QuantizerFolding, QuantizeLinear) {
  Tensor tensor = constant_of(quantize_linear({-1, 0.25F, 0.75F, 999}, 0.5F, nullptr));
  EXPECT_EQ(tensor.type, TensorProto::UINT8);
  EXPECT_EQ(tensor.values, (Values{0, 0, 2, 255}));
  expect_grid(tensor, {0, 0, 2, 255}, {1});
  tensor = constant_of(
      quantize_linear({-999, 0.25F, 999}, 0.5F, [](OnnxBuilder& o) { return o.bytes({}, {-3}); }));
  EXPECT_EQ(tensor.type, TensorProto::INT8);
  EXPECT_EQ(tensor.values, (Values{-128, -3, 127}));
  tensor = constant_of(quantize_linear({-999, 999}, 0.5F, [](OnnxBuilder& o) {
    o.add_tensor(kTypeInt4, {}).add_int32_data(1);
    return o.graph().initializer().rbegin()->name();
  }));
  EXPECT_EQ(tensor.values, (Values{-8, 7}));
  tensor = constant_of(
      [](OnnxBuilder& o) {
        const auto x = o.floats({2, 2}, {1, 1, 3, 3});
        const auto scales = o.floats({2}, {1, 2});
        return o.node("QuantizeLinear", {x, scales},
                      {{"axis", kOne}, {"output_dtype", std::int64_t{TensorProto::INT16}}});
      },
      21);
  EXPECT_EQ(tensor.type, TensorProto::INT16);
  EXPECT_EQ(tensor.values, (Values{1, 0, 3, 2}));
  EXPECT_THAT(constant_refusal(quantize_linear({std::nanf("")}, 1, nullptr)),
              HasSubstr("is quantized from NaN"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                const auto x = o.floats({2, 2}, {1, 1, 3, 3});
                return o.node("QuantizeLinear", {x, o.floats({3}, {1, 2, 3})});
              }),
              HasSubstr("by scales that do not fit its axis"));
}

TEST(QuantizerFolding, DequantizeLinear) {
  Tensor tensor = constant_of([](OnnxBuilder& o) {
    const auto x = o.bytes({3}, {-128, 0, 5});
    const auto scale = o.scalar(0.1F);
    return o.node("DequantizeLinear", {x, scale, o.bytes({}, {2})});
  });
  EXPECT_EQ(tensor.values,
            (Values{to_double(-130 * 0.1F), to_double(-2 * 0.1F), to_double(3 * 0.1F)}));
  expect_grid(tensor, {-130, -2, 3}, {to_double(0.1F)});
  tensor = constant_of([](OnnxBuilder& o) {
    const auto x = o.bytes({2, 1, 2}, {1, 2, 3, 4});
    const auto scales = o.floats({2}, {0.5F, 0.25F});
    return o.node("DequantizeLinear", {x, scales, o.bytes({2}, {1, 0})},
                  {{"axis", std::int64_t{-1}}});
  });
  EXPECT_EQ(tensor.values, (Values{0, 0.5, 1, 1}));
  expect_grid(tensor, {0, 2, 2, 4}, {0.5, 0.25}, 2);
  tensor = constant_of([](OnnxBuilder& o) {
    o.add_tensor(TensorProto::FLOAT16, {}).add_int32_data(0x2E66);  // nearest to 0.1
    const auto x = o.bytes({1}, {3});
    return o.node("DequantizeLinear", {x, "tensor_1"});
  });
  EXPECT_EQ(tensor.type, TensorProto::FLOAT16);
  EXPECT_EQ(tensor.values, (Values{0.2998046875}));
  expect_grid(tensor, {3}, {0.0999755859375});
}

TEST(QuantizerFolding, DequantizeLinearByBlocks) {
  const auto blocks = [](const Dims& scale_dims, std::int64_t size) {
    return [=](OnnxBuilder& o) {
      const auto x = o.bytes({2, 3}, {1, 2, 3, 4, 5, 6});
      std::vector<float> scales(element_count(scale_dims));
      for (std::size_t i = 0; i < scales.size(); ++i)
        scales[i] = std::ldexp(1.0F, static_cast<int>(i));
      const auto scale = o.floats(scale_dims, scales);
      return o.node("DequantizeLinear", {x, scale}, {{"axis", kOne}, {"block_size", size}});
    };
  };
  Tensor tensor = constant_of(blocks({2, 2}, 2), 21);
  EXPECT_EQ(tensor.values, (Values{1, 2, 6, 16, 20, 48}));
  EXPECT_FALSE(tensor.grid);
  tensor = constant_of(blocks({2, 1}, 3), 21);
  expect_grid(tensor, {1, 2, 3, 4, 5, 6}, {1, 2}, 0);
  EXPECT_THAT(constant_refusal(blocks({2, 3}, 2), 21), HasSubstr("do not fit its axis"));
  EXPECT_THAT(constant_refusal(blocks({2, 2}, -2), 21), HasSubstr("do not fit its axis"));
}

/// Integers 1, -2, 3, 4, 5, 0 of shape 2x3 with scales 0.1 and 0.3 along the first axis.
std::string weights(OnnxBuilder& o) {
  const auto x = o.bytes({2, 3}, {1, -2, 3, 4, 5, 0});
  const auto scales = o.floats({2}, {0.1F, 0.3F});
  return o.node("DequantizeLinear", {x, scales}, {{"axis", std::int64_t{0}}});
}
const Codes kCodes = {1, -2, 3, 4, 5, 0};
const double kFirst = to_double(0.1F);
const double kSecond = to_double(0.3F);

Tensor after_weights(const std::function<std::string(OnnxBuilder&, const std::string&)>& part) {
  return constant_of([&part](OnnxBuilder& o) { return part(o, weights(o)); });
}

TEST(IntegerGrid, IsKeptByWhatMovesNumbers) {
  expect_grid(after_weights([](auto& o, auto& x) { return o.node("Identity", {x}); }), kCodes,
              {kFirst, kSecond}, 0);
  expect_grid(after_weights([](auto& o, auto& x) { return o.node("Transpose", {x}); }),
              {1, 4, -2, 5, 3, 0}, {kFirst, kSecond}, 1);
  const auto reshape = [](const Dims& dims) {
    return [dims](OnnxBuilder& o, const std::string& x) {
      return o.node("Reshape", {x, o.integers({static_cast<std::int64_t>(dims.size())}, dims)});
    };
  };
  expect_grid(after_weights(reshape({1, 2, 3, 1})), kCodes, {kFirst, kSecond}, 1);
  expect_grid(after_weights(reshape({6})), kCodes,
              {kFirst, kFirst, kFirst, kSecond, kSecond, kSecond}, 0);
  EXPECT_FALSE(after_weights(reshape({3, 2})).grid);
  expect_grid(after_weights([](auto& o, auto& x) {
                return o.node("Unsqueeze", {x, o.integers({1}, {0})});
              }),
              kCodes, {kFirst, kSecond}, 1);
  expect_grid(after_weights([](auto& o, auto& x) {
                const auto row = o.integers({1}, {0});
                return o.node("Gather", {x, row});
              }),
              {1, -2, 3}, {kFirst}, 0);
  expect_grid(after_weights([](auto& o, auto& x) {
                return o.node("Concat", {x, x}, {{"axis", std::int64_t{0}}});
              }),
              {1, -2, 3, 4, 5, 0, 1, -2, 3, 4, 5, 0}, {kFirst, kSecond, kFirst, kSecond}, 0);
  expect_grid(after_weights([](auto& o, auto& x) {
                return o.node("Concat", {x, x}, {{"axis", kOne}});
              }),
              {1, -2, 3, 1, -2, 3, 4, 5, 0, 4, 5, 0}, {kFirst, kSecond}, 0);
  EXPECT_FALSE(after_weights([](auto& o, auto& x) {
                 const auto other = o.floats({1, 3}, {1, 2, 3});
                 return o.node("Concat", {x, other}, {{"axis", std::int64_t{0}}});
               }).grid);
}

TEST(IntegerGrid, IsScaledExactly) {
  const auto with = [](const char* op, const Dims& dims, const std::vector<float>& factors) {
    return [=](OnnxBuilder& o, const std::string& x) {
      return o.node(op, {x, o.floats(dims, factors)});
    };
  };
  Tensor tensor = after_weights(with("Mul", {}, {0.7F}));
  expect_grid(tensor, kCodes, {kFirst * to_double(0.7F), kSecond * to_double(0.7F)}, 0);
  EXPECT_EQ(tensor.values[0], to_double(0.1F * 0.7F));
  tensor = after_weights([](auto& o, auto& x) {
    const auto factors = o.floats({2, 1}, {2, -0.5F});
    return o.node("Mul", {factors, x});
  });
  expect_grid(tensor, {1, -2, 3, -4, -5, 0}, {2 * kFirst, kSecond / 2}, 0);
  EXPECT_FALSE(after_weights(with("Mul", {3}, {1, 2, 3})).grid);
  expect_grid(after_weights(with("Mul", {2, 1}, {0, 2})), {0, 0, 0, 4, 5, 0}, {2 * kSecond}, 0);
  expect_grid(after_weights(with("Div", {}, {4})), kCodes, {kFirst / 4, kSecond / 4}, 0);
  EXPECT_FALSE(after_weights(with("Div", {}, {3})).grid);
  EXPECT_FALSE(after_weights(with("Add", {}, {3})).grid);
  expect_grid(after_weights([](auto& o, auto& x) { return o.node("Neg", {x}); }),
              {-1, 2, -3, -4, -5, 0}, {kFirst, kSecond}, 0);
  // Three factors of 24 bits each are more than a double holds.
  EXPECT_FALSE(after_weights([&](auto& o, auto& x) {
                 return with("Mul", {}, {0.7F})(o, with("Mul", {}, {0.7F})(o, x));
               }).grid);
}

TEST(IntegerGrid, OfCastIntegers) {
  const auto cast = [](const std::vector<std::int64_t>& values, std::int64_t to) {
    return [=](OnnxBuilder& o) {
      const auto x = o.integers(list(values.size()), values);
      return o.node("Cast", {x}, {{"to", to}});
    };
  };
  expect_grid(constant_of(cast({-1, 0, 7}, TensorProto::FLOAT)), {-1, 0, 7}, {1});
  EXPECT_FALSE(constant_of(cast({16777217}, TensorProto::FLOAT)).grid);
  expect_grid(constant_of([&](OnnxBuilder& o) {
                const auto x = cast({-1, 0, 1, 1}, TensorProto::FLOAT)(o);
                const auto matrix = o.node("Reshape", {x, o.integers({2}, {2, 2})});
                return o.node("Mul", {matrix, o.floats({2, 1}, {0.1F, 0.3F})});
              }),
              {-1, 0, 1, 1}, {kFirst, kSecond}, 0);
  // A cast to integers leaves what they were.
  expect_grid(constant_of([](OnnxBuilder& o) {
                const auto x = o.floats({2}, {2.5F, -2.5F});
                return o.node("Cast", {x}, {{"to", std::int64_t{TensorProto::INT8}}});
              }),
              {2, -2}, {1});
  EXPECT_FALSE(constant_of(cast({std::int64_t{1} << 40}, TensorProto::FLOAT)).grid);
}

// Each is the reason why an operand is not constant.
TEST(QuantizerFolding, ScalesAndTypesThatDoNotFit) {
  const auto trunc = [](const Dims& scales, float out_scale) {
    return [=](OnnxBuilder& o) {
      const auto x = o.floats({2}, {1, 2});
      const auto scale = o.floats(scales, std::vector<float>(element_count(scales), 1));
      const auto zero = o.scalar(0);
      const auto bits = o.scalar(4);
      return o.node_of("onnx.brevitas", "Trunc", {x, scale, zero, bits, o.scalar(out_scale), bits});
    };
  };
  const std::vector<std::pair<const char*, MakeConstant>> cases = {
      {"is quantized with a zero point of another shape than its scale",
       [](OnnxBuilder& o) {
         const auto x = o.floats({2}, {1, 2});
         const auto scale = o.floats({2}, {1, 1});
         return o.node("QuantizeLinear", {x, scale, o.bytes({1, 2}, {0, 0})});
       }},
      {"is quantized to several bit widths",
       [](OnnxBuilder& o) {
         const auto one = o.scalar(1);
         return o.node_of("onnx.brevitas", "Quant", {one, one, one, o.floats({2}, {4, 8})});
       }},
      {"is quantized from or by numbers of another type than its scale",
       [](OnnxBuilder& o) {
         const auto x = o.integers({1}, {1});
         return o.node("QuantizeLinear", {x, o.scalar(1)});
       }},
      {"is quantized to a type other than integers of up to 16 bits",
       [](OnnxBuilder& o) {
         const auto one = o.scalar(1);
         return o.node("QuantizeLinear", {one, one, o.integers({}, {0})});
       }},
      {"is dequantized from numbers other than integers",
       [](OnnxBuilder& o) {
         const auto one = o.scalar(1);
         return o.node("DequantizeLinear", {one, one});
       }},
      {"is dequantized by a scale that is not float",
       [](OnnxBuilder& o) {
         const auto x = o.bytes({1}, {1});
         return o.node("DequantizeLinear", {x, o.integers({}, {1})});
       }},
      {"is dequantized to a type that is not float",
       [](OnnxBuilder& o) {
         const auto x = o.bytes({1}, {1});
         return o.node("DequantizeLinear", {x, o.scalar(1)},
                       {{"output_dtype", std::int64_t{TensorProto::INT32}}});
       }},
      {"is truncated with several scales", trunc({2}, 1)},
      {"is truncated with a scale that is not positive", trunc({}, -1)},
  };
  for (const auto& [reason, make] : cases) EXPECT_THAT(constant_refusal(make), HasSubstr(reason));
}

}  // namespace
}  // namespace spikeloom::converter

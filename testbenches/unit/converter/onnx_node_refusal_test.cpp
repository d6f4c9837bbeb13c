// SPDX-License-Identifier: Apache-2.0
// Whole texts of refusals of single nodes.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/converter/onnx_loading.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

using ::testing::HasSubstr;

/// What a message says, without the file, and a part of a model that causes it.
struct Case {
  const char* message;
  Part part;
};

/// Each part follows the first layer, whose activations are 2x4x4.
void expect_refused_in_the_middle(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_THAT(refusal_of([&c] { convert_middle(2, c.part); }), HasSubstr(c.message));
  }
}

/// Each part takes the image.
void expect_refused_first(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_THAT(refusal_of([&c] {
                  OnnxBuilder o({-1, 1, 4, 4});
                  c.part(o, "image");
                  convert(o);
                }),
                HasSubstr(c.message));
  }
}

/// An operator of QONNX with scalar operands.
Part qonnx(const std::string& op, const std::vector<float>& operands) {
  return [=](OnnxBuilder& o, const std::string& x) {
    std::vector<std::string> inputs = {x};
    for (const float operand : operands) inputs.push_back(o.scalar(operand));
    return o.node_of("onnx.brevitas", op, inputs);
  };
}

TEST(OnnxNodeRefusal, StepsOfTheImage) {
  const auto conv = [](OnnxBuilder& o, const std::string& x) {
    return o.node("Conv", {x, o.floats({1, 1, 1, 1}, {0.5F})});
  };
  expect_refused_first({
      {"(Mul): it multiplies the image by 0; accepted: other numbers",
       [](auto& o, auto& x) { return multiply(o, x, 0); }},
      {"(BatchNormalization): it normalizes the image; accepted: Sub and Div by constants",
       [](auto& o, auto& x) {
         const auto v = o.floats({1}, {1});
         return o.node("BatchNormalization", {x, v, v, v, v});
       }},
      {"(LeakyRelu): it bends the image; accepted: a quantizer of the image after it",
       [](auto& o, auto& x) { return o.node("LeakyRelu", {x}); }},
      {"node \"Conv_1\" (Conv): node \"Clip_0\" (Clip) bounds the image before it; accepted: a "
       "quantizer of the image after the bounds",
       [conv](auto& o, auto& x) { return four_spike(o, conv(o, clip(o, x, 0, 1))); }},
      {"(Conv): nothing bounds the quantizer of node \"floor\" (Floor) from below; accepted: a "
       "bounded one, such as Clip(0, B) before it",
       [conv](auto& o, auto& x) {
         return four_spike(o, conv(o, o.node("Floor", {x}, {}, "floor")));
       }},
  });
}

TEST(OnnxNodeRefusal, StepsOfChannels) {
  expect_refused_in_the_middle({
      {"(Clip): its minimum is not one number; accepted: one number",
       [](auto& o, auto& x) {
         return o.node("Clip", {x, o.floats({2}, {0, 1})});
       }},
      {"(LeakyRelu): its slope is -1; accepted: a positive number",
       [](auto& o, auto& x) {
         return o.node("LeakyRelu", {x}, {{"alpha", -1.F}});
       }},
      {"(Div): it divides integers of different channels by different numbers; accepted: one "
       "divisor for all",
       [](auto& o, auto& x) {
         const auto q = o.node("QuantizeLinear", {x, o.scalar(1)});
         return o.node("Div", {q, o.unsigned_bytes({2, 1, 1}, {2, 3})});
       }},
      {"(Div): it divides integers by -2; accepted: 1 or more",
       [](auto& o, auto& x) {
         const auto q = o.node("QuantizeLinear", {x, o.scalar(1), o.bytes({}, {0})});
         return o.node("Div", {q, o.bytes({}, {-2})});
       }},
      {"(Add): node \"bent\" (Relu) bends one side of it alone; accepted: an addition of integer "
       "sums, or of quantized activations",
       [](auto& o, auto& x) {
         const auto left = o.node("Relu", {second_layer(o, x)}, {}, "bent");
         return four_spike(
             o, o.node("Add", {left, o.node("Conv", {x, o.floats({2, 2, 4, 4},
                                                                 std::vector<float>(64, 1))})}));
       }},
  });
}

TEST(OnnxNodeRefusal, Quantizers) {
  const auto thresholds = [](const Dims& dims, const std::vector<float>& values) {
    return [=](OnnxBuilder& o, const std::string& x) {
      return o.node_of("qonnx.custom_op.general", "MultiThreshold", {x, o.floats(dims, values)});
    };
  };
  expect_refused_in_the_middle({
      {"(Quant): its bit width is 33; accepted: 1..32", qonnx("Quant", {1, 0, 33})},
      {"(Quant): its bit width is no integer; accepted: 1..32", qonnx("Quant", {1, 0, 20.5F})},
      {"(Trunc): it has 4 inputs; accepted: five or six", qonnx("Trunc", {1, 0, 8})},
      {"(Trunc): it drops 1.584962500721156 bits; accepted: an integer number of bits",
       qonnx("Trunc", {1, 0, 8, 3, 4})},
      {"(MultiThreshold): thresholds of 2, out_scale 1; accepted: channels x levels, and a scale "
       "other than 0",
       thresholds({2}, {0, 1})},
      {"(MultiThreshold): a threshold is NaN; accepted: numbers",
       thresholds({1, 2}, {0, std::nanf("")})},
      {"(MultiThreshold): its thresholds of channel 0 are not ascending; accepted: ascending ones",
       thresholds({1, 2}, {1, 0})},
  });
}

TEST(OnnxNodeRefusal, PoolingOfSums) {
  const Attribute window("kernel_shape", Dims{2, 2});
  expect_refused_in_the_middle({
      {"(AveragePool): its windows reach into the padding; accepted: no padding after a layer "
       "without quantizer",
       [window](auto& o, auto& x) {
         return four_spike(
             o,
             o.node("AveragePool", {second_layer(o, x)},
                    {window, {"pads", Dims{1, 1, 0, 0}}, {"count_include_pad", std::int64_t{1}}}));
       }},
      {"(AveragePool): node \"bent\" (Relu) bends its input; accepted: a quantizer before it",
       [window](auto& o, auto& x) {
         const auto sum = o.node("Conv", {x, o.floats({2, 2, 1, 1}, {1, 1, 1, 1})});
         return four_spike(o, o.node("AveragePool", {o.node("Relu", {sum}, {}, "bent")}, {window}));
       }},
  });
}

TEST(OnnxNodeRefusal, Padding) {
  const Dims pads = {0, 0, 1, 1, 0, 0, 1, 1};
  const auto pad = [pads](OnnxBuilder& o, const std::string& x) {
    return o.node("Pad", {x, o.integers({8}, pads)}, {}, "pad");
  };
  expect_refused_in_the_middle({
      {"(Pad): mode reflect; accepted: constant",
       [pads](auto& o, auto& x) {
         return o.node("Pad", {x, o.integers({8}, pads)}, {{"mode", std::string("reflect")}});
       }},
      {"(Pad): it names axes; accepted: pads of all dimensions",
       [](auto& o, auto& x) {
         const auto two = o.integers({2}, {1, 1});
         return o.node("Pad", {x, two, o.scalar(0), o.integers({1}, {2})});
       }},
      {"node \"pad\" (Pad): it pads a reshaped, transposed or padded activation; accepted: one Pad "
       "of an image",
       [pad](auto& o, auto& x) {
         return pad(o, o.node("Transpose", {x}, {{"perm", Dims{0, 1, 3, 2}}}));
       }},
      {"node \"pad\" (Pad): it pads a sum without a quantizer; accepted: padding of quantized "
       "activations",
       [pad](auto& o, auto& x) { return pad(o, second_layer(o, x)); }},
  });
}

TEST(OnnxNodeRefusal, ShapesOfActivations) {
  expect_refused_in_the_middle({
      {"(Add): its inputs are reshaped or transposed in different ways; accepted: equal ones",
       [](auto& o, auto& x) {
         return o.node("Add", {x, o.node("Transpose", {x}, {{"perm", Dims{0, 1, 3, 2}}})});
       }},
      {"(Mul): its input is a concatenation of images of different sizes; accepted: activations of "
       "one height and width",
       [](auto& o, auto& x) {
         const auto small = o.node("Flatten", {four_spike(o, second_layer(o, x))});
         const auto both =
             o.node("Concat", {o.node("Flatten", {x}), small}, {{"axis", std::int64_t{1}}});
         std::vector<float> factors(34, 1);
         factors.back() = 2;
         return o.node("Mul", {both, o.floats({34}, factors)});
       }},
      {"(Gather): it picks channels of a concatenation of different levels; accepted: Concat after "
       "it, or activations of one quantizer",
       [](auto& o, auto& x) {
         const Attribute axis("axis", std::int64_t{1});
         const auto both = o.node("Concat", {x, multiply(o, x, 2)}, {axis});
         return o.node("Gather", {both, o.integers({2}, {0, 2})}, {axis});
       }},
      {"(Gather): indices of shape 1x2; accepted: one index, or a list of them",
       [](auto& o, auto& x) {
         return o.node("Gather", {x, o.integers({1, 2}, {0, 1})}, {{"axis", std::int64_t{1}}});
       }},
  });
}

TEST(OnnxNodeRefusal, WeightsAndScores) {
  expect_refused_in_the_middle({
      {"(Conv): its input 1 (weights) is left out; accepted: an initializer or Constant, or what "
       "operators of arithmetic, layout and quantization make of such",
       [](auto& o, auto& x) { return o.node("Conv", {x}); }},
      {"(Conv): its bias holds 0.1, which is no float32 number; accepted: numbers that float32 "
       "holds exactly",
       [](auto& o, auto& x) {
         const auto weights = o.floats({1, 2, 1, 1}, {1, 1});
         onnx::TensorProto& bias = o.add_tensor(onnx::TensorProto::DOUBLE, {1});
         bias.add_double_data(0.1);
         const std::string name = bias.name();
         return o.node("Conv", {x, weights, name});
       }},
  });
  EXPECT_THAT(refusal_of([] {
                OnnxBuilder o({-1, 1, 65, 65});
                first_layer(o);
                convert(o);
              }),
              HasSubstr("(Mul): 8450 scores; accepted: at most 4096, or a last dense layer"));
}

}  // namespace
}  // namespace spikeloom::converter

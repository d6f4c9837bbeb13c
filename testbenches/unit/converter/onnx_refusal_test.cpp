// SPDX-License-Identifier: Apache-2.0
// Tests that every unsupported ONNX model is refused with the reason.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/converter/onnx_models.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::converter {
namespace {

using ::testing::HasSubstr;

/// Returns the message of the UserError that `convert` throws, empty if it does not throw.
std::string message_of(const std::function<void()>& convert) {
  try {
    convert();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

std::string refusal_of_bytes(const std::string& bytes) {
  const test::TemporaryFile file(bytes, ".onnx");
  return message_of([&file] { convert_onnx(file.path()); });
}

std::string whole_model() {
  OnnxBuilder o({-1, 1, 4, 4});
  last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
  return o.serialize();
}

struct Case {
  const char* message;
  Part part;
};

/// Expects refusal of models in which `part` follows the second layer and precedes the last.
void expect_refused_after_second(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string message = message_of([&c] { convert_second(c.part); });
    EXPECT_THAT(message, HasSubstr(c.message));
    EXPECT_THAT(message, HasSubstr(".onnx: node \""));
  }
}

/// Expects refusal of models in which `part` replaces the second layer and its quantizer.
void expect_refused_in_the_middle(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string message = message_of([&c] { convert_middle(2, c.part); });
    EXPECT_THAT(message, HasSubstr(c.message));
  }
}

TEST(OnnxRefusal, OperatorsWithoutInputs) {
  for (const char* op : {"Add", "Sub", "Sum", "Concat"}) {
    const std::string message = message_of([op] {
      convert_middle(2, [op](OnnxBuilder& o, const std::string&) { return o.node(op, {}); });
    });
    EXPECT_THAT(message, HasSubstr(std::string("(") + op + "): it has no input")) << op;
  }
}

TEST(OnnxRefusal, FilesThatAreNoModels) {
  EXPECT_THAT(message_of([] { convert_onnx("no/such.onnx"); }), HasSubstr("no/such.onnx"));
  EXPECT_THAT(message_of([] { convert_onnx(::testing::TempDir()); }), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal_of_bytes(""), HasSubstr("not an ONNX model"));
  EXPECT_THAT(refusal_of_bytes("layers: 3\n"),
              HasSubstr(".onnx: not an ONNX model, or a truncated one"));
  EXPECT_THAT(refusal_of_bytes(std::string(100, '\0')), HasSubstr("not an ONNX model"));
  onnx::ModelProto empty;
  empty.set_ir_version(7);
  EXPECT_THAT(refusal_of_bytes(empty.SerializeAsString()),
              HasSubstr(".onnx: not an ONNX model: it holds no graph"));
}

TEST(OnnxRefusal, AnyTruncationSilently) {
  const std::string bytes = whole_model();
  ASSERT_EQ(refusal_of_bytes(bytes), "");
  ::testing::internal::CaptureStderr();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(refusal_of_bytes(bytes.substr(0, size)), HasSubstr("ONNX model")) << size;
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

// Any changed byte leads to a network or to a UserError.
TEST(OnnxRefusal, ChangedBytesNeverCrash) {
  const std::string bytes = whole_model();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const char flip : {'\x01', '\x08', '\x80'}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      refusal_of_bytes(changed);
    }
  }
}

/// Refusal of a model whose file declares a shape for the tensor `name`.
std::string refusal_of_declared(const std::string& name, const Dims& dims, bool output) {
  OnnxBuilder o({-1, 1, 4, 4});
  last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
  o.serialize();
  onnx::ValueInfoProto& value = output ? *o.graph().mutable_output(0) : *o.graph().add_value_info();
  value.set_name(name);
  auto& shape = *value.mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.clear_dim();
  for (const std::int64_t dim : dims) {
    auto& added = *shape.add_dim();
    if (dim >= 0) added.set_dim_value(dim);
  }
  return refusal_of_bytes(o.model().SerializeAsString());
}

TEST(OnnxRefusal, DeclaredShapesThatAreOthers) {
  for (const Dims& dims : std::vector<Dims>{{-1, 3}, {1, 3}, {7, 3}, {-1, -1}}) {
    EXPECT_EQ(refusal_of_declared("last", dims, true), "");
  }
  EXPECT_EQ(refusal_of_declared("first", {-1, 2, 4, 4}, false), "");
  EXPECT_EQ(refusal_of_declared("other", {1, 2}, false), "");
  EXPECT_THAT(refusal_of_declared("last", {-1, 10}, true),
              HasSubstr(".onnx: node \"last\" (MatMul): its output \"last\" has the shape Nx3, but "
                        "the file declares Nx10; accepted: the shape that follows from its inputs, "
                        "or none"));
  EXPECT_THAT(refusal_of_declared("last", {-1, 3, 1}, true), HasSubstr("declares Nx3x1"));
  EXPECT_THAT(refusal_of_declared("first", {-1, 2, 4, 5}, false),
              HasSubstr("node \"first\" (Conv): its output \"first\" has the shape Nx2x4x4, but "
                        "the file declares Nx2x4x5"));
}

/// Puts `x` together with itself, `times` times: 2^times of it.
std::string doubled(OnnxBuilder& o, std::string x, const std::string& op, int times) {
  for (int i = 0; i < times; ++i)
    x = o.node(
        op, {x, x},
        op == "Add" ? std::vector<Attribute>{} : std::vector<Attribute>{{"axis", std::int64_t{1}}});
  return x;
}

// Files of 2 KB that stand for more terms than memory holds.
TEST(OnnxGrowth, AddedToItselfAgainAndAgain) {
  const SpikingLayer layer = convert_middle(32, [](OnnxBuilder& o, const std::string& x) {
    const std::string sum = doubled(o, x, "Add", 40);
    return four_spike(o, multiply(o, sum, std::ldexp(1.0F, -40)));
  });
  ASSERT_LE(layer.terms.size(), 16U);
  int synapses = 0;
  for (const Term& term : layer.terms) synapses += term.repeat;
  // It is x again: level i is reached from i on, in units of a synapse.
  ASSERT_EQ(layer.thresholds.size(), 8U);
  for (int i = 0; i < 8; ++i) {
    const double exact = synapses * (i % 4 + 0.5);
    EXPECT_EQ(layer.thresholds[static_cast<std::size_t>(i)], std::ceil(exact)) << i;
  }
}

TEST(OnnxGrowth, ConcatenatedWithItselfAgainAndAgain) {
  const std::string message = message_of([] {
    convert_middle(2, [](OnnxBuilder& o, const std::string& x) {
      return second_layer(o, doubled(o, x, "Concat", 13));
    });
  });
  EXPECT_THAT(message, HasSubstr("(Concat): it puts 8192 activations together; accepted: at most "
                                 "4096"));
}

TEST(OnnxGrowth, ConcatenatedBeyondTheNeurons) {
  OnnxBuilder o({-1, 1, 65, 65});
  doubled(o, first_layer(o), "Concat", 11);
  EXPECT_THAT(message_of([&o] { convert(o); }),
              HasSubstr("(Concat): 17305600 outputs; accepted: at most 16777216"));
}

TEST(OnnxGrowth, AddedAndConcatenatedInTurns) {
  const std::string message = message_of([] {
    convert_middle(2, [](OnnxBuilder& o, std::string x) {
      for (int i = 0; i < 10; ++i) x = doubled(o, doubled(o, x, "Add", 1), "Concat", 1);
      return second_layer(o, x);
    });
  });
  EXPECT_THAT(message, HasSubstr("(Concat): its input comes from "));
}

TEST(OnnxGrowth, DifferentTermsOfASum) {
  const std::string message = message_of([] {
    convert_middle(2, [](OnnxBuilder& o, const std::string& x) {
      std::vector<std::string> sums;
      for (int i = 0; i < 4097; ++i) {
        const auto weight = static_cast<float>(i + 1);
        sums.push_back(o.node("Conv", {x, o.floats({1, 2, 1, 1}, {weight, -weight})}));
      }
      return four_spike(o, o.node("Sum", sums, {}, "sum"));
    });
  });
  EXPECT_THAT(message, HasSubstr("node \"sum\" (Sum): it puts 4097 activations together"));
}

TEST(OnnxGrowth, WindowsOfSumsWithoutAQuantizer) {
  const auto pooled = [](std::int64_t kernel, std::int64_t stride, std::int64_t pad, int times) {
    return message_of([=] {
      convert_middle(2, [=](OnnxBuilder& o, std::string x) {
        if (times > 1) x = second_layer(o, x);
        for (int i = 0; i < times; ++i) {
          x = o.node("AveragePool", {x},
                     {{"kernel_shape", Dims{kernel, kernel}},
                      {"strides", Dims{stride, stride}},
                      {"pads", Dims{pad, pad, pad, pad}},
                      {"count_include_pad", std::int64_t{1}}},
                     "pool" + std::to_string(i));
        }
        return four_spike(o, x);
      });
    });
  };
  EXPECT_THAT(pooled(1, 32767, 0, 3),
              HasSubstr("node \"pool1\" (AveragePool): with the layer before it, which has no "
                        "quantizer, its windows or their strides are 1073676289 pixels; accepted: "
                        "at most 32768, or a quantizer before it"));
  EXPECT_THAT(pooled(16001, 16000, 16000, 1),
              HasSubstr("node \"pool0\" (AveragePool): its windows and channels make 512064002 "
                        "weights; accepted: at most 67108864"));
}

TEST(OnnxRefusal, ModelsOfAnotherForm) {
  const auto refusal = [](const std::function<void(OnnxBuilder&)>& change) {
    OnnxBuilder o({-1, 1, 4, 4});
    last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
    o.serialize();
    change(o);
    return refusal_of_bytes(o.model().SerializeAsString());
  };
  EXPECT_EQ(refusal([](OnnxBuilder&) {}), "");
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.model().mutable_opset_import(0)->set_version(5); }),
              HasSubstr("operator set 5; accepted: 6..25"));
  EXPECT_EQ(refusal([](OnnxBuilder& o) { o.model().mutable_opset_import(0)->set_version(25); }),
            "");
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.model().mutable_opset_import(0)->set_version(99); }),
              HasSubstr("operator set 99; accepted: 6..25"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.model().clear_opset_import(); }),
              HasSubstr(".onnx: not a complete ONNX model: it names no standard operator set"));
  EXPECT_THAT(
      refusal([](OnnxBuilder& o) {
        *o.graph().add_input() = o.graph().input(0);
        o.graph().mutable_input(1)->set_name("mask");
        o.graph().mutable_node(0)->add_input("mask");
      }),
      HasSubstr(
          ".onnx: its graph has several inputs (\"image\", \"mask\"); accepted: one, the image"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.graph().clear_input(); }),
              HasSubstr(".onnx: its graph has no input; accepted: one, the image"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                o.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
                    onnx::TensorProto::DOUBLE);
              }),
              HasSubstr(".onnx: its input \"image\" is of type DOUBLE; accepted: FLOAT"));
  EXPECT_THAT(
      refusal([](OnnxBuilder& o) { o.graph().add_output()->set_name("x"); }),
      HasSubstr("its graph has 2 outputs (\"last\", \"x\"); accepted: one, the class scores, "
                "chosen by --scores NAME"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.graph().mutable_output(0)->set_name("x"); }),
              HasSubstr("its output \"x\" is not the output of a node"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                for (int i = 0; i < 12; ++i) o.graph().add_output()->set_name("x");
              }),
              HasSubstr("\"x\", and 3 more); accepted: one, the class scores"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.graph().mutable_node(0)->set_domain("com.example"); }),
              HasSubstr("node \"first\" (com.example.Conv): an operator of domain com.example"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.graph().mutable_node(0)->set_input(0, "nowhere"); }),
              HasSubstr("its input \"nowhere\" is not the output of an earlier node"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                o.graph().mutable_node(1)->set_output(0, "first");
                o.graph().mutable_node(2)->set_input(0, "first");
              }),
              HasSubstr("another node has the output \"first\" too"));
  EXPECT_THAT(
      refusal([](OnnxBuilder& o) { *o.graph().add_initializer() = o.graph().initializer(0); }),
      HasSubstr("two initializers are named \"tensor_1\""));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                o.graph().mutable_initializer(0)->set_data_type(onnx::TensorProto::COMPLEX64);
              }),
              HasSubstr("its input \"tensor_1\" (weights) is of type COMPLEX64"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                o.graph().mutable_initializer(0)->set_data_location(onnx::TensorProto::EXTERNAL);
              }),
              HasSubstr("is stored in another file, which is not named"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.graph().mutable_initializer(0)->clear_float_data(); }),
              HasSubstr("is broken: 0 numbers or bytes for the shape 2x1x1x1"));
}

TEST(OnnxRefusal, InputShapes) {
  const auto refusal = [](const Dims& dims) {
    OnnxBuilder o(dims);
    last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
    return refusal_of_bytes(o.serialize());
  };
  EXPECT_EQ(refusal({1, 1, 4, 4}), "");
  EXPECT_EQ(refusal({8, 1, 4, 4}), "");
  EXPECT_THAT(
      refusal({-1, 1, -1, -1}),
      HasSubstr(".onnx: its input \"image\" has the shape ?x1x?x?; accepted: N x channels x height "
                "x width, N x channels x length or N x features, with any N and the others fixed"));
  EXPECT_THAT(refusal({-1, 0, 4, 4}), HasSubstr("has the shape ?x0x4x4"));
  EXPECT_THAT(refusal({0, 1, 4, 4}), HasSubstr("has the shape 0x1x4x4"));
  EXPECT_THAT(refusal({4, 4}), HasSubstr("node \"first\" (Conv): its input is a vector"));
  EXPECT_THAT(
      refusal({}),
      HasSubstr(
          ".onnx: its input \"image\" has no shape; accepted: N x channels x height x width"));
  EXPECT_THAT(refusal({1, 1 << 20, 1 << 20, 1}),
              HasSubstr(".onnx: its input \"image\" has the shape 1x1048576x1048576x1; accepted: "
                        "at most 16777216 pixels"));
  EXPECT_THAT(refusal({1, 16}), HasSubstr("node \"first\" (Conv): its input is a vector"));
}

TEST(OnnxRefusal, Quantizers) {
  const auto floor_of = [](float minimum, float maximum, float scale) {
    return [=](OnnxBuilder& o, const std::string& x) {
      const auto scaled = multiply(o, clip(o, x, minimum, maximum), scale);
      return multiply(o, floor_half_up(o, scaled), 1 / scale);
    };
  };
  expect_refused_after_second({
      {"(MatMul): its input comes from node \"second\" (Conv) without a quantizer",
       [](auto&, auto& x) { return x; }},
      {"(MatMul): its input comes from node \"second\" (Conv) without a quantizer; accepted: a "
       "quantizer after every layer but the last",
       [](auto& o, auto& x) { return o.node("Relu", {x}); }},
      {"(MatMul): the quantizer of node \"second\" (Conv) has 2048 levels above the lowest; "
       "accepted: 1..255",
       floor_of(0, 1024, 64)},
      {"(Clip): its bounds exclude each other", floor_of(3, 2, 1)},
      {"(Clip): its bound 0.75 is no value of the activations; accepted: a bound that is one of "
       "their values",
       [](auto& o, auto& x) { return clip(o, four_spike(o, x), 0, 0.75F); }},
      {"(Clip): a bound is NaN",
       [](auto& o, auto& x) {
         return o.node("Clip", {x}, {{"min", std::numeric_limits<float>::quiet_NaN()}});
       }},
      {"(Mul): it multiplies activations by 0; accepted: other numbers",
       [](auto& o, auto& x) { return multiply(o, four_spike(o, x), 0); }},
      {"it divides by the activation",
       [](auto& o, auto& x) {
         const auto two = o.scalar(2);
         return o.node("Div", {two, clip(o, x, 0, 2)});
       }},
      {"(QuantizeLinear): its scale is -0.5; accepted: a positive number",
       [](auto& o, auto& x) {
         const auto scale = o.scalar(-0.5F);
         return o.node("QuantizeLinear", {x, scale});
       }},
      {"(QuantizeLinear): its scale is 0; accepted: a positive number",
       [](auto& o, auto& x) {
         const auto scale = o.scalar(0);
         return o.node("QuantizeLinear", {x, scale});
       }},
      {"its scale is of shape 2; accepted: one finite number",
       [](auto& o, auto& x) {
         const auto scale = o.floats({2}, {1, 1});
         return o.node("QuantizeLinear", {x, scale});
       }},
      {"(DequantizeLinear): 3 scales for activations of 2x1x1; accepted: one per channel",
       [](auto& o, auto& x) {
         const auto q = o.node("QuantizeLinear", {x, o.scalar(1)});
         return o.node("DequantizeLinear", {q, o.floats({3}, {1, 1, 1})});
       }},
      {"(DequantizeLinear): its scales are along the batch; accepted: along the channels",
       [](auto& o, auto& x) {
         const auto q = o.node("QuantizeLinear", {x, o.scalar(1)});
         const Attribute axis("axis", std::int64_t{0});
         return o.node("DequantizeLinear", {q, o.floats({2}, {1, 1})}, {axis});
       }},
      {"(DequantizeLinear): its scales are along axis 4294967297; accepted: along the channels",
       [](auto& o, auto& x) {
         const auto q = o.node("QuantizeLinear", {x, o.scalar(1)});
         const Attribute axis("axis", (std::int64_t{1} << 32) + 1);
         return o.node("DequantizeLinear", {q, o.floats({2}, {1, 1})}, {axis});
       }},
      {"(QuantizeLinear): 0.5 in its zero point; accepted: integers of 64 bits",
       [](auto& o, auto& x) {
         return o.node("QuantizeLinear", {clip(o, x, 0, 2), o.scalar(1), o.scalar(0.5F)});
       }},
      {"(QuantizeLinear): 1.0000000150474662e+30 in its zero point",
       [](auto& o, auto& x) {
         return o.node("QuantizeLinear", {clip(o, x, 0, 2), o.scalar(1), o.scalar(1e30F)});
       }},
      {"(QuantizeLinear): attribute output_dtype is 4294967298; accepted: a type of ONNX",
       [](auto& o, auto& x) {
         const Attribute type("output_dtype", (std::int64_t{1} << 32) + 2);
         return o.node("QuantizeLinear", {clip(o, x, 0, 2), o.scalar(1)}, {type});
       }},
      {"(Gather): 0.5 in its indices",
       [](auto& o, auto& x) {
         const Attribute axis("axis", std::int64_t{1});
         return o.node("Gather", {four_spike(o, x), o.floats({1}, {0.5F})}, {axis});
       }},
      {"(QuantizeLinear): it makes INT64; accepted: integers of up to 16 bits",
       [](auto& o, auto& x) {
         return o.node("QuantizeLinear", {clip(o, x, 0, 2), o.scalar(1), o.integers({}, {0})});
       }},
  });
}

TEST(OnnxRefusal, Steps) {
  const auto cast_to = [](std::int64_t type) {
    return [type](OnnxBuilder& o, const std::string& x) {
      return four_spike(o, o.node("Cast", {x}, {{"to", type}}));
    };
  };
  const auto norm = [](const Dims& dims, float variance, std::int64_t training) {
    return [=](OnnxBuilder& o, const std::string& x) {
      const std::vector<float> values(static_cast<std::size_t>(dims[0]), variance);
      const auto v = o.floats(dims, values);
      return four_spike(
          o, o.node("BatchNormalization", {x, v, v, v, v}, {{"training_mode", training}}));
    };
  };
  expect_refused_after_second({
      {"(BatchNormalization): 3 parameters for activations of 2x1x1; accepted: one per channel",
       norm({3}, 1, 0)},
      {"(BatchNormalization): variance + epsilon of channel 0 is -0.99999", norm({2}, -1, 0)},
      {"(BatchNormalization): its gamma holds inf; accepted: finite numbers",
       norm({2}, std::numeric_limits<float>::infinity(), 0)},
      {"(BatchNormalization): it is in training mode, or not spatial; accepted: a model exported "
       "for inference",
       norm({2}, 1, 1)},
      {"a second normalization of the same layer",
       [](auto& o, auto& x) {
         const auto v = o.floats({2}, {1, 1});
         const auto first = o.node("BatchNormalization", {x, v, v, v, v});
         return four_spike(o, o.node("BatchNormalization", {first, v, v, v, v}));
       }},
      {"(Add): its operand is of shape 4 for activations of 2x1x1; accepted: a scalar, or one "
       "number "
       "for each of 2 channels",
       [](auto& o, auto& x) {
         const auto operand = o.floats({4}, {1, 2, 3, 4});
         return o.node("Add", {x, operand});
       }},
      {"(Add): its operand is of shape 1x2x3x3 for activations of 2x1x1",
       [](auto& o, auto& x) {
         const auto operand = o.floats({1, 2, 3, 3}, std::vector<float>(18, 1));
         return o.node("Add", {x, operand});
       }},
      {"(Add): its operand holds inf; accepted: finite numbers",
       [](auto& o, auto& x) {
         const auto operand = o.scalar(std::numeric_limits<float>::infinity());
         return o.node("Add", {x, operand});
       }},
      {"(Div): it divides by 0",
       [](auto& o, auto& x) {
         const auto zero = o.scalar(0);
         return o.node("Div", {x, zero});
       }},
      {"(Dropout): it is in training mode",
       [](auto& o, auto& x) {
         const auto training = o.scalar(1);
         return o.node("Dropout", {x, "", training});
       }},
      {"(Cast): it casts to FLOAT16; accepted: FLOAT, DOUBLE, INT32 or INT64",
       cast_to(onnx::TensorProto::FLOAT16)},
      {"(Cast): it casts to number 99", cast_to(99)},
      {"(Cast): attribute to is 4294967297; accepted: a type of ONNX",
       cast_to((std::int64_t{1} << 32) + 1)},
      {"(Cast): attribute to is -1; accepted: a type of ONNX", cast_to(-1)},
      {"(Sigmoid): it is not accepted; accepted: Conv, Gemm",
       [](auto& o, auto& x) { return o.node("Sigmoid", {x}); }},
  });
}

TEST(OnnxRefusal, WeightsWithoutACommonScale) {
  const std::string message = message_of([] {
    convert_middle(32, [](OnnxBuilder& o, const std::string& x) {
      const auto weights = o.floats({2, 2, 1, 1}, {1, -1, 0.25F, -64});
      return four_spike(o, o.node("Conv", {x, weights}, {}, "middle"));
    });
  });
  EXPECT_THAT(
      message,
      HasSubstr("node \"middle\" (Conv): its weights have no common scale: output channel 1 "
                "holds 0.25 and -64; accepted: multiples of up to 255 of one scale per "
                "output channel, on all layers but the first and the last"));
}

TEST(OnnxRefusal, Layers) {
  const auto conv = [](const Dims& dims, const std::vector<Attribute>& attributes) {
    return [=](OnnxBuilder& o, const std::string& x) {
      std::size_t count = 1;
      for (const std::int64_t dim : dims) count *= static_cast<std::size_t>(dim);
      const auto weights = o.floats(dims, std::vector<float>(count, 1));
      return four_spike(o, o.node("Conv", {x, weights}, attributes, "middle"));
    };
  };
  const auto pool = [](const std::vector<Attribute>& attributes) {
    return [=](OnnxBuilder& o, const std::string& x) {
      return o.node("MaxPool", {x}, attributes, "middle");
    };
  };
  const std::int64_t one = 1;
  expect_refused_in_the_middle({
      {"(Conv): its weights holds nan, which is no finite float32 number",
       [](auto& o, auto& x) {
         const float nan = std::numeric_limits<float>::quiet_NaN();
         return o.node("Conv", {x, o.floats({1, 2, 1, 1}, {nan, 1})});
       }},
      {"(Conv): weights of type INT8",
       [](auto& o, auto& x) {
         const auto weights = o.bytes({1, 2, 1, 1}, {1, 1});
         return o.node("Conv", {x, weights});
       }},
      {"dequantized with a zero point of another type",
       [](auto& o, auto& x) {
         const auto weights = o.node(
             "DequantizeLinear", {o.bytes({1, 2, 1, 1}, {1, 1}), o.scalar(1), o.integers({}, {1})});
         return o.node("Conv", {x, weights});
       }},
      {"dequantized by scales that do not fit its axis",
       [](auto& o, auto& x) {
         const auto weights =
             o.node("DequantizeLinear", {o.bytes({1, 2, 1, 1}, {1, 1}), o.floats({3}, {1, 2, 3})});
         return o.node("Conv", {x, weights});
       }},
      {"its input \"Exp_6\" (weights) is computed by node \"Exp_6\" (Exp) from constants",
       [](auto& o, auto& x) {
         return o.node("Conv", {x, o.node("Exp", {o.floats({1, 2, 1, 1}, {1, 1})})});
       }},
      {"weights of 2x3x1x1 in 1 groups over 2 channels", conv({2, 3, 1, 1}, {})},
      {"weights of 2x2x1 in 1 groups", conv({2, 2, 1}, {})},
      {"weights of 3x1x1x1 in 2 groups", conv({3, 1, 1, 1}, {{"group", std::int64_t{2}}})},
      {"in 4611686018427387904 groups", conv({2, 2, 1, 1}, {{"group", std::int64_t{1} << 62}})},
      {"its window is larger than its padded input of 4x4", conv({2, 2, 5, 5}, {})},
      {"kernel_shape 3x3 for weights of 1x1", conv({2, 2, 1, 1}, {{"kernel_shape", Dims{3, 3}}})},
      {"(Conv): strides is [0, 1]; accepted: 2 numbers of 1..32767, for windows in two dimensions",
       conv({2, 2, 1, 1}, {{"strides", Dims{0, 1}}})},
      {"strides is [1]", conv({2, 2, 1, 1}, {{"strides", Dims{1}}})},
      {"pads is [0, 0, 0, -1]", conv({2, 2, 1, 1}, {{"pads", Dims{0, 0, 0, -1}}})},
      {"both pads and auto_pad VALID",
       conv({2, 2, 1, 1}, {{"pads", Dims{1, 1, 1, 1}}, {"auto_pad", std::string("VALID")}})},
      {"auto_pad FULL", conv({2, 2, 1, 1}, {{"auto_pad", std::string("FULL")}})},
      {"attribute auto_pad has the wrong type", conv({2, 2, 1, 1}, {{"auto_pad", one}})},
      {"(Gemm): attribute broadcast; accepted: alpha, beta, transA, transB",
       [](auto& o, auto& x) {
         const Attribute broadcast("broadcast", std::int64_t{1});
         return o.node("Gemm", {x}, {broadcast});
       }},
      {"ceil_mode lets its last windows overhang",
       pool({{"kernel_shape", Dims{3, 3}}, {"strides", Dims{2, 2}}, {"ceil_mode", one}})},
      {"pads as large as its window",
       pool({{"kernel_shape", Dims{2, 2}}, {"pads", Dims{2, 0, 0, 0}}})},
      {"kernel_shape is [0, 0]", pool({})},
      {"(AveragePool): windows at the border are divided by fewer pixels",
       [](auto& o, auto& x) {
         return o.node("AveragePool", {x},
                       {{"kernel_shape", Dims{2, 2}}, {"pads", Dims{1, 1, 1, 1}}});
       }},
      {"(MatMul): its input comes from node \"middle\" (AveragePool) without a quantizer",
       [](auto& o, auto& x) {
         return o.node("AveragePool", {x}, {{"kernel_shape", Dims{4, 4}}}, "middle");
       }},
      {"(Flatten): it follows node \"middle\" (Softmax); accepted: nothing but the output after it",
       [](auto& o, auto& x) { return o.node("Softmax", {o.node("Flatten", {x})}, {}, "middle"); }},
      {"(Gemm): its input is no vector; accepted: Flatten before it",
       [](auto& o, auto& x) {
         const auto weights = o.floats({4, 1}, {1, 1, 1, 1});
         return o.node("Gemm", {x, weights});
       }},
      {"(Gemm): alpha or beta is not 1, or transA not 0; accepted: alpha 1, beta 1, transA 0",
       [](auto& o, auto& x) {
         const Attribute alpha("alpha", 0.5F);
         return o.node("Gemm", {x}, {alpha});
       }},
      {"(MatMul): weights of 3x1 over 32 inputs",
       [](auto& o, auto& x) {
         return o.node("MatMul", {o.node("Flatten", {x}), o.floats({3, 1}, {1, 1, 1})});
       }},
      {"(Flatten): axis 2; accepted: axis 1",
       [](auto& o, auto& x) {
         const Attribute axis("axis", std::int64_t{2});
         return o.node("Flatten", {x}, {axis});
       }},
      {"(Reshape): it reshapes N x 2 x 4 x 4 to [1, 2, 15]; accepted: [N, ...] of 32 values for "
       "each "
       "N",
       [](auto& o, auto& x) {
         const auto shape = o.integers({3}, {1, 2, 15});
         return o.node("Reshape", {x, shape});
       }},
      {"(Reshape): it reshapes N x 2 x 4 x 4 to [2, 16]",
       [](auto& o, auto& x) {
         const auto shape = o.integers({2}, {2, 16});
         return o.node("Reshape", {x, shape});
       }},
      {"(Reshape): it reshapes N x 2 x 4 x 4 to [32]",
       [](auto& o, auto& x) {
         const auto shape = o.integers({1}, {32});
         return o.node("Reshape", {x, shape});
       }},
      {"(Reshape): it reshapes N x 2 x 4 x 4 to [1, -1, -1]",
       [](auto& o, auto& x) {
         const auto shape = o.integers({3}, {1, -1, -1});
         return o.node("Reshape", {x, shape});
       }},
      {"(Reshape): its input \"tensor_7\" is no activation",
       [](auto& o, auto&) {
         const auto constant = o.integers({1}, {1});
         return o.node("Reshape", {constant, "Mul_5"});
       }},
  });
}

TEST(OnnxRefusal, FirstAndLastLayers) {
  const auto refusal = [](const std::function<void(OnnxBuilder&)>& build) {
    OnnxBuilder o({-1, 1, 4, 4});
    build(o);
    return refusal_of_bytes(o.serialize());
  };
  EXPECT_THAT(refusal([](OnnxBuilder& o) { last_layer(o, "image", 16); }),
              HasSubstr("no layer has a quantizer; accepted: a quantizer after every layer but the "
                        "last"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) { o.node("Identity", {"image"}); }),
              HasSubstr("its output is its input; accepted: a network"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                const Attribute window("kernel_shape", Dims{2, 2});
                o.node("MaxPool", {"image"}, {window});
              }),
              HasSubstr("(MaxPool): it comes before the first layer"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                const auto x = first_layer(o);
                const auto left = o.node("Conv", {x, o.floats({1, 2, 1, 1}, {1, 1})});
                const auto right = o.node("Conv", {x, o.floats({1, 2, 1, 1}, {0.3F, 1})});
                o.node("Add", {left, multiply(o, right, 3)}, {}, "sum");
              }),
              HasSubstr("node \"sum\" (Add): the last layer, which has no quantizer, is a sum of "
                        "several by different factors; accepted: one Conv, Gemm or MatMul last, or "
                        "a sum of such"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                last_layer(o, four_spike(o, second_layer(o, first_layer(o))), 2);
                o.node("Clip", {"last", o.scalar(0), o.scalar(6)}, {}, "bounded");
              }),
              HasSubstr("node \"bounded\" (Clip): it bends the class scores; accepted: scores "
                        "that are a sum"));
  EXPECT_THAT(refusal([](OnnxBuilder& o) {
                const auto sum = o.node("Conv", {"image", o.floats({2, 1, 1, 1}, {0.3F, 1})});
                const auto v = o.floats({2}, {1, 1});
                const auto norm = o.node("BatchNormalization", {sum, v, v, v, v});
                const auto x = four_spike(o, multiply(o, norm, -3));
                last_layer(o, four_spike(o, second_layer(o, x)), 2);
              }),
              HasSubstr("(Mul): in the first layer, which the host computes"));
}

}  // namespace
}  // namespace spikeloom::converter

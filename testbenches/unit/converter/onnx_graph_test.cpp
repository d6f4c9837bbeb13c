// SPDX-License-Identifier: Apache-2.0
// What OnnxGraph makes of a model: its domains, its output, its dead code, its shapes.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/converter/onnx_loading.h"

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Values = std::vector<double>;

constexpr std::int64_t kOne = 1;

std::string ints(OnnxBuilder& o, const Dims& values) {
  return o.integers({static_cast<std::int64_t>(values.size())}, values);
}

std::string ones(OnnxBuilder& o, const Dims& dims) {
  return o.floats(dims, std::vector<float>(element_count(dims), 1));
}

std::vector<std::string> operators(const OnnxGraph& graph) {
  std::vector<std::string> names;
  for (const OnnxNode* node : graph.nodes()) names.push_back(node->op());
  return names;
}

TEST(OnnxGraph, Domains) {
  OnnxBuilder o({-1, 1, 4, 4});
  auto x = o.node_of("ai.onnx", "Relu", {"image"});
  x = o.node_of("onnx.brevitas", "BipolarQuant", {x, o.scalar(1)});
  x = o.node_of("finn", "MultiThreshold", {x, o.scalar(1)});
  x = o.node_of("com.microsoft", "QLinearSigmoid", {x});
  x = o.node_of("com.microsoft", "DequantizeLinear", {x, o.scalar(1)});
  x = o.node_of("com.microsoft", "QLinearConv", {x});
  o.node_of("qonnx.custom_op.channels_last", "MaxPool", {x}, {}, "pool");
  const LoadedModel model(o.serialize());
  std::vector<std::string> domains;
  for (const OnnxNode* node : model.graph.nodes()) domains.emplace_back(node->domain());
  EXPECT_THAT(domains,
              ElementsAre("", "qonnx.custom_op.general", "qonnx.custom_op.general", "com.microsoft",
                          "com.microsoft", "com.microsoft", "qonnx.custom_op.channels_last"));
  EXPECT_THAT(
      operators(model.graph),
      ElementsAre("Relu", "BipolarQuant", "MultiThreshold", "QLinearSigmoid", "DequantizeLinear",
                  "com.microsoft.QLinearConv", "qonnx.custom_op.channels_last.MaxPool"));
  EXPECT_EQ(model.graph.opset(), 13);
  o.node_of("ai.onnx.ml", "Scaler", {"pool"}, {}, "other");
  EXPECT_EQ(loading_refusal(o),
            "node \"other\" (Scaler): an operator of domain ai.onnx.ml; accepted: operators of the "
            "ONNX standard, of QONNX (qonnx.custom_op.general, onnx.brevitas, "
            "finn.custom_op.general) and of com.microsoft");
}

/// image -> Relu "body" -> Sigmoid "first" and Tanh "second", two outputs.
OnnxBuilder two_outputs() {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto x = o.node("Relu", {"image"}, {}, "body");
  o.node("Sigmoid", {x}, {}, "first");
  o.node("Tanh", {x}, {}, "second");
  o.serialize();
  o.graph().add_output()->set_name("first");
  return o;
}

TEST(OnnxGraph, TheOutputIsChosenAmongSeveral) {
  const std::string bytes = two_outputs().model().SerializeAsString();
  EXPECT_EQ(refusal_of([&] { LoadedModel model(bytes); }),
            "its graph has 2 outputs (\"second\", \"first\"); accepted: one, the class scores, "
            "chosen by --scores NAME");
  EXPECT_EQ(refusal_of([&] { LoadedModel model(bytes, "body"); }),
            "its graph has no output \"body\"; accepted: \"second\", \"first\"");
  const LoadedModel first(bytes, "first");
  EXPECT_EQ(first.graph.output(), "first");
  EXPECT_THAT(operators(first.graph), ElementsAre("Relu", "Sigmoid"));
  EXPECT_EQ(first.graph.readers("body").size(), 1U);
  const LoadedModel second(bytes, "second");
  EXPECT_THAT(operators(second.graph), ElementsAre("Relu", "Tanh"));
}

TEST(OnnxGraph, DeadCodeIsNotRead) {
  OnnxBuilder o({-1, 1, 4, 4});
  onnx::ValueInfoProto& mask = *o.graph().add_input();
  mask = o.graph().input(0);
  mask.set_name("mask");
  o.add_tensor(TensorProto::STRING, {1});
  const auto x = o.node("Relu", {"image"});
  o.node_of("ai.onnx.ml", "Scaler", {"mask", "tensor_1", "nowhere"});
  o.node("Sigmoid", {x}, {}, "last");
  const LoadedModel model(o.serialize());
  EXPECT_THAT(operators(model.graph), ElementsAre("Relu", "Sigmoid"));
  EXPECT_EQ(model.graph.nodes().back()->name(), "last");
}

TEST(OnnxGraph, OutputsThatAreNone) {
  OnnxBuilder constant({-1, 1, 4, 4});
  constant.node("Relu", {"image"});
  constant.node("Neg", {constant.scalar(1)}, {}, "minus");
  EXPECT_EQ(loading_refusal(constant),
            "its output \"minus\" is constant; accepted: class scores of the image");
  OnnxBuilder image({-1, 1, 4, 4});
  image.node("Relu", {"image"});
  image.graph().add_output()->set_name("image");
  EXPECT_EQ(refusal_of([&] { LoadedModel model(image.model().SerializeAsString()); }),
            "its output \"image\" is not the output of a node");
  image.graph().clear_output();
  EXPECT_EQ(refusal_of([&] { LoadedModel model(image.model().SerializeAsString()); }),
            "its graph has no output; accepted: one, the class scores");
  OnnxBuilder unnamed({-1, 1, 4, 4});
  unnamed.node("Identity", {unnamed.scalar(1)}, {}, "constant");
  unnamed.node("Add", {"image", "second"});
  unnamed.graph().mutable_node(0)->set_output(0, "");
  unnamed.graph().mutable_node(0)->add_output("second");
  EXPECT_EQ(loading_refusal(unnamed),
            "node \"constant\" (Identity): its output has no name; accepted: a name");
}

TEST(OnnxGraph, AttributesThatONNXDoesNotDefineAreNoted) {
  OnnxBuilder o({-1, 1, 4, 4});
  auto x = o.node("Conv", {"image", ones(o, {1, 1, 1, 1})},
                  {{"weight_bits", std::int64_t{2}}, {"group", kOne}, {"bias_bits", kOne}});
  x = o.node("Mul", {x, o.node("Constant", {}, {{"value_float", 2.0F}, {"origin", kOne}})},
             {{"weight_bits", std::int64_t{2}}});
  o.node("Relu", {x});
  const LoadedModel model(o.serialize());
  EXPECT_THAT(model.graph.notes(),
              ElementsAre("ignored attributes that ONNX does not define: weight_bits, bias_bits, "
                          "origin (3 nodes)"));
  const OnnxNode& conv = *model.graph.nodes()[0];
  conv.allow_attributes({"group"});
  EXPECT_EQ(refusal_of([&] { conv.allow_attributes({}); }),
            "node \"Conv_0\" (Conv): attribute group; accepted: no attributes");
  OnnxBuilder plain({-1, 1, 4, 4});
  plain.node("Unheard", {"image"}, {{"weight_bits", kOne}}, "unheard");
  const LoadedModel unknown(plain.serialize());
  EXPECT_TRUE(unknown.graph.notes().empty());
  EXPECT_EQ(refusal_of([&] { unknown.graph.nodes()[0]->allow_attributes({}); }),
            "node \"unheard\" (Unheard): attribute weight_bits; accepted: no attributes");
}

// Each is small, and all of them are more than memory should hold for a file of 1 KB.
TEST(OnnxGraph, ComputedConstantsAreBoundedTogether) {
  const auto refusal = [](int constants) {
    return refusal_of([=] {
      OnnxBuilder o({-1, 1, 1024, 1024});
      std::string x = "image";
      for (int i = 0; i < constants; ++i) {
        const auto large = o.node("Expand", {o.scalar(1), ints(o, {1024, 1024})});
        x = o.node("Add", {x, large});
      }
      const LoadedModel model(o.serialize());
    });
  };
  EXPECT_EQ(refusal(16), "");
  EXPECT_THAT(refusal(17), HasSubstr("(Expand): with it, constants that are computed hold 17825792 "
                                     "numbers; accepted: at most 16777216"));
}

/// The constant operand of the last node, and its attributes' count.
std::pair<Dims, int> upgraded(const std::function<void(OnnxBuilder&)>& build) {
  OnnxBuilder o({-1, 2, 4, 4});
  o.model().mutable_opset_import(0)->set_version(6);
  build(o);
  const LoadedModel model(o.serialize());
  const OnnxNode& node = *model.graph.nodes().back();
  EXPECT_EQ(model.graph.opset(), 6);
  const Dims dims = node.inputs() > 1 ? model.graph.constant(node, 1, "operand").dims : Dims();
  return {dims, node.proto().attribute_size()};
}

std::string upgrade_refusal(const std::function<void(OnnxBuilder&)>& build) {
  return refusal_of([&] { upgraded(build); });
}

TEST(OnnxGraph, OperatorSet6BroadcastsAsLaterOnes) {
  using Result = std::pair<Dims, int>;
  const auto add = [](const Dims& dims, const std::vector<Attribute>& attributes) {
    return [=](OnnxBuilder& o) { o.node("Add", {"image", ones(o, dims)}, attributes, "add"); };
  };
  const Attribute broadcast("broadcast", kOne);
  EXPECT_EQ(upgraded(add({4}, {broadcast})), (Result{{4}, 0}));
  EXPECT_EQ(upgraded(add({2}, {broadcast, {"axis", kOne}})), (Result{{2, 1, 1}, 0}));
  EXPECT_EQ(upgraded(add({2, 4}, {broadcast, {"axis", std::int64_t{-3}}})), (Result{{2, 4, 1}, 0}));
  EXPECT_EQ(upgraded(add({4, 4}, {broadcast, {"axis", std::int64_t{2}}})), (Result{{4, 4}, 0}));
  EXPECT_EQ(
      upgrade_refusal(add({2}, {{"axis", kOne}})),
      "node \"add\" (Add): its operands are of the shapes Nx2x4x4 and 2, without broadcast 1; "
      "accepted: equal shapes");
  EXPECT_EQ(upgrade_refusal(add({4, 4}, {broadcast, {"axis", std::int64_t{3}}})),
            "node \"add\" (Add): it broadcasts 4x4 to Nx2x4x4 from axis 3 on, as operator set 6 "
            "allows; accepted: a second operand along the last axes, or a constant");
  EXPECT_THAT(upgrade_refusal([&](OnnxBuilder& o) {
                const auto channels =
                    o.node("ReduceSum", {"image"},
                           {{"axes", Dims{0, 2, 3}}, {"keepdims", std::int64_t{0}}});
                o.node("Mul", {"image", channels}, {broadcast, {"axis", kOne}});
              }),
              HasSubstr("(Mul): it broadcasts 2 to Nx2x4x4 from axis 1 on"));
  EXPECT_EQ(upgraded([](OnnxBuilder& o) {
              const auto flat = o.node("Flatten", {"image"});
              o.node("Gemm", {flat, ones(o, {32, 3}), ones(o, {3})}, {{"broadcast", kOne}});
            }),
            (Result{{32, 3}, 0}));
}

TEST(OnnxGraph, OperatorSet6FoldsConstantsWithAnAxis) {
  const Tensor tensor = constant_of(
      [](OnnxBuilder& o) {
        const auto x = o.floats({2, 2}, {1, 2, 3, 4});
        return o.node("Mul", {x, o.floats({2}, {10, 20})},
                      {{"broadcast", kOne}, {"axis", std::int64_t{0}}});
      },
      6);
  EXPECT_EQ(tensor.values, (Values{10, 20, 60, 80}));
}

TEST(OnnxGraph, OperatorSet6NodesOfOneNameHaveTheirOwnOperands) {
  OnnxBuilder o({-1, 2, 2, 2});
  o.model().mutable_opset_import(0)->set_version(6);
  const auto operand = ones(o, {2});
  const Attribute broadcast("broadcast", kOne);
  o.node("Add", {"image", operand}, {broadcast, {"axis", kOne}}, "add");
  o.node("Add", {"add", operand}, {broadcast, {"axis", std::int64_t{2}}}, "last");
  o.graph().mutable_node(1)->set_name("add");
  const LoadedModel model(o.serialize());
  const auto& nodes = model.graph.nodes();
  EXPECT_EQ(model.graph.constant(*nodes[0], 1, "operand").dims, (Dims{2, 1, 1}));
  EXPECT_EQ(model.graph.constant(*nodes[1], 1, "operand").dims, (Dims{2, 1}));
}

TEST(OnnxGraph, OperatorSet6HasATrainingMode) {
  for (const char* op : {"Dropout", "BatchNormalization"}) {
    const auto node = [op](std::int64_t is_test) {
      return [=](OnnxBuilder& o) { o.node(op, {"image"}, {{"is_test", is_test}}, "node"); };
    };
    EXPECT_EQ(upgraded(node(1)).second, 0);
    EXPECT_THAT(upgrade_refusal(node(0)),
                HasSubstr("it is in training mode (is_test 0); accepted: a model exported for "
                          "inference"));
  }
}

TEST(OnnxGraph, ShapesOfTensors) {
  const auto dims = [](const std::function<std::string(OnnxBuilder&)>& build) {
    OnnxBuilder o({-1, 2, 8, 6});
    o.node("Reader", {build(o)});
    const LoadedModel model(o.serialize());
    return model.graph.dims(model.graph.nodes().back()->input(0));
  };
  const auto after = [&dims](const char* op, const std::vector<Attribute>& attributes) {
    return dims([&](OnnxBuilder& o) { return o.node(op, {"image"}, attributes); });
  };
  const auto with = [&dims](const char* op, const Dims& operand,
                            const std::vector<Attribute>& attributes = {}) {
    return dims([&](OnnxBuilder& o) {
      return o.node(op, {"image", ones(o, operand)}, attributes);
    });
  };
  const std::int64_t two = 2;
  const Attribute kernel("kernel_shape", Dims{3, 2});
  EXPECT_EQ(after("Relu", {}), (Dims{-1, 2, 8, 6}));
  EXPECT_EQ(with("Add", {2, 1, 1}), (Dims{-1, 2, 8, 6}));
  EXPECT_EQ(with("Add", {5, 1, 1, 1, 1}), (Dims{5, -1, 2, 8, 6}));
  EXPECT_EQ(with("Add", {3, 1, 1}), std::nullopt);
  EXPECT_EQ(with("Conv", {5, 2, 3, 3}), (Dims{-1, 5, 6, 4}));
  EXPECT_EQ(with("Conv", {5, 1, 3, 3},
                 {{"group", two},
                  {"strides", Dims{2, 3}},
                  {"pads", Dims{1, 0, 1, 2}},
                  {"dilations", Dims{1, 2}}}),
            (Dims{-1, 5, 4, 2}));
  EXPECT_EQ(with("Conv", {5, 2, 3, 3},
                 {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Dims{3, 3}}}),
            (Dims{-1, 5, 3, 2}));
  EXPECT_EQ(with("Conv", {5, 2, 9, 9}), std::nullopt);
  EXPECT_EQ(with("Conv", {5, 2, 3, 3}, {{"pads", Dims{std::int64_t{1} << 62, 0, 0, 0}}}),
            std::nullopt);
  EXPECT_EQ(after("MaxPool", {kernel}), (Dims{-1, 2, 6, 5}));
  EXPECT_EQ(after("AveragePool", {kernel, {"ceil_mode", kOne}, {"strides", Dims{2, 2}}}),
            std::nullopt);
  EXPECT_EQ(after("GlobalAveragePool", {}), (Dims{-1, 2, 1, 1}));
  EXPECT_EQ(after("Flatten", {}), (Dims{-1, 96}));
  EXPECT_EQ(after("Flatten", {{"axis", two}}), std::nullopt);
  EXPECT_EQ(with("MatMul", {6, 5}), (Dims{-1, 2, 8, 5}));
  EXPECT_EQ(after("Transpose", {{"perm", Dims{0, 2, 3, 1}}}), (Dims{-1, 8, 6, 2}));
  EXPECT_EQ(after("Transpose", {{"perm", Dims{0, 2, 3, 9}}}), std::nullopt);
  EXPECT_EQ(after("ReduceMean", {{"axes", Dims{2, 3}}, {"keepdims", std::int64_t{0}}}),
            (Dims{-1, 2}));
  EXPECT_EQ(after("Softmax", {}), (Dims{-1, 2, 8, 6}));
  EXPECT_EQ(dims([](OnnxBuilder& o) {
              return o.node("Concat", {"image", "image"}, {{"axis", std::int64_t{-1}}});
            }),
            (Dims{-1, 2, 8, 12}));
  EXPECT_EQ(dims([](OnnxBuilder& o) {
              const auto x = o.node_of("onnx.brevitas", "BipolarQuant", {"image", o.scalar(1)});
              const auto flat = o.node("Flatten", {x});
              return o.node("Gemm", {flat, ones(o, {7, 96})}, {{"transB", kOne}});
            }),
            (Dims{-1, 7}));
  EXPECT_EQ(dims([](OnnxBuilder& o) {
              const auto scale = o.scalar(1);
              const auto zero = o.bytes({}, {0});
              const auto x = o.node("QuantizeLinear", {"image", scale, zero});
              const auto sum =
                  o.node_of("com.microsoft", "QLinearAdd", {x, scale, zero, x, scale, zero, scale});
              const auto pooled = o.node_of("com.microsoft", "QLinearGlobalAveragePool",
                                            {sum, scale, zero, scale, zero});
              const auto both = o.node_of("com.microsoft", "QLinearConcat",
                                          {scale, zero, pooled, scale, zero, pooled, scale, zero},
                                          {{"axis", kOne}});
              return o.node("Squeeze", {both, ints(o, {2, 3})});
            }),
            (Dims{-1, 4}));
  EXPECT_EQ(dims([](OnnxBuilder& o) {
              return o.node("Unsqueeze", {"image", ints(o, {9})});
            }),
            std::nullopt);
}

TEST(OnnxGraph, TensorsThatAreTooLarge) {
  OnnxBuilder o({-1, 1, 40000, 1});
  auto x = o.node("MatMul", {"image", ones(o, {1, 40000})});
  o.node("Concat", {x, x}, {{"axis", kOne}}, "both");
  EXPECT_EQ(loading_refusal(o),
            "node \"both\" (Concat): its output has the shape Nx2x40000x40000; accepted: at most "
            "2147483647 numbers");
}

/// The target shape of the only Reshape of `x`, and the operators that are left.
struct Folded {
  Values target;
  std::vector<std::string> ops;
};

Folded fold_target(const Dims& image,
                   const std::function<std::string(OnnxBuilder&, const std::string&)>& target,
                   const std::string& op = "Relu") {
  OnnxBuilder o(image);
  const auto x = o.node(op, {"image"}, {}, "x");
  o.node("Reshape", {x, target(o, x)}, {}, "reshape");
  const LoadedModel model(o.serialize());
  EXPECT_EQ(model.graph.readers("x").size(), 1U);
  return {model.graph.constant(*model.graph.nodes().back(), 1, "shape").values,
          operators(model.graph)};
}

/// Shape, Gather, Unsqueeze, Concat with `rest`, as PyTorch writes x.view(x.size(0), rest).
std::string view(OnnxBuilder& o, const std::string& x, const Dims& rest) {
  const auto shape = o.node("Shape", {x});
  const auto batch = o.node("Gather", {shape, o.integers({}, {0})});
  const auto list = o.node("Unsqueeze", {batch, ints(o, {0})});
  return o.node("Concat", {list, ints(o, rest)}, {{"axis", std::int64_t{0}}}, "target");
}

TEST(OnnxGraph, ShapesThatFollowTheBatchAreFolded) {
  const auto expect = [](const Folded& folded, const Values& target) {
    EXPECT_EQ(folded.target, target);
    EXPECT_THAT(folded.ops, ElementsAre("Relu", "Reshape"));
  };
  const auto view_rest = [](const Dims& rest) {
    return [rest](OnnxBuilder& o, const std::string& x) { return view(o, x, rest); };
  };
  expect(fold_target({-1, 2, 3, 4}, view_rest({-1})), {-1, 24});
  expect(fold_target({-1, 2, 3, 4}, view_rest({24})), {-1, 24});
  expect(fold_target({-1, 2, 3, 4}, view_rest({0, -1})), {-1, 2, 12});
  expect(fold_target({1, 2, 3, 4}, view_rest({-1})), {1, -1});
  // x.view(x.size(0), x.size(1) * x.size(2) * x.size(3))
  expect(fold_target({-1, 2, 3, 4},
                     [](OnnxBuilder& o, const std::string& x) {
                       const auto shape = o.node("Shape", {x});
                       const auto size = [&](std::int64_t axis) {
                         return o.node("Gather", {shape, o.integers({}, {axis})});
                       };
                       const auto planes = o.node("Mul", {size(2), size(3)});
                       const auto rest = o.node("Mul", {size(1), planes});
                       const auto zero = ints(o, {0});
                       const auto first = o.node("Unsqueeze", {size(0), zero});
                       return o.node("Concat", {first, o.node("Unsqueeze", {rest, zero})},
                                     {{"axis", std::int64_t{0}}});
                     }),
         {-1, 24});
  // Slices and casts, as the converters from TensorFlow write.
  expect(fold_target(
             {-1, 2, 3, 4},
             [](OnnxBuilder& o, const std::string& x) {
               const auto cast = o.node("Cast", {o.node("Shape", {x})},
                                        {{"to", std::int64_t{TensorProto::INT32}}});
               const auto batch = o.node("Slice", {cast, ints(o, {0}), ints(o, {1})});
               const auto rest =
                   o.node("Cast", {ints(o, {-1})}, {{"to", std::int64_t{TensorProto::INT32}}});
               const auto target = o.node("Concat", {batch, rest}, {{"axis", std::int64_t{0}}});
               return o.node("Cast", {target}, {{"to", std::int64_t{TensorProto::INT64}}});
             }),
         {-1, 24});
  expect(fold_target(
             {-1, 2, 3, 4},
             [](OnnxBuilder& o, const std::string& x) {
               const auto batch = o.node("Shape", {x}, {{"start", std::int64_t{0}}, {"end", kOne}});
               return o.node("Concat", {batch, ints(o, {24})}, {{"axis", std::int64_t{0}}});
             }),
         {-1, 24});
}

TEST(OnnxGraph, ShapesThatCannotBeFoldedAreRefused) {
  const auto refusal = [](const Dims& image, const auto& target, const char* op = "Relu") {
    return refusal_of([&] { fold_target(image, target, op); });
  };
  const auto plain = [](OnnxBuilder& o, const std::string& x) { return view(o, x, {-1}); };
  EXPECT_THAT(refusal({-1, 2, 3, 4}, plain, "Unheard"),
              HasSubstr("node \"reshape\" (Reshape): its input \"target\" (shape) is the shape of "
                        "\"x\", which is not known"));
  EXPECT_THAT(refusal({-1, 2, -1, 4}, plain), HasSubstr("the shape of \"x\", which is not known"));
  EXPECT_THAT(
      refusal({-1, 2, 3, 4},
              [](OnnxBuilder& o, const std::string& x) {
                const auto shape = o.node("Shape", {x});
                return o.node("Mul", {shape, shape}, {}, "squares");
              }),
      HasSubstr("node \"reshape\" (Reshape): its input \"squares\" (shape) is computed from "
                "the symbolic batch dimension by node \"squares\" (Mul)"));
  EXPECT_THAT(refusal({-1, 2, 3, 4},
                      [](OnnxBuilder& o, const std::string& x) {
                        const auto shape = o.node("Shape", {x});
                        return o.node("Cast", {shape}, {{"to", kOne}}, "floats");
                      }),
              HasSubstr("computed from the symbolic batch dimension by node \"floats\" (Cast)"));
  EXPECT_EQ(refusal({-1, 2, 3, 4},
                    [](OnnxBuilder& o, const std::string& x) {
                      const auto shape = o.node("Shape", {x}, {{"end", kOne}});
                      return o.node("Concat", {shape, shape, ints(o, {24})},
                                    {{"axis", std::int64_t{0}}}, "twice");
                    }),
            "node \"reshape\" (Reshape): its input \"twice\" (shape) is computed from the symbolic "
            "batch dimension; accepted: the batch as one dimension, and the others known");
  EXPECT_THAT(
      refusal({-1, 2, 3, 4},
              [](OnnxBuilder& o, const std::string& x) {
                return view(o, x, {5, -1});
              }),
      HasSubstr("node \"reshape\" (Reshape): its input \"target\" (shape) is computed from"));
  OnnxBuilder o({-1, 1, 4, 4});
  const auto shape = o.node("Shape", {"image"}, {}, "shape");
  o.node("Reader", {"image", shape}, {}, "reader");
  const LoadedModel model(o.serialize());
  EXPECT_THAT(refusal_of([&] { model.graph.constant(*model.graph.nodes().back(), 1, "operand"); }),
              HasSubstr("its input \"shape\" (operand) is computed from the symbolic batch "
                        "dimension; accepted: an initializer"));
}

// Whatever a changed byte does, it ends in a graph or in a UserError.
TEST(OnnxGraph, ChangedBytesNeverCrash) {
  OnnxBuilder o({-1, 2, 8, 8});
  const auto scales = o.floats({3, 1, 1, 1}, {0.5F, 0.25F, 2});
  const auto two = o.scalar(2);
  const auto weights =
      o.node_of("onnx.brevitas", "Quant", {ones(o, {3, 2, 3, 3}), scales, o.scalar(0), two});
  const auto x = o.node("Conv", {"image", weights}, {{"strides", Dims{2, 2}}, {"foreign", kOne}});
  const auto flat = o.node("Reshape", {x, view(o, x, {-1})});
  const auto dense = o.node("DequantizeLinear",
                            {o.bytes({2, 27}, std::vector<std::int8_t>(54, 1)),
                             o.floats({2}, {1, 2}), o.bytes({2}, {0, 3})},
                            {{"axis", std::int64_t{0}}});
  const auto rows = o.node("Slice", {o.node("Transpose", {dense}), ints(o, {-1}), ints(o, {-30}),
                                     ints(o, {0}), ints(o, {-1})});
  const auto mean = o.node("ReduceMean", {ones(o, {2, 2})}, {{"axes", Dims{0}}});
  o.node("Add", {o.node("MatMul", {flat, rows}), mean});
  const std::string bytes = o.serialize();
  ASSERT_EQ(refusal_of([&] { LoadedModel model(bytes); }), "");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const char flip : {'\x01', '\x08', '\x80'}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      refusal_of([&] { LoadedModel model(changed); });
    }
  }
}

/// The operators that are left of a network made by other tools, if it is there.
std::vector<std::string> public_network(const std::string& name) {
  const std::string path = SPIKELOOM_SOURCE_DIR "/../shared/networks/" + name;
  if (!std::ifstream(path)) return {};
  return operators(OnnxGraph(path));
}

TEST(OnnxGraph, NetworksOfOtherToolsAreRead) {
  const auto tfc = public_network("TFC_2W2A.onnx");
  if (tfc.empty()) GTEST_SKIP() << "no public networks here";
  EXPECT_THAT(tfc,
              ElementsAre("Reshape", "Mul", "Sub", "Quant", "MatMul", "BatchNormalization", "Quant",
                          "MatMul", "BatchNormalization", "Quant", "MatMul", "BatchNormalization",
                          "Quant", "MatMul", "Sub", "Div", "Mul", "Add"));
  EXPECT_EQ(public_network("TFC_1W2A.onnx").size(), 18U);
  EXPECT_EQ(public_network("TFC_1W1A.onnx").size(), 18U);
  EXPECT_EQ(public_network("kwsmlp_w3a3.onnx").size(), 15U);
  EXPECT_EQ(public_network("unsw_nb15-mlp-w2a2.onnx").size(), 16U);
  EXPECT_EQ(public_network("finn_tfc_w1a1_multithreshold.onnx").size(), 30U);
  EXPECT_EQ(public_network("quantlab_dvs_cnn.onnx").size(), 36U);
}

}  // namespace
}  // namespace spikeloom::converter

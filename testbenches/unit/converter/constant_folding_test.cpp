// SPDX-License-Identifier: Apache-2.0
// Operators on constants, against results computed by hand from the ONNX standard.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/converter/onnx_loading.h"

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;
using ::testing::HasSubstr;
using Values = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string ints(OnnxBuilder& o, const Dims& values) {
  return o.integers({static_cast<std::int64_t>(values.size())}, values);
}

/// 0, 1, 2, ... of the type FLOAT.
std::string counting(OnnxBuilder& o, const Dims& dims) {
  std::vector<float> values(element_count(dims));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return o.floats(dims, values);
}

void expect(const Tensor& tensor, int type, const Dims& dims, const Values& values) {
  EXPECT_EQ(type_name(tensor.type), type_name(type));
  EXPECT_EQ(tensor.dims, dims);
  EXPECT_EQ(tensor.values, values);
}

void expect_floats(const MakeConstant& make, const Dims& dims, const Values& values,
                   std::int64_t opset = 13) {
  expect(constant_of(make, opset), TensorProto::FLOAT, dims, values);
}

void expect_integers(const MakeConstant& make, const Dims& dims, const Values& values,
                     std::int64_t opset = 13) {
  expect(constant_of(make, opset), TensorProto::INT64, dims, values);
}

MakeConstant binary(const char* op, const std::vector<float>& left,
                    const std::vector<float>& right) {
  return [=](OnnxBuilder& o) {
    const auto a = o.floats({static_cast<std::int64_t>(left.size())}, left);
    const auto b = o.floats({static_cast<std::int64_t>(right.size())}, right);
    return o.node(op, {a, b});
  };
}

MakeConstant unary(const char* op, const std::vector<float>& values) {
  return [=](OnnxBuilder& o) {
    return o.node(op, {o.floats({static_cast<std::int64_t>(values.size())}, values)});
  };
}

TEST(ConstantFolding, Constants) {
  const auto constant = [](const Attribute& attribute) {
    return [=](OnnxBuilder& o) { return o.node("Constant", {}, {attribute}); };
  };
  expect_floats(constant({"value_float", 0.1F}), {}, {static_cast<double>(0.1F)});
  expect_integers(constant({"value_int", std::int64_t{-3}}), {}, {-3});
  expect_integers(constant({"value_ints", Dims{3, 4}}), {2}, {3, 4});
  expect_floats(
      [](OnnxBuilder& o) {
        const auto name = o.node("Constant", {}, {{"origin", std::string("tool")}});
        auto& attribute = *o.graph().mutable_node(0)->add_attribute();
        attribute.set_name("value_floats");
        attribute.set_type(onnx::AttributeProto::FLOATS);
        for (const float value : {1.5F, 2.5F}) attribute.add_floats(value);
        return name;
      },
      {2}, {1.5, 2.5});
  EXPECT_THAT(constant_refusal(constant({"value_string", std::string("a")})),
              HasSubstr("is a Constant with attribute value_string"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) { return o.node("Constant", {}); }),
              HasSubstr("is a Constant without a value"));
  EXPECT_THAT(
      constant_refusal([](OnnxBuilder& o) {
        return o.node("Constant", {}, {{"value_int", std::int64_t{1}}, {"value_float", 1.F}});
      }),
      HasSubstr("is a Constant with several values"));
}

TEST(ConstantFolding, ConstantOfShapeAndRange) {
  expect_floats(
      [](OnnxBuilder& o) {
        return o.node("ConstantOfShape", {ints(o, {2, 1})});
      },
      {2, 1}, {0, 0});
  expect_integers(
      [](OnnxBuilder& o) {
        const auto name = o.node("ConstantOfShape", {ints(o, {3})});
        auto& attribute = *o.graph().mutable_node(0)->add_attribute();
        attribute.set_name("value");
        attribute.set_type(onnx::AttributeProto::TENSOR);
        attribute.mutable_t()->set_data_type(TensorProto::INT64);
        attribute.mutable_t()->add_dims(1);
        attribute.mutable_t()->add_int64_data(7);
        return name;
      },
      {3}, {7, 7, 7});
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                return o.node("ConstantOfShape", {ints(o, {1 << 20, 1 << 20})});
              }),
              HasSubstr("is of impossible shape 1048576x1048576"));
  const auto range = [](std::int64_t start, std::int64_t limit, std::int64_t delta) {
    return [=](OnnxBuilder& o) {
      const auto a = o.integers({}, {start});
      const auto b = o.integers({}, {limit});
      return o.node("Range", {a, b, o.integers({}, {delta})});
    };
  };
  expect_integers(range(3, 9, 3), {2}, {3, 6});
  expect_integers(range(10, 4, -2), {3}, {10, 8, 6});
  expect_integers(range(4, 4, 1), {0}, {});
  EXPECT_THAT(constant_refusal(range(0, 1, 0)), HasSubstr("is a range with step 0"));
  EXPECT_THAT(constant_refusal(range(0, std::int64_t{1} << 40, 1)),
              HasSubstr("is a range with too many numbers"));
}

TEST(ConstantFolding, Casts) {
  const auto cast = [](const std::vector<float>& values, std::int64_t to) {
    return [=](OnnxBuilder& o) {
      const auto x = o.floats({static_cast<std::int64_t>(values.size())}, values);
      return o.node("Cast", {x}, {{"to", to}});
    };
  };
  const auto values = [&](const std::vector<float>& from, std::int64_t to) {
    return constant_of(cast(from, to)).values;
  };
  EXPECT_EQ(values({-1.9F, 1.9F, 127.5F}, TensorProto::INT8), (Values{-1, 1, 127}));
  EXPECT_EQ(values({0, -0.5F, 3}, TensorProto::BOOL), (Values{0, 1, 1}));
  EXPECT_EQ(values({65504, 65519.996F, 65520, 2049, 1e-8F}, TensorProto::FLOAT16),
            (Values{65504, 65504, kInfinity, 2048, 0}));
  EXPECT_EQ(values({0.1F, 257}, TensorProto::BFLOAT16), (Values{0.10009765625, 256}));
  EXPECT_EQ(values({0.1F}, TensorProto::DOUBLE), (Values{static_cast<double>(0.1F)}));
  EXPECT_THAT(constant_refusal(cast({128}, TensorProto::INT8)),
              HasSubstr("is computed as 128, which the type INT8 does not have"));
  EXPECT_THAT(constant_refusal(cast({static_cast<float>(kInfinity)}, TensorProto::INT64)),
              HasSubstr("is computed as inf"));
  EXPECT_THAT(constant_refusal(cast({std::nanf("")}, TensorProto::INT64)),
              HasSubstr("is cast from NaN to an integer"));
  EXPECT_THAT(constant_refusal(cast({1}, TensorProto::STRING)), HasSubstr("is cast to STRING"));
  expect_floats(
      [](OnnxBuilder& o) {
        return o.node("Cast", {ints(o, {16777217})}, {{"to", std::int64_t{1}}});
      },
      {1}, {16777216});
}

TEST(ConstantFolding, ArithmeticRoundsToFloat) {
  const double third = static_cast<double>(1.0F / 3.0F);
  expect_floats(binary("Add", {16777216, 0.1F}, {1, 0.2F}), {2},
                {16777216, static_cast<double>(0.1F + 0.2F)});
  expect_floats(binary("Sub", {3}, {0.1F}), {1}, {static_cast<double>(3 - 0.1F)});
  expect_floats(binary("Mul", {0.1F, -0.5F}, {3, 4}), {2}, {static_cast<double>(0.1F * 3), -2});
  expect_floats(binary("Div", {1, 1, -1}, {3, 0, 0}), {3}, {third, kInfinity, -kInfinity});
  expect_floats(binary("Pow", {2, 9, 2}, {3, 0.5F, -1}), {3}, {8, 3, 0.5});
  expect_floats(binary("Min", {1, -2}, {-1, 5}), {2}, {-1, -2});
  expect_floats(binary("Max", {1, -2}, {-1, 5}), {2}, {1, 5});
  expect_floats(
      [](OnnxBuilder& o) {
        const auto a = o.scalar(3);
        const auto b = o.scalar(5);
        return o.node("Max", {a, b, o.scalar(4)});
      },
      {}, {5});
  EXPECT_TRUE(std::isnan(constant_of(binary("Min", {std::nanf("")}, {1})).values[0]));
}

TEST(ConstantFolding, ArithmeticOfIntegers) {
  const auto make = [](const char* op, std::int64_t left, std::int64_t right) {
    return [=](OnnxBuilder& o) {
      const auto a = ints(o, {left});
      return o.node(op, {a, ints(o, {right})});
    };
  };
  expect_integers(make("Div", -7, 2), {1}, {-3});
  expect_integers(make("Mul", 1 << 20, 1 << 20), {1}, {std::ldexp(1, 40)});
  expect_integers(make("Pow", 3, 4), {1}, {81});
  EXPECT_THAT(constant_refusal(make("Div", 1, 0)), HasSubstr("is divided by the integer 0"));
  EXPECT_THAT(constant_refusal(make("Mul", std::int64_t{1} << 40, std::int64_t{1} << 40)),
              HasSubstr("which the type INT64 does not have"));
  EXPECT_THAT(constant_refusal(make("Pow", 2, -1)), HasSubstr("is computed as 0.5"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                const auto a = o.bytes({1}, {100});
                return o.node("Add", {a, a});
              }),
              HasSubstr("is computed as 200, which the type INT8 does not have"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                const auto a = o.scalar(1);
                return o.node("Add", {a, ints(o, {1})});
              }),
              HasSubstr("is computed from operands of different types"));
}

TEST(ConstantFolding, DoublesStayDouble) {
  const Tensor tensor = constant_of([](OnnxBuilder& o) {
    TensorProto& third = o.add_tensor(TensorProto::DOUBLE, {});
    third.add_double_data(3);
    TensorProto& one = o.add_tensor(TensorProto::DOUBLE, {});
    one.add_double_data(1);
    return o.node("Div", {"tensor_2", "tensor_1"});
  });
  expect(tensor, TensorProto::DOUBLE, {}, {1.0 / 3.0});
}

TEST(ConstantFolding, Broadcasting) {
  const auto sum = [](const Dims& left, const Dims& right) {
    return [=](OnnxBuilder& o) {
      const auto a = counting(o, left);
      return o.node("Add", {a, o.node("Mul", {counting(o, right), o.scalar(100)})});
    };
  };
  expect_floats(sum({2, 1, 2}, {3, 1}), {2, 3, 2},
                {0, 1, 100, 101, 200, 201, 2, 3, 102, 103, 202, 203});
  expect_floats(sum({}, {2}), {2}, {0, 100});
  expect_floats(sum({1}, {1, 1}), {1, 1}, {0});
  expect_floats(sum({0, 2}, {2}), {0, 2}, {});
  EXPECT_THAT(constant_refusal(sum({2, 3}, {2})),
              HasSubstr("is computed from operands of the shapes 2x3 and 2"));
  EXPECT_THAT(constant_refusal(sum({65536, 1}, {1, 65536})), HasSubstr("is of impossible shape"));
  // 2^24 numbers and a row more.
  EXPECT_THAT(constant_refusal(sum({4097, 1}, {1, 4096})),
              HasSubstr("is of impossible shape 4097x4096"));
}

TEST(ConstantFolding, Functions) {
  expect_floats(unary("Abs", {-1.5F, 2}), {2}, {1.5, 2});
  expect_floats(unary("Neg", {-1.5F, 2}), {2}, {1.5, -2});
  expect_floats(unary("Ceil", {-1.5F, 1.5F}), {2}, {-1, 2});
  expect_floats(unary("Floor", {-1.5F, 1.5F}), {2}, {-2, 1});
  expect_floats(unary("Round", {0.5F, 1.5F, -2.5F, 2.6F}), {4}, {0, 2, -2, 3});
  expect_floats(unary("Sign", {-0.1F, 0, 7}), {3}, {-1, 0, 1});
  expect_floats(unary("Sqrt", {2}), {1}, {static_cast<double>(std::sqrt(2.0F))});
  expect_floats(unary("Reciprocal", {3}), {1}, {static_cast<double>(1.0F / 3.0F)});
  expect_integers([](OnnxBuilder& o) { return o.node("Neg", {ints(o, {-2, 0})}); }, {2}, {2, 0});
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) { return o.node("Sqrt", {ints(o, {4})}); }),
              HasSubstr("is computed from integers"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) { return o.node("Abs", {""}); }),
              HasSubstr("is computed by a node that lacks an input"));
}

TEST(ConstantFolding, Clips) {
  const std::vector<float> x = {-3, 0.5F, 9};
  expect_floats(
      [&x](OnnxBuilder& o) {
        return o.node("Clip", {o.floats({3}, x)}, {{"min", -1.0F}, {"max", 2.0F}});
      },
      {3}, {-1, 0.5, 2}, 10);
  expect_floats(
      [&x](OnnxBuilder& o) {
        const auto values = o.floats({3}, x);
        return o.node("Clip", {values, "", o.scalar(2)});
      },
      {3}, {-3, 0.5, 2});
  expect_floats(
      [&x](OnnxBuilder& o) {
        const auto values = o.floats({3}, x);
        const auto low = o.scalar(5);
        return o.node("Clip", {values, low, o.scalar(2)});
      },
      {3}, {2, 2, 2});
}

TEST(ConstantFolding, Transpositions) {
  const auto transpose = [](const Dims& dims, const Dims& perm) {
    return [=](OnnxBuilder& o) {
      const auto x = counting(o, dims);
      return perm.empty() ? o.node("Transpose", {x}) : o.node("Transpose", {x}, {{"perm", perm}});
    };
  };
  expect_floats(transpose({2, 3}, {}), {3, 2}, {0, 3, 1, 4, 2, 5});
  expect_floats(transpose({2, 3}, {0, 1}), {2, 3}, {0, 1, 2, 3, 4, 5});
  expect_floats(transpose({2, 1, 2, 2}, {3, 0, 2, 1}), {2, 2, 2, 1}, {0, 2, 4, 6, 1, 3, 5, 7});
  expect_floats(transpose({}, {}), {}, {0});
  EXPECT_THAT(constant_refusal(transpose({2, 3}, {0, 0})),
              HasSubstr("is transposed by a broken permutation"));
  EXPECT_THAT(constant_refusal(transpose({2, 3}, {0, 1, 2})), HasSubstr("broken permutation"));
  EXPECT_THAT(constant_refusal(transpose({2, 3}, {0, -1})), HasSubstr("broken permutation"));
}

TEST(ConstantFolding, ReshapingKeepsTheOrder) {
  const auto dims_of = [](const MakeConstant& make, std::int64_t opset = 13) {
    const Tensor tensor = constant_of(make, opset);
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      EXPECT_EQ(tensor.values[i], static_cast<double>(i));
    }
    return tensor.dims;
  };
  const auto reshape = [](const Dims& dims, const Dims& target,
                          const std::vector<Attribute>& attributes = {}) {
    return [=](OnnxBuilder& o) {
      const auto x = counting(o, dims);
      return o.node("Reshape", {x, ints(o, target)}, attributes);
    };
  };
  const Attribute allow_zero("allowzero", std::int64_t{1});
  EXPECT_EQ(dims_of(reshape({2, 3, 4}, {0, -1})), (Dims{2, 12}));
  EXPECT_EQ(dims_of(reshape({2, 3, 4}, {4, 3, 2, 1})), (Dims{4, 3, 2, 1}));
  EXPECT_EQ(dims_of(reshape({1}, {})), Dims());
  EXPECT_EQ(dims_of(reshape({0, 4}, {0, 2}, {allow_zero}), 14), (Dims{0, 2}));
  EXPECT_THAT(constant_refusal(reshape({2, 3}, {5})),
              HasSubstr("is reshaped to another number of elements"));
  EXPECT_THAT(constant_refusal(reshape({2, 3}, {-1, 4})), HasSubstr("another number of elements"));
  EXPECT_THAT(constant_refusal(reshape({2, 3}, {-1, -1})),
              HasSubstr("is reshaped with several sizes -1"));
  EXPECT_THAT(constant_refusal(reshape({2, 3}, {1, 6, 0})),
              HasSubstr("is reshaped with a size 0 beyond its axes"));
  EXPECT_THAT(constant_refusal(reshape({2, 3}, {-2, -3})), HasSubstr("is of impossible shape"));
  const auto flatten = [](const Dims& dims, std::int64_t axis) {
    return [=](OnnxBuilder& o) { return o.node("Flatten", {counting(o, dims)}, {{"axis", axis}}); };
  };
  EXPECT_EQ(dims_of(flatten({2, 3, 4}, 1)), (Dims{2, 12}));
  EXPECT_EQ(dims_of(flatten({2, 3, 4}, 0)), (Dims{1, 24}));
  EXPECT_EQ(dims_of(flatten({2, 3, 4}, 3)), (Dims{24, 1}));
  EXPECT_EQ(dims_of(flatten({2, 3, 4}, -1)), (Dims{6, 4}));
  EXPECT_THAT(constant_refusal(flatten({2, 3}, 4)),
              HasSubstr("is computed along axis 4 of a tensor with 2 axes"));
}

TEST(ConstantFolding, SqueezeAndUnsqueezeByAttributeAndByInput) {
  const auto by_attribute = [](const char* op, const Dims& dims, const Dims& axes) {
    return [=](OnnxBuilder& o) { return o.node(op, {counting(o, dims)}, {{"axes", axes}}); };
  };
  const auto by_input = [](const char* op, const Dims& dims, const Dims& axes) {
    return [=](OnnxBuilder& o) {
      const auto x = counting(o, dims);
      return o.node(op, {x, ints(o, axes)});
    };
  };
  expect_floats(by_attribute("Squeeze", {1, 2, 1}, {0}), {2, 1}, {0, 1}, 11);
  expect_floats(by_input("Squeeze", {1, 2, 1}, {-1}), {1, 2}, {0, 1});
  expect_floats(
      [](OnnxBuilder& o) {
        return o.node("Squeeze", {counting(o, {1, 2, 1})});
      },
      {2}, {0, 1});
  expect_floats(by_attribute("Unsqueeze", {2}, {0, 2}), {1, 2, 1}, {0, 1}, 11);
  expect_floats(by_input("Unsqueeze", {2}, {-1, 0}), {1, 2, 1}, {0, 1});
  EXPECT_THAT(constant_refusal(by_input("Squeeze", {2}, {0})),
              HasSubstr("is squeezed along an axis that is longer than 1"));
  EXPECT_THAT(constant_refusal(by_input("Unsqueeze", {2}, {0, -3})),
              HasSubstr("is unsqueezed twice along an axis"));
  EXPECT_THAT(constant_refusal(by_input("Unsqueeze", {2}, {5})), HasSubstr("along axis 5"));
}

TEST(ConstantFolding, ConcatSliceGatherExpand) {
  const auto concat = [](const Dims& left, const Dims& right, std::int64_t axis) {
    return [=](OnnxBuilder& o) {
      const auto a = counting(o, left);
      return o.node("Concat", {a, counting(o, right)}, {{"axis", axis}});
    };
  };
  expect_floats(concat({2, 1}, {2, 2}, 1), {2, 3}, {0, 0, 1, 1, 2, 3});
  expect_floats(concat({1, 2}, {2, 2}, -2), {3, 2}, {0, 1, 0, 1, 2, 3});
  expect_floats(concat({0, 2}, {1, 2}, 0), {1, 2}, {0, 1});
  EXPECT_THAT(constant_refusal(concat({2, 1}, {3, 1}, 1)),
              HasSubstr("is concatenated from tensors of different sizes"));

  const auto slice = [](const Dims& dims, const std::vector<Dims>& lists) {
    return [=](OnnxBuilder& o) {
      std::vector<std::string> inputs = {counting(o, dims)};
      for (const Dims& list : lists) inputs.push_back(ints(o, list));
      return o.node("Slice", inputs);
    };
  };
  const std::int64_t end = std::numeric_limits<std::int64_t>::max();
  const std::int64_t begin = std::numeric_limits<std::int64_t>::min();
  expect_floats(slice({2, 4}, {{1, 0}, {2, 3}, {0, 1}, {1, 2}}), {1, 2}, {4, 6});
  expect_floats(slice({2, 4}, {{0, 1}, {-1, 1000}}), {1, 3}, {1, 2, 3});
  expect_floats(slice({5}, {{1}, {end}}), {4}, {1, 2, 3, 4});
  expect_floats(slice({5}, {{-1}, {begin}, {0}, {-2}}), {3}, {4, 2, 0});
  expect_floats(slice({5}, {{3}, {1}}), {0}, {});
  expect_floats(slice({5}, {{0}, {end}, {0}, {end}}), {1}, {0});
  expect_floats(
      [](OnnxBuilder& o) {
        return o.node("Slice", {counting(o, {2, 3})},
                      {{"axes", Dims{1}}, {"starts", Dims{1}}, {"ends", Dims{3}}});
      },
      {2, 2}, {1, 2, 4, 5}, 9);
  EXPECT_THAT(constant_refusal(slice({5}, {{0}, {1}, {0}, {0}})), HasSubstr("sliced with step 0"));
  EXPECT_THAT(constant_refusal(slice({5}, {{0}, {1, 2}})),
              HasSubstr("is sliced by lists of different lengths"));
  EXPECT_THAT(constant_refusal(slice({5, 5}, {{0, 0}, {1, 1}, {0, -2}})),
              HasSubstr("is sliced twice along an axis"));

  const auto gather = [](const Dims& dims, const Dims& index_dims, const Dims& indices,
                         std::int64_t axis) {
    return [=](OnnxBuilder& o) {
      const auto x = counting(o, dims);
      return o.node("Gather", {x, o.integers(index_dims, indices)}, {{"axis", axis}});
    };
  };
  expect_floats(gather({4}, {}, {-1}, 0), {}, {3});
  expect_floats(gather({2, 3}, {2}, {2, 0}, 1), {2, 2}, {2, 0, 5, 3});
  expect_floats(gather({3, 2}, {1, 2}, {0, 2}, 0), {1, 2, 2}, {0, 1, 4, 5});
  EXPECT_THAT(constant_refusal(gather({4}, {1}, {4}, 0)),
              HasSubstr("is gathered by an index out of range"));
  EXPECT_THAT(constant_refusal(gather({0}, {1}, {0}, 0)), HasSubstr("index out of range"));

  expect_floats(
      [](OnnxBuilder& o) {
        const auto x = counting(o, {2, 1});
        return o.node("Expand", {x, ints(o, {2, 1, 2})});
      },
      {2, 2, 2}, {0, 0, 1, 1, 0, 0, 1, 1});
  expect_integers(
      [](OnnxBuilder& o) {
        return o.node("Shape", {counting(o, {2, 3, 4})});
      },
      {3}, {2, 3, 4});
  expect_integers(
      [](OnnxBuilder& o) {
        return o.node("Shape", {counting(o, {2, 3, 4})},
                      {{"start", std::int64_t{-2}}, {"end", std::int64_t{9}}});
      },
      {2}, {3, 4}, 15);
}

TEST(ConstantFolding, Reductions) {
  const auto reduce = [](const char* op, const std::vector<Attribute>& attributes) {
    return [=](OnnxBuilder& o) { return o.node(op, {counting(o, {2, 3})}, attributes); };
  };
  const Attribute drop("keepdims", std::int64_t{0});
  expect_floats(reduce("ReduceSum", {}), {1, 1}, {15});
  expect_floats(reduce("ReduceSum", {{"axes", Dims{1}}, drop}), {2}, {3, 12}, 11);
  expect_floats(reduce("ReduceMean", {{"axes", Dims{-2}}}), {1, 3}, {1.5, 2.5, 3.5});
  expect_floats(
      [](OnnxBuilder& o) {
        const auto x = counting(o, {2, 3});
        return o.node("ReduceSum", {x, ints(o, {0})}, {{"keepdims", std::int64_t{0}}});
      },
      {3}, {3, 5, 7});
  expect_floats(reduce("ReduceSum", {{"noop_with_empty_axes", std::int64_t{1}}}), {2, 3},
                {0, 1, 2, 3, 4, 5});
  EXPECT_THAT(constant_refusal(reduce("ReduceSum", {{"axes", Dims{2}}}), 11),
              HasSubstr("is computed along axis 2 of a tensor with 2 axes"));
}

TEST(ConstantFolding, WhatIsNotFolded) {
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                return o.node("DynamicQuantizeLinear", {counting(o, {2})}, {}, "dynamic");
              }),
              HasSubstr("its input \"dynamic\" (operand) is computed by node \"dynamic\" "
                        "(DynamicQuantizeLinear) from constants"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                return o.node_of("com.microsoft", "Range", {o.scalar(1)}, {}, "range");
              }),
              HasSubstr("is computed by node \"range\" (com.microsoft.Range) from constants"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                return o.node("Transpose", {counting(o, {2})}, {{"perm", std::int64_t{0}}});
              }),
              HasSubstr("(Transpose): attribute perm has the wrong type; accepted: INTS"));
}

// Each is the reason why an operand is not constant.
TEST(ConstantFolding, WhatNoOperatorComputes) {
  const std::vector<std::pair<const char*, MakeConstant>> cases = {
      {"is computed with axes, indices or a shape that is no list of integers",
       [](OnnxBuilder& o) {
         const auto x = counting(o, {6});
         return o.node("Reshape", {x, o.floats({2}, {2, 3})});
       }},
      {"is computed from truth values",
       [](OnnxBuilder& o) {
         onnx::TensorProto& truth = o.add_tensor(TensorProto::BOOL, {1});
         truth.add_int32_data(1);
         const std::string name = truth.name();
         return o.node("Add", {name, name});
       }},
      {"is clipped to a bound of another type or shape",
       [](OnnxBuilder& o) {
         const auto x = counting(o, {2});
         return o.node("Clip", {x, o.floats({2}, {0, 1})});
       }},
      {"is clipped to NaN",
       [](OnnxBuilder& o) {
         const auto x = counting(o, {2});
         return o.node("Clip", {x, o.scalar(std::nanf(""))});
       }},
      {"is averaged from integers or truth values",
       [](OnnxBuilder& o) {
         return o.node("ReduceMean", {ints(o, {1, 2})});
       }},
      {"is filled with a value that is no tensor",
       [](OnnxBuilder& o) {
         return o.node("ConstantOfShape", {ints(o, {2})}, {{"value", std::int64_t{1}}});
       }},
      {"is filled with several values",
       [](OnnxBuilder& o) {
         const auto name = o.node("ConstantOfShape", {ints(o, {3})});
         auto& attribute = *o.graph().mutable_node(0)->add_attribute();
         attribute.set_name("value");
         attribute.set_type(onnx::AttributeProto::TENSOR);
         attribute.mutable_t()->set_data_type(TensorProto::INT64);
         attribute.mutable_t()->add_dims(2);
         for (const std::int64_t value : {7, 8}) attribute.mutable_t()->add_int64_data(value);
         return name;
       }},
      {"is concatenated from different types",
       [](OnnxBuilder& o) {
         const auto x = counting(o, {2});
         return o.node("Concat", {x, ints(o, {1})}, {{"axis", std::int64_t{0}}});
       }},
      {"is concatenated from different numbers of axes",
       [](OnnxBuilder& o) {
         const auto x = counting(o, {2, 1});
         return o.node("Concat", {x, counting(o, {2})}, {{"axis", std::int64_t{0}}});
       }},
      {"is gathered by indices that are no integers",
       [](OnnxBuilder& o) {
         const auto x = counting(o, {2});
         return o.node("Gather", {x, o.scalar(1)});
       }},
      {"is a range between numbers of different types",
       [](OnnxBuilder& o) {
         const auto start = o.integers({}, {0});
         return o.node("Range", {start, o.scalar(1), start});
       }},
      {"is a range of numbers that are no integers",
       [](OnnxBuilder& o) {
         const auto one = o.scalar(1);
         return o.node("Range", {one, one, one});
       }},
  };
  for (const auto& [reason, make] : cases) EXPECT_THAT(constant_refusal(make), HasSubstr(reason));
}

}  // namespace
}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
// Every element type that is read, in every way to store it, and what a malformed tensor gives.
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/converter/onnx_loading.h"

namespace spikeloom::converter {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;
using ::testing::HasSubstr;
using Values = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename T>
std::string raw(const std::vector<T>& numbers) {
  std::string bytes(numbers.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

std::string raw_tensor(OnnxBuilder& o, int type, const Dims& dims, const std::string& bytes) {
  TensorProto& tensor = o.add_tensor(type, dims);
  tensor.set_raw_data(bytes);
  return tensor.name();
}

Tensor read_raw(int type, const Dims& dims, const std::string& bytes) {
  return constant_of([&](OnnxBuilder& o) { return raw_tensor(o, type, dims, bytes); });
}

template <typename T>
void expect_raw(int type, const std::vector<T>& numbers) {
  const Tensor tensor = read_raw(type, {static_cast<std::int64_t>(numbers.size())}, raw(numbers));
  EXPECT_EQ(tensor.type, type);
  EXPECT_EQ(tensor.values, Values(numbers.begin(), numbers.end())) << type_name(type);
}

TEST(OnnxTensor, RawNumbersOfEveryType) {
  expect_raw<float>(TensorProto::FLOAT, {0.1F, -3e38F});
  expect_raw<double>(TensorProto::DOUBLE, {0.1, -1e300});
  expect_raw<std::int8_t>(TensorProto::INT8, {-128, 127});
  expect_raw<std::uint8_t>(TensorProto::UINT8, {0, 255});
  expect_raw<std::int16_t>(TensorProto::INT16, {-32768, 32767});
  expect_raw<std::uint16_t>(TensorProto::UINT16, {0, 65535});
  expect_raw<std::int32_t>(TensorProto::INT32, {-2147483647 - 1, 2147483647});
  expect_raw<std::uint32_t>(TensorProto::UINT32, {0, 4294967295U});
  expect_raw<std::int64_t>(TensorProto::INT64, {-(std::int64_t{1} << 53), std::int64_t{1} << 53});
  expect_raw<std::uint64_t>(TensorProto::UINT64, {0, std::uint64_t{1} << 53});
  EXPECT_EQ(read_raw(TensorProto::BOOL, {3}, std::string("\0\1\2", 3)).values, (Values{0, 1, 1}));
}

TEST(OnnxTensor, HalfPrecision) {
  const Tensor half = read_raw(
      TensorProto::FLOAT16, {8},
      raw<std::uint16_t>({0x3C00, 0xC000, 0x7BFF, 0x0001, 0x83FF, 0x7C00, 0xFC00, 0x3555}));
  EXPECT_EQ(half.values, (Values{1, -2, 65504, std::ldexp(1, -24), -std::ldexp(1023, -24),
                                 kInfinity, -kInfinity, 0.333251953125}));
  EXPECT_FALSE(half.grid);
  const Tensor brain =
      read_raw(TensorProto::BFLOAT16, {6},
               raw<std::uint16_t>({0x3F80, 0x4049, 0x7F7F, 0x0001, 0xFF80, 0x8000}));
  EXPECT_EQ(brain.values,
            (Values{1, 3.140625, std::ldexp(255, 120), std::ldexp(1, -133), -kInfinity, 0}));
  EXPECT_TRUE(std::signbit(brain.values[5]));
  EXPECT_TRUE(
      std::isnan(read_raw(TensorProto::FLOAT16, {}, raw<std::uint16_t>({0x7C01})).values[0]));
}

TEST(OnnxTensor, PackedIntegers) {
  EXPECT_EQ(read_raw(kTypeInt4, {5}, "\x70\xF8\x0F").values, (Values{0, 7, -8, -1, -1}));
  EXPECT_EQ(read_raw(kTypeUint4, {5}, "\x70\xF8\x0F").values, (Values{0, 7, 8, 15, 15}));
  EXPECT_EQ(read_raw(kTypeInt2, {5}, "\xE4\x02").values, (Values{0, 1, -2, -1, -2}));
  EXPECT_EQ(read_raw(kTypeUint2, {5}, "\xE4\x02").values, (Values{0, 1, 2, 3, 2}));
  EXPECT_EQ(read_raw(kTypeInt4, {0}, "").values, Values());
}

TEST(OnnxTensor, NumbersInTheFieldOfTheirType) {
  const auto int32_data = [](int type, const std::vector<std::int32_t>& numbers,
                             std::int64_t count) {
    return constant_of([&](OnnxBuilder& o) {
             TensorProto& tensor = o.add_tensor(type, {count});
             for (const std::int32_t number : numbers) tensor.add_int32_data(number);
             return tensor.name();
           })
        .values;
  };
  EXPECT_EQ(int32_data(TensorProto::INT32, {-5, 7}, 2), (Values{-5, 7}));
  EXPECT_EQ(int32_data(TensorProto::INT16, {-300, 300}, 2), (Values{-300, 300}));
  EXPECT_EQ(int32_data(TensorProto::INT8, {-128, 127}, 2), (Values{-128, 127}));
  EXPECT_EQ(int32_data(TensorProto::UINT16, {65535}, 1), (Values{65535}));
  EXPECT_EQ(int32_data(TensorProto::UINT8, {255}, 1), (Values{255}));
  EXPECT_EQ(int32_data(TensorProto::BOOL, {1, 0}, 2), (Values{1, 0}));
  EXPECT_EQ(int32_data(TensorProto::FLOAT16, {0x3C00, -0x8000 + 0x3C00}, 2), (Values{1, -1}));
  EXPECT_EQ(int32_data(TensorProto::BFLOAT16, {0x3FC0}, 1), (Values{1.5}));
  EXPECT_EQ(int32_data(kTypeInt4, {0x2F, 0x07}, 3), (Values{-1, 2, 7}));
  EXPECT_EQ(int32_data(kTypeUint2, {0x39}, 4), (Values{1, 2, 3, 0}));
  const Tensor doubles = constant_of([](OnnxBuilder& o) {
    TensorProto& tensor = o.add_tensor(TensorProto::DOUBLE, {1});
    tensor.add_double_data(0.1);
    return tensor.name();
  });
  EXPECT_EQ(doubles.values, (Values{0.1}));
  for (const int type :
       {static_cast<int>(TensorProto::UINT32), static_cast<int>(TensorProto::UINT64)}) {
    const Tensor tensor = constant_of([type](OnnxBuilder& o) {
      TensorProto& proto = o.add_tensor(type, {2});
      proto.add_uint64_data(4294967295U);
      proto.add_uint64_data(3);
      return proto.name();
    });
    EXPECT_EQ(tensor.values, (Values{4294967295, 3}));
  }
}

TEST(OnnxTensor, IntegersAreTheirOwnGrid) {
  const Tensor tensor = read_raw(TensorProto::INT8, {2, 1}, raw<std::int8_t>({-3, 4}));
  ASSERT_TRUE(tensor.grid);
  EXPECT_EQ(tensor.grid->codes, (std::vector<std::int32_t>{-3, 4}));
  EXPECT_EQ(tensor.grid->scales, (Values{1}));
  EXPECT_FALSE(read_raw(TensorProto::UINT32, {1}, raw<std::uint32_t>({1U << 31})).grid);
  EXPECT_FALSE(read_raw(TensorProto::FLOAT, {1}, raw<float>({1})).grid);
}

TEST(OnnxTensor, MalformedOnes) {
  const auto refusal = [](int type, const Dims& dims, const std::string& bytes) {
    return constant_refusal([&](OnnxBuilder& o) { return raw_tensor(o, type, dims, bytes); });
  };
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_THAT(refusal(TensorProto::FLOAT, {-2, 3}, ""),
              HasSubstr("node \"reader\" (Reader): its input \"tensor_1\" (operand) is of "
                        "impossible shape -2x3; accepted: an initializer or Constant, or what "
                        "operators of arithmetic, layout and quantization make of such"));
  EXPECT_THAT(refusal(TensorProto::FLOAT, {huge, huge}, ""), HasSubstr("is of impossible shape"));
  EXPECT_THAT(refusal(TensorProto::FLOAT, {1 << 20, 1 << 20}, ""),
              HasSubstr("is of impossible shape 1048576x1048576"));
  EXPECT_THAT(refusal(TensorProto::INT8, {0, huge}, ""), HasSubstr("is of impossible shape"));
  EXPECT_THAT(refusal(TensorProto::INT8, {1 << 30}, ""),
              HasSubstr("is broken: 0 numbers or bytes for the shape 1073741824"));
  EXPECT_THAT(refusal(TensorProto::FLOAT, {2}, std::string(7, '\0')),
              HasSubstr("is broken: 7 numbers or bytes for the shape 2"));
  EXPECT_THAT(refusal(TensorProto::FLOAT16, {2}, std::string(3, '\0')), HasSubstr("is broken: 3"));
  EXPECT_THAT(refusal(kTypeInt4, {3}, std::string(1, '\0')), HasSubstr("is broken: 1"));
  EXPECT_THAT(refusal(kTypeInt4, {3}, std::string(3, '\0')), HasSubstr("is broken: 3"));
  EXPECT_THAT(refusal(TensorProto::STRING, {1}, "a"), HasSubstr("is of type STRING"));
  EXPECT_THAT(refusal(TensorProto::UNDEFINED, {1}, "a"), HasSubstr("is of type UNDEFINED"));
  EXPECT_THAT(refusal(17, {1}, "a"), HasSubstr("is of type FLOAT8E4M3FN"));
  EXPECT_THAT(refusal(99, {1}, "a"), HasSubstr("is of type number 99"));
  EXPECT_THAT(refusal(-1, {1}, "a"), HasSubstr("is of type number -1"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                TensorProto& tensor = o.add_tensor(TensorProto::UINT8, {1});
                tensor.add_int32_data(256);
                return tensor.name();
              }),
              HasSubstr("is broken: 256 among numbers of type UINT8"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                TensorProto& tensor = o.add_tensor(TensorProto::DOUBLE, {1});
                tensor.add_float_data(1);
                return tensor.name();
              }),
              HasSubstr("is broken: 0 numbers or bytes for the shape 1"));
  EXPECT_THAT(constant_refusal([](OnnxBuilder& o) {
                TensorProto& tensor = o.add_tensor(TensorProto::FLOAT, {1});
                tensor.mutable_segment()->set_begin(0);
                return tensor.name();
              }),
              HasSubstr("is a segment of a tensor"));
}

/// A folder with a model that reads one tensor of three floats from outside.
class OnnxExternalData : public ::testing::Test {
 protected:
  using Entries = std::vector<std::pair<std::string, std::string>>;

  OnnxExternalData() {
    folder_ = fs::path(::testing::TempDir()) / ("spikeloom-external-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "model" / "data");
    write(folder_ / "model" / "data" / "weights.bin", "abcd" + raw<float>({1, 2, 3}) + "tail");
    write(folder_ / "secret.bin", raw<float>({4, 5, 6}));
  }
  ~OnnxExternalData() override { fs::remove_all(folder_); }

  static void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  static std::string add_external(OnnxBuilder& o, const Entries& entries) {
    TensorProto& tensor = o.add_tensor(TensorProto::FLOAT, {3});
    tensor.set_data_location(TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto& entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    return tensor.name();
  }

  Values read(const Entries& entries) {
    OnnxBuilder o({-1, 1, 4, 4});
    o.node("Reader", {"image", add_external(o, entries)}, {}, "reader");
    const fs::path path = folder_ / "model" / "model.onnx";
    write(path, o.serialize());
    const OnnxGraph graph(path.string());
    return graph.constant(*graph.nodes().back(), 1, "operand").values;
  }

  std::string refusal(const Entries& entries) {
    return refusal_of([&] { read(entries); });
  }

  fs::path folder_;
};

TEST_F(OnnxExternalData, IsReadAtItsPlace) {
  const std::string file = "data/weights.bin";
  EXPECT_EQ(read({{"location", file}, {"offset", "4"}, {"length", "12"}}), (Values{1, 2, 3}));
  EXPECT_EQ(read({{"location", file}, {"offset", "4"}, {"checksum", "0"}}), (Values{1, 2, 3}));
  EXPECT_EQ(read({{"location", "data/../data/weights.bin"}, {"offset", "4"}}), (Values{1, 2, 3}));
  fs::create_symlink("weights.bin", folder_ / "model" / "data" / "link.bin");
  EXPECT_EQ(read({{"location", "data/link.bin"}, {"offset", "4"}}), (Values{1, 2, 3}));
}

TEST_F(OnnxExternalData, PathsThatTheSystemRefuses) {
  const std::string name(300, 'a');
  EXPECT_THAT(refusal({{"location", name}}),
              ::testing::HasSubstr("is stored in \"" + name +
                                   "\", which cannot be read (File name too long)"));
}

TEST_F(OnnxExternalData, OfAModelInTheWorkingDirectory) {
  const fs::path old = fs::current_path();
  fs::current_path(folder_ / "model");
  OnnxBuilder o({-1, 1, 4, 4});
  o.node("Reader", {"image", add_external(o, {{"location", "data/weights.bin"}, {"offset", "4"}})});
  write("here.onnx", o.serialize());
  const OnnxGraph graph("here.onnx");
  fs::current_path(old);
  EXPECT_EQ(graph.constant(*graph.nodes().back(), 1, "operand").values, (Values{1, 2, 3}));
}

TEST_F(OnnxExternalData, OfAConstantNode) {
  OnnxBuilder o({-1, 1, 4, 4});
  add_external(o, {{"location", "data/weights.bin"}, {"offset", "4"}});
  o.node("Constant", {}, {}, "constant");
  auto& attribute = *o.graph().mutable_node(0)->add_attribute();
  attribute.set_name("value");
  attribute.set_type(onnx::AttributeProto::TENSOR);
  *attribute.mutable_t() = o.graph().initializer(0);
  o.node("Reader", {"image", "constant"});
  const fs::path path = folder_ / "model" / "model.onnx";
  write(path, o.serialize());
  const OnnxGraph graph(path.string());
  EXPECT_EQ(graph.constant(*graph.nodes().back(), 1, "operand").values, (Values{1, 2, 3}));
}

TEST_F(OnnxExternalData, IsRefusedElsewhereOrTooShort) {
  const std::string file = "data/weights.bin";
  EXPECT_THAT(refusal({{"offset", "4"}}),
              HasSubstr("node \"reader\" (Reader): its input \"tensor_1\" (operand) is stored in "
                        "another file, which is not named"));
  EXPECT_THAT(refusal({{"location", "none.bin"}}),
              HasSubstr("is stored in \"none.bin\", which is not a file below the model's "
                        "directory"));
  EXPECT_THAT(refusal({{"location", "data"}}), HasSubstr("which is not a file below"));
  EXPECT_THAT(
      refusal({{"location", file}, {"offset", "9"}}),
      HasSubstr("is stored in \"data/weights.bin\", which has 20 bytes and not 12 from byte "
                "9 on"));
  EXPECT_THAT(refusal({{"location", file}, {"offset", "18446744073709551615"}}),
              HasSubstr("which has 20 bytes and not 12 from byte 18446744073709551615 on"));
  EXPECT_THAT(refusal({{"location", file}, {"length", "16"}}),
              HasSubstr("16 bytes, but has the shape for 12"));
  EXPECT_THAT(refusal({{"location", file}, {"offset", "-4"}}),
              HasSubstr("is stored in another file at the offset \"-4\", which is no number"));
  EXPECT_THAT(refusal({{"location", file}, {"length", "12b"}}), HasSubstr("the length \"12b\""));
  for (const std::string& path :
       {std::string("../secret.bin"), std::string("data/../../secret.bin"),
        (folder_ / "secret.bin").string(), std::string("/etc/passwd")}) {
    EXPECT_THAT(
        refusal({{"location", path}}),
        HasSubstr("is stored in \"" + path + "\", which is not below the model's directory"));
  }
  fs::create_symlink(folder_ / "secret.bin", folder_ / "model" / "escape.bin");
  EXPECT_THAT(refusal({{"location", "escape.bin"}}), HasSubstr("which is not below"));
}

}  // namespace
}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
// JSON of others: its depth, its size, and numbers that are no whole ones.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/cbor.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/json_integer.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/base/list_text.h"

namespace spikeloom::base {
namespace {

using Bytes = std::vector<std::uint8_t>;
using nlohmann::json;
using testing::HasSubstr;

/// Returns what a function throws, by its text.
template <typename Work>
std::string problem_of(const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

std::string parse_problem(const std::string& text) {
  return problem_of([&] { parse_json({text.begin(), text.end()}); });
}

std::string nested(std::size_t lists) { return std::string(lists, '[') + std::string(lists, ']'); }

TEST(JsonText, IsThatOfTheLibrary) {
  const std::string text = R"({"b": [1, -2.5, null], "a": {"c": "d"}})";
  EXPECT_EQ(parse_json({text.begin(), text.end()}), nlohmann::ordered_json::parse(text));
}

TEST(JsonText, DepthIsBounded) {
  EXPECT_EQ(parse_problem(nested(65)), "");
  EXPECT_THAT(parse_problem(nested(66)), HasSubstr("values are nested more than 64 deep"));
  // As deep as the library's own recursion would not survive.
  EXPECT_THAT(parse_problem(nested(1000000)), HasSubstr("values are nested more than 64 deep"));
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += R"({"a":)";
  EXPECT_THAT(parse_problem(objects), HasSubstr("values are nested more than 64 deep"));
}

TEST(JsonText, SizeIsBounded) {
  std::string text = "[0";
  for (std::size_t i = 0; i < kMaxJsonValues; ++i) text += ",0";
  EXPECT_THAT(parse_problem(text + "]"), HasSubstr("it has more than 4194304 values"));
}

TEST(JsonText, OtherTextIsRefused) {
  for (const char* text : {"", "{", "{\"a\": }", "[1, 2", "\xff", "nul"}) {
    EXPECT_THROW(parse_json(Bytes(text, text + std::string(text).size())), json::exception) << text;
  }
}

/// A file of `kind` with a body that this program does not write.
Bytes file_of(const Bytes& body) {
  return encode_piecewise(
      {FileKind::kSpikeProfile, 1, [&](CborWriter& writer) { writer.encoded(body); }});
}

TEST(CborBody, DepthAndSizeAreBoundedBeforeDecoding) {
  const auto problem = [](const Bytes& body) {
    return problem_of([&] { decode_envelope(file_of(body), "f"); });
  };
  Bytes deep(64, 0x81);  // a list of one item
  deep.push_back(0);
  EXPECT_EQ(problem(deep), "");
  EXPECT_EQ(problem(Bytes(1000000, 0x81)), "f: its body is not CBOR: items are nested too deeply");
  Bytes tags(1000000, 0xc1);
  EXPECT_EQ(problem(tags), "f: its body is not CBOR: items are nested too deeply");
  Bytes maps;
  for (int i = 0; i < 500000; ++i) maps.insert(maps.end(), {0xa1, 0x60});
  EXPECT_EQ(problem(maps), "f: its body is not CBOR: items are nested too deeply");
  Bytes many = {0x9a, 0, 0x40, 0, 0};  // 2^22 items, and the list itself
  many.resize(many.size() + kMaxJsonValues);
  EXPECT_EQ(problem(many), "f: its body is not CBOR: it holds more than 4194304 items");
  many[2] = 0x3f;  // fewer
  many.resize(5 + 0x3f0000);
  EXPECT_EQ(problem(many), "");
}

template <typename T>
std::string integer_problem(const json& value, T min, T max) {
  return problem_of([&] { json_integer<T>(value, "k", min, max); });
}

TEST(JsonInteger, IsAWholeNumberInItsRange) {
  EXPECT_EQ(json_integer<int>(json(7), "k"), 7);
  EXPECT_EQ(json_integer<int>(json(-7), "k"), -7);
  EXPECT_EQ(json_integer<int>(json(INT32_MIN), "k"), INT32_MIN);
  EXPECT_EQ(json_integer<int>(json(INT32_MAX), "k"), INT32_MAX);
  EXPECT_EQ(json_integer<std::uint64_t>(json(UINT64_MAX), "k"), UINT64_MAX);
  EXPECT_EQ(json_integer<std::int64_t>(json(INT64_MIN), "k"), INT64_MIN);
  EXPECT_EQ(integer_problem<int>(0, 1, 9), "k: got 0, allowed 1..9 (a whole number)");
  EXPECT_EQ(integer_problem<int>(10, 1, 9), "k: got 10, allowed 1..9 (a whole number)");
  EXPECT_EQ(integer_problem<int>(1, -9, -1), "k: got 1, allowed -9..-1 (a whole number)");
  EXPECT_EQ(integer_problem<std::uint32_t>(-1, 0, 9), "k: got -1, allowed 0..9 (a whole number)");
  EXPECT_EQ(integer_problem<int>(std::uint64_t{1} << 63, 0, 9),
            "k: got 9223372036854775808, allowed 0..9 (a whole number)");
  const std::string rest = ", allowed 0..9 (a whole number)";
  EXPECT_EQ(integer_problem<int>(0.5, 0, 9), "k: got 0.5" + rest);
  EXPECT_EQ(integer_problem<int>(std::nan(""), 0, 9), "k: got nan" + rest);
  EXPECT_EQ(integer_problem<int>(1e300, 0, 9), "k: got 1e+300" + rest);
  EXPECT_EQ(integer_problem<int>(true, 0, 9), "k: got true" + rest);
  EXPECT_EQ(integer_problem<int>("5", 0, 9), "k: got string" + rest);
  EXPECT_EQ(integer_problem<int>(nullptr, 0, 9), "k: got null" + rest);
  EXPECT_EQ(integer_problem<int>(json::array(), 0, 9), "k: got array" + rest);
}

TEST(ListText, SaysHowManyItLeavesOut) {
  EXPECT_EQ(list_text(std::vector<int>()), "");
  EXPECT_EQ(list_text(std::vector<int>{1, 2}, " x "), "1 x 2");
  EXPECT_EQ(list_text(std::vector<int>(10, 5)), "5, 5, 5, 5, 5, 5, 5, 5, 5, 5");
  EXPECT_EQ(list_text(std::vector<int>(11, 5)), "5, 5, 5, 5, 5, 5, 5, 5, 5, 5, and 1 more");
  EXPECT_EQ(list_text(std::vector<int>(1000, 5), "\n", 2), "5\n5\nand 998 more");
}

TEST(JsonText, BytesThatAreNotUtf8AreReplaced) {
  const nlohmann::ordered_json value = {{"name", "caf\xe9"}, {"next", "caf\xc3\xa9"}};
  EXPECT_EQ(json_text(value), "{\"name\":\"caf\xef\xbf\xbd\",\"next\":\"caf\xc3\xa9\"}");
  EXPECT_EQ(json_text(nlohmann::json{1}, 2), "[\n  1\n]");
}

}  // namespace
}  // namespace spikeloom::base

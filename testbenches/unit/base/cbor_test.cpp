// SPDX-License-Identifier: Apache-2.0
// CBOR written item by item, against nlohmann::json's, and read in place.
#include "spikeloom/base/cbor.h"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"

namespace spikeloom::base {
namespace {

using Bytes = std::vector<std::uint8_t>;

template <typename Write>
Bytes written(Write write) {
  Bytes bytes;
  CborWriter writer(
      [&](ByteView more) { bytes.insert(bytes.end(), more.data, more.data + more.size); });
  write(writer);
  return bytes;
}

/// Around each length at which an item's head gets longer.
const std::vector<std::uint64_t> kNumbers = {
    0, 1, 23, 24, 255, 256, 65535, 65536, UINT32_MAX, std::uint64_t{UINT32_MAX} + 1, UINT64_MAX};

TEST(CborWriter, WritesWhatJsonWrites) {
  for (const std::uint64_t number : kNumbers) {
    EXPECT_EQ(written([&](CborWriter& writer) { writer.number(number); }),
              nlohmann::json::to_cbor(number));
  }
  for (const std::size_t length : {0, 1, 23, 24, 255, 256, 65535, 65536}) {
    const std::string text(length, 'x');
    const Bytes bytes(length, 7);
    const nlohmann::json list(length, 5);
    EXPECT_EQ(written([&](CborWriter& writer) { writer.text(text); }),
              nlohmann::json::to_cbor(text));
    EXPECT_EQ(written([&](CborWriter& writer) { writer.binary(bytes); }),
              nlohmann::json::to_cbor(nlohmann::json::binary(bytes)));
    EXPECT_EQ(written([&](CborWriter& writer) {
                writer.array(length);
                for (std::size_t i = 0; i < length; ++i) writer.number(5);
              }),
              nlohmann::json::to_cbor(list));
  }
  const nlohmann::json json = {{"a", {1, -5, 2.5, nullptr, true}},
                               {"list", pack(std::vector<std::uint32_t>{1, UINT32_MAX})},
                               {"z", {{"deep", "er"}}}};
  EXPECT_EQ(written([&](CborWriter& writer) {
              writer.map(3);
              writer.text("a");
              writer.json(json["a"]);
              writer.text("list");
              writer.packed(std::vector<std::uint32_t>{1, UINT32_MAX});
              writer.text("z");
              writer.json(json["z"]);
            }),
            nlohmann::json::to_cbor(json));
}

TEST(CborItem, ReadsWhatJsonWrites) {
  const nlohmann::json json = {{"floats", {1.5, 1e300, -0.0}},
                               {"list", {-1, 24, "text", nullptr, false}},
                               {"numbers", kNumbers},
                               {"packed", pack(std::vector<std::uint16_t>{3, 65535})}};
  const Bytes bytes = nlohmann::json::to_cbor(json);
  const CborItem item = CborItem::whole(bytes);
  EXPECT_EQ(item.json(), json);
  EXPECT_EQ(item.at("packed").unpacked<std::uint16_t>(), (std::vector<std::uint16_t>{3, 65535}));
  EXPECT_THROW(item.at("packed").unpacked<std::uint64_t>(), std::invalid_argument);
  EXPECT_EQ(item.at("packed").binary().size, 4U);
  const std::vector<CborItem> numbers = item.at("numbers").items();
  ASSERT_EQ(numbers.size(), kNumbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i].number(), kNumbers[i]);
  const std::vector<CborItem> list = item.at("list").items();
  ASSERT_EQ(list.size(), 5U);
  EXPECT_EQ(list[0].number(), std::nullopt);
  EXPECT_EQ(list[2].text(), "text");
  EXPECT_EQ(list[3].json(), nullptr);
  EXPECT_EQ(item.at("floats").json(), json["floats"]);
}

TEST(CborItem, RefusesAnotherType) {
  const Bytes bytes = nlohmann::json::to_cbor({{"text", "t"}, {"list", {1}}});
  const CborItem item = CborItem::whole(bytes);
  EXPECT_THROW(item.at("none"), std::out_of_range);
  EXPECT_THROW(item.items(), std::invalid_argument);
  EXPECT_THROW(item.text(), std::invalid_argument);
  EXPECT_THROW(item.at("text").binary(), std::invalid_argument);
  EXPECT_THROW(item.at("text").at("x"), std::invalid_argument);
  EXPECT_EQ(item.at("text").number(), std::nullopt);
}

std::string problem(const std::function<void()>& read) {
  try {
    read();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(CborItem, SaysWhatIsWrong) {
  const auto whole = [](const Bytes& bytes) { return problem([&] { CborItem::whole(bytes); }); };
  EXPECT_EQ(whole({0x82, 0x01}), "ends inside an item");
  EXPECT_EQ(whole({0x01, 0x01}), "more bytes follow");
  EXPECT_EQ(whole({0x9f, 0x01, 0xff}), "an item of a form that this program does not write");
  const Bytes bytes = nlohmann::json::to_cbor({{"list", {1}}, {"packed", pack(Bytes{1, 2, 3})}});
  const CborItem item = CborItem::whole(bytes);
  EXPECT_EQ(problem([&] { item.items(); }), "expected a list");
  EXPECT_EQ(problem([&] { item.text(); }), "expected a text");
  EXPECT_EQ(problem([&] { item.binary(); }), "expected a byte string");
  EXPECT_EQ(problem([&] { item.at("list").at("x"); }), "expected a map");
  EXPECT_EQ(problem([&] { item.at("packed").unpacked<std::uint16_t>(); }),
            "a list has an invalid length");
}

TEST(CborItem, RefusesWhatIsNotWhole) {
  const Bytes good =
      nlohmann::json::to_cbor({{"a", {1, 300, "text"}}, {"b", pack(Bytes(300, 1))}, {"c", 2.5}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Bytes part(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(CborItem::whole(part), std::invalid_argument) << size;
  }
  Bytes more = good;
  more.push_back(0);
  EXPECT_THROW(CborItem::whole(more), std::invalid_argument);
  // Lengths beyond all memory, an item of indefinite length, and items without end.
  for (const Bytes& bytes :
       std::vector<Bytes>{{0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0},
                          {0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0},
                          {0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0},
                          {0x9f, 0x01, 0xff},
                          {0x1c},
                          Bytes(100000, 0x81)}) {
    EXPECT_THROW(CborItem::whole(bytes), std::invalid_argument);
  }
}

TEST(Envelope, PiecewiseAndAtOnceAreTheSame) {
  const nlohmann::json body = {{"a", 1}, {"b", pack(Bytes(5000, 9))}};
  const Bytes at_once = encode_envelope({FileKind::kDeployment, 3, body});
  const PiecewiseEnvelope pieces{FileKind::kDeployment, 3, [&](CborWriter& writer) {
                                   writer.map(2);
                                   writer.text("a");
                                   writer.number(1);
                                   writer.text("b");
                                   writer.binary(Bytes(5000, 9));
                                 }};
  EXPECT_EQ(encode_piecewise(pieces), at_once);
  Bytes sunk;
  write_envelope(pieces,
                 [&](ByteView more) { sunk.insert(sunk.end(), more.data, more.data + more.size); });
  EXPECT_EQ(sunk, at_once);
  EXPECT_EQ(open_body(at_once, "f", FileKind::kDeployment, 3).json(), body);
  EXPECT_THROW(open_body(at_once, "f", FileKind::kSpikeProfile, 3), UserError);
  EXPECT_THROW(open_body(at_once, "f", FileKind::kDeployment, 4), UserError);
  const Bytes no_cbor = encode_piecewise(
      {FileKind::kDeployment, 3, [](CborWriter& writer) { writer.encoded(Bytes{0xff}); }});
  EXPECT_THROW(open_body(no_cbor, "f", FileKind::kDeployment, 3), UserError);
}

}  // namespace
}  // namespace spikeloom::base

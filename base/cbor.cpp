// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/cbor.h"

#include <array>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/json_text.h"

namespace spikeloom::base {
namespace {

constexpr unsigned kMajorShift = 5;
constexpr std::uint8_t kDetailMask = (1U << kMajorShift) - 1;
constexpr std::uint8_t kOneByte = 24;  ///< from this detail on, 1, 2, 4 or 8 bytes follow
constexpr std::uint8_t kEightBytes = 27;

[[noreturn]] void fail_for_end() { throw std::invalid_argument("ends inside an item"); }

}  // namespace

void CborWriter::head(Major major, std::uint64_t argument) {
  std::array<std::uint8_t, 9> bytes{};
  const auto type = static_cast<std::uint8_t>(major << kMajorShift);
  if (argument < kOneByte) {
    bytes[0] = static_cast<std::uint8_t>(type | argument);
    sink_({bytes.data(), 1});
    return;
  }
  std::uint8_t detail = kOneByte;
  std::size_t count = 1;
  while (count < 8 && argument >> (8 * count) != 0) {
    count *= 2;
    ++detail;
  }
  bytes[0] = static_cast<std::uint8_t>(type | detail);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[count - i] = static_cast<std::uint8_t>(argument >> (8 * i));
  }
  sink_({bytes.data(), 1 + count});
}

void CborWriter::text(std::string_view value) {
  head(kText, value.size());
  sink_({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
}

void CborWriter::binary(ByteView bytes) {
  head(kBinary, bytes.size);
  sink_(bytes);
}

void CborWriter::json(const nlohmann::json& value) { encoded(nlohmann::json::to_cbor(value)); }

CborItem CborItem::whole(ByteView bytes) {
  const CborItem item(bytes.data, bytes.data + bytes.size);
  if (item.end() != item.limit_) throw std::invalid_argument("more bytes follow");
  return item;
}

CborItem::Head CborItem::head() const {
  if (begin_ == limit_) fail_for_end();
  Head head{static_cast<CborWriter::Major>(*begin_ >> kMajorShift),
            static_cast<std::uint8_t>(*begin_ & kDetailMask), 0, begin_ + 1};
  if (head.detail < kOneByte) {
    head.argument = head.detail;
    return head;
  }
  if (head.detail > kEightBytes) {
    throw std::invalid_argument("an item of a form that this program does not write");
  }
  const int count = 1 << (head.detail - kOneByte);
  if (limit_ - head.end < count) fail_for_end();
  for (int i = 0; i < count; ++i) head.argument = head.argument << 8 | *head.end++;
  return head;
}

CborItem::Head CborItem::head(CborWriter::Major major, const char* what) const {
  const Head result = head();
  if (result.major != major) throw std::invalid_argument(fmt::format("expected {}", what));
  return result;
}

const std::uint8_t* CborItem::end() const {
  std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
  return end(left);
}

const std::uint8_t* CborItem::end(std::uint64_t& left, int depth) const {
  if (depth > kMaxJsonDepth) throw std::invalid_argument("items are nested too deeply");
  if (left == 0) {
    throw std::invalid_argument(fmt::format("it holds more than {} items", kMaxJsonValues));
  }
  --left;
  const Head own = head();
  const auto after = [&](const std::uint8_t* at, std::uint64_t items) {
    for (; items != 0; --items) at = CborItem(at, limit_).end(left, depth + 1);
    return at;
  };
  switch (own.major) {
    case CborWriter::kUnsigned:
    case CborWriter::kNegative:
    case CborWriter::kSimple:
      return own.end;
    case CborWriter::kBinary:
    case CborWriter::kText:
      if (static_cast<std::uint64_t>(limit_ - own.end) < own.argument) fail_for_end();
      return own.end + own.argument;
    case CborWriter::kArray:
      return after(own.end, own.argument);
    case CborWriter::kMap:
      return after(after(own.end, own.argument), own.argument);
    case CborWriter::kTag:
      return after(own.end, 1);
  }
  throw std::logic_error("CBOR: a major type has three bits");
}

CborItem CborItem::at(std::string_view key) const {
  const Head own = head(CborWriter::kMap, "a map");
  const std::uint8_t* at = own.end;
  for (std::uint64_t i = 0; i < own.argument; ++i) {
    const CborItem name(at, limit_);
    const CborItem value(name.end(), limit_);
    if (name.head().major == CborWriter::kText && name.text() == key) return value;
    at = value.end();
  }
  throw std::out_of_range(fmt::format("key '{}' not found", key));
}

std::vector<CborItem> CborItem::items() const {
  const Head own = head(CborWriter::kArray, "a list");
  std::vector<CborItem> result;
  const std::uint8_t* at = own.end;
  for (std::uint64_t i = 0; i < own.argument; ++i) {
    result.push_back({at, limit_});
    at = result.back().end();
  }
  return result;
}

std::optional<std::uint64_t> CborItem::number() const {
  const Head own = head();
  if (own.major != CborWriter::kUnsigned) return std::nullopt;
  return own.argument;
}

std::string CborItem::text() const {
  const Head own = head(CborWriter::kText, "a text");
  return {reinterpret_cast<const char*>(own.end), own.argument};
}

ByteView CborItem::binary() const {
  const Head own = head(CborWriter::kBinary, "a byte string");
  return {own.end, own.argument};
}

nlohmann::json CborItem::json() const {
  std::uint64_t left = kMaxJsonValues;
  return nlohmann::json::from_cbor(begin_, end(left));
}

}  // namespace spikeloom::base

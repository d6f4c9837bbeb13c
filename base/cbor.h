// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace spikeloom::base {

/// Bytes that belong to someone else.
struct ByteView {
  ByteView() = default;
  ByteView(const std::uint8_t* first, std::size_t count) : data(first), size(count) {}
  ByteView(const std::vector<std::uint8_t>& bytes) : ByteView(bytes.data(), bytes.size()) {}

  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
};

/// Takes the next bytes of a file.
using ByteSink = std::function<void(ByteView)>;

/// Writes CBOR (RFC 8949) item by item, the same bytes as nlohmann::json::to_cbor of the whole,
/// whose maps are in ascending order of their keys. The caller keeps that order.
class CborWriter {
 public:
  explicit CborWriter(ByteSink sink) : sink_(std::move(sink)) {}

  /// Begins a map, whose keys (text) and values follow in turn.
  void map(std::size_t entries) { head(kMap, entries); }
  /// Begins an array, whose items follow.
  void array(std::size_t items) { head(kArray, items); }
  void number(std::uint64_t value) { head(kUnsigned, value); }
  void text(std::string_view value);
  void binary(ByteView bytes);
  /// Writes numbers as a byte string, little-endian.
  template <typename T>
  void packed(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    binary({reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
  }
  void json(const nlohmann::json& value);
  /// Writes an item that is encoded already.
  void encoded(ByteView item) { sink_(item); }

 private:
  friend class CborItem;
  /// Major types.
  enum Major : std::uint8_t {
    kUnsigned = 0,
    kNegative = 1,
    kBinary = 2,
    kText = 3,
    kArray = 4,
    kMap = 5,
    kTag = 6,
    kSimple = 7
  };
  void head(Major major, std::uint64_t argument);

  ByteSink sink_;
};

/// An item of CBOR, read where it lies. Functions throw std::invalid_argument if the item is of
/// another type. Items of indefinite length, which CborWriter never writes, are refused, and so are
/// items within more than 64 others.
class CborItem {
 public:
  /// Returns the item that fills all bytes, which must outlive it. Throws std::invalid_argument
  /// unless it is well-formed.
  static CborItem whole(ByteView bytes);

  /// Returns the value of a key of a map. Throws std::out_of_range if there is none.
  CborItem at(std::string_view key) const;
  /// Returns the items of an array.
  std::vector<CborItem> items() const;
  /// Returns nothing unless the item is an unsigned number.
  std::optional<std::uint64_t> number() const;
  std::string text() const;
  ByteView binary() const;
  /// Returns the numbers of a byte string that CborWriter::packed wrote.
  template <typename T>
  std::vector<T> unpacked() const {
    static_assert(std::is_trivially_copyable_v<T>);
    const ByteView bytes = binary();
    if (bytes.size % sizeof(T) != 0) throw std::invalid_argument("a list has an invalid length");
    std::vector<T> values(bytes.size / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data, bytes.size);
    return values;
  }
  /// Decodes the item. Throws std::invalid_argument if it holds more than kMaxJsonValues items,
  /// nlohmann::json::exception if JSON has no such item.
  nlohmann::json json() const;

 private:
  struct Head {
    CborWriter::Major major;
    std::uint8_t detail;     ///< low bits of the first byte
    std::uint64_t argument;  ///< number, length or count
    const std::uint8_t* end;
  };
  CborItem(const std::uint8_t* begin, const std::uint8_t* limit) : begin_(begin), limit_(limit) {}
  Head head() const;
  Head head(CborWriter::Major major, const char* what) const;
  /// Returns the end of the item, with `depth` items around it. Takes the items in it from `left`;
  /// throws std::invalid_argument if there are more.
  const std::uint8_t* end(std::uint64_t& left, int depth = 0) const;
  /// Returns the end of the item, whatever it holds.
  const std::uint8_t* end() const;

  const std::uint8_t* begin_;
  const std::uint8_t* limit_;
};

}  // namespace spikeloom::base

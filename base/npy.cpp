// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/npy.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/list_text.h"

namespace spikeloom::base {
namespace {

constexpr std::string_view kNpyMagic("\x93NUMPY", 6);
constexpr std::size_t kAlignment = 64;

/// Returns the text after 'key': in the header's dictionary.
std::string_view value_of(std::string_view dictionary, std::string_view key) {
  const std::size_t at = dictionary.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos)
    throw std::invalid_argument("its header has no " + std::string(key));
  std::string_view value = dictionary.substr(at + key.size() + 3);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

std::vector<std::size_t> parse_shape(std::string_view text) {
  std::vector<std::size_t> shape;
  const std::size_t end = text.find(')');
  if (text.empty() || text[0] != '(' || end == std::string_view::npos) {
    throw std::invalid_argument("its shape cannot be read");
  }
  for (text = text.substr(1, end - 1); !text.empty();) {
    std::size_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) throw std::invalid_argument("its shape cannot be read");
    shape.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
  }
  return shape;
}

/// Whether the elements of `type` are numbers of more than one byte, highest byte first.
bool is_big_endian_number(std::string_view type) {
  return type[0] == '>' && std::string_view("iuf").find(type[1]) != std::string_view::npos;
}

/// Returns the size in bytes of an element of `type`, such as "<i4" or "<U12".
std::size_t element_bytes(std::string_view type) {
  if (type.size() > 1 && type[1] == 'O') {
    throw std::invalid_argument(fmt::format(
        "type {}: Python objects (pickle) are not supported, allowed are numbers", type));
  }
  std::size_t count = 0;
  if (type.size() > 2) std::from_chars(type.data() + 2, type.data() + type.size(), count);
  constexpr std::size_t kMaxElement = std::size_t{1} << 30;
  if (count == 0 || count > kMaxElement ||
      (type[0] != '<' && type[0] != '|' && !is_big_endian_number(type))) {
    throw std::invalid_argument(fmt::format("type {} cannot be read", type));
  }
  return type[1] == 'U' ? count * 4 : count;
}

std::string parse_type(std::string_view text) {
  if (!text.empty() && text[0] == '[') {
    throw std::invalid_argument("its elements are structures, allowed are numbers");
  }
  const std::size_t quote = text.find('\'', 1);
  if (text.empty() || text[0] != '\'' || quote == std::string_view::npos) {
    throw std::invalid_argument("its type cannot be read");
  }
  return std::string(text.substr(1, quote - 1));
}

bool parse_fortran_order(std::string_view text) {
  if (text.substr(0, 5) == "False") return false;
  if (text.substr(0, 4) == "True") return true;
  throw std::invalid_argument("its order cannot be read");
}

/// Reorders elements of `width` bytes from Fortran order (the first index varies fastest) to C
/// order.
std::vector<std::uint8_t> to_c_order(const std::vector<std::uint8_t>& data,
                                     const std::vector<std::size_t>& shape, std::size_t width) {
  std::vector<std::size_t> strides;
  std::size_t stride = width;
  for (const std::size_t size : shape) {
    strides.push_back(stride);
    stride *= size;
  }
  std::vector<std::uint8_t> result;
  result.reserve(data.size());
  std::vector<std::size_t> index(shape.size());
  std::size_t from = 0;
  while (result.size() < data.size()) {
    const auto begin = data.begin() + static_cast<std::ptrdiff_t>(from);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
    for (std::size_t d = shape.size(); d-- > 0;) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= index[d] * strides[d];
      index[d] = 0;
    }
  }
  return result;
}

}  // namespace

std::size_t NpyArray::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::string NpyArray::shape_text() const { return list_text(shape, " x "); }

std::string npy_header(const std::string& type, const std::vector<std::size_t>& shape) {
  std::string dictionary =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                  fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t kPrefix = 10;
  while ((kPrefix + dictionary.size() + 1) % kAlignment != 0) dictionary += ' ';
  dictionary += '\n';
  std::string header(kNpyMagic);
  header += '\x01';
  header += '\0';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

NpyArray parse_npy(std::vector<std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() < 12 || text.substr(0, kNpyMagic.size()) != kNpyMagic || bytes[6] < 1 ||
      bytes[6] > 2) {
    throw std::invalid_argument("not a NumPy array of format 1.0 or 2.0");
  }
  const bool wide = bytes[6] == 2;
  const std::size_t prefix = wide ? 12 : 10;
  std::size_t length = bytes[8] | std::size_t{bytes[9]} << 8;
  if (wide) length |= std::size_t{bytes[10]} << 16 | std::size_t{bytes[11]} << 24;
  if (length > text.size() - prefix) throw std::invalid_argument("its header is cut off");
  const std::string_view dictionary = text.substr(prefix, length);
  const bool fortran_order = parse_fortran_order(value_of(dictionary, "fortran_order"));
  NpyArray array;
  array.type = parse_type(value_of(dictionary, "descr"));
  const std::size_t width = element_bytes(array.type);
  array.shape = parse_shape(value_of(dictionary, "shape"));
  std::size_t left = std::numeric_limits<std::size_t>::max();
  for (const std::size_t size : array.shape) {
    if (size > left) throw std::invalid_argument("its shape cannot be read");
    if (size != 0) left /= size;
  }
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(prefix + length));
  array.data = std::move(bytes);
  if (array.data.size() / width != array.size() || array.data.size() % width != 0) {
    throw std::invalid_argument("it has more or less data than its shape says");
  }
  if (fortran_order) array.data = to_c_order(array.data, array.shape, width);
  if (is_big_endian_number(array.type)) {
    swap_bytes(array.data, width);
    array.type[0] = '<';
  }
  return array;
}

void swap_bytes(std::vector<std::uint8_t>& data, std::size_t width) {
  for (auto at = data.begin(); at != data.end(); at += static_cast<std::ptrdiff_t>(width)) {
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
  }
}

}  // namespace spikeloom::base

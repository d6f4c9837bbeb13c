// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/npy.h"

#include <charconv>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace spikeloom::base {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
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

/// Returns the size in bytes of an element of `type`, such as "<i4" or "<U12".
std::size_t element_bytes(std::string_view type) {
  std::size_t count = 0;
  if (type.size() > 2) std::from_chars(type.data() + 2, type.data() + type.size(), count);
  if (count == 0 || (type[0] != '<' && type[0] != '|')) {
    throw std::invalid_argument(fmt::format("type {} cannot be read", type));
  }
  return type[1] == 'U' ? count * 4 : count;
}

}  // namespace

std::size_t NpyArray::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::string npy_header(const std::string& type, const std::vector<std::size_t>& shape) {
  std::string dictionary =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                  fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t kPrefix = 10;
  while ((kPrefix + dictionary.size() + 1) % kAlignment != 0) dictionary += ' ';
  dictionary += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\0';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

NpyArray parse_npy(const std::vector<std::uint8_t>& bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() < 12 || text.substr(0, kMagic.size()) != kMagic || bytes[6] < 1 || bytes[6] > 2) {
    throw std::invalid_argument("not a NumPy array of format 1.0 or 2.0");
  }
  const bool wide = bytes[6] == 2;
  const std::size_t prefix = wide ? 12 : 10;
  std::size_t length = bytes[8] | std::size_t{bytes[9]} << 8;
  if (wide) length |= std::size_t{bytes[10]} << 16 | std::size_t{bytes[11]} << 24;
  if (length > text.size() - prefix) throw std::invalid_argument("its header is cut off");
  const std::string_view dictionary = text.substr(prefix, length);
  if (value_of(dictionary, "fortran_order").substr(0, 5) != "False") {
    throw std::invalid_argument("it is in Fortran order");
  }
  NpyArray array;
  const std::string_view type = value_of(dictionary, "descr");
  const std::size_t quote = type.find('\'', 1);
  if (type.empty() || type[0] != '\'' || quote == std::string_view::npos) {
    throw std::invalid_argument("its type cannot be read");
  }
  array.type = type.substr(1, quote - 1);
  array.shape = parse_shape(value_of(dictionary, "shape"));
  std::size_t left = std::numeric_limits<std::size_t>::max();
  for (const std::size_t size : array.shape) {
    if (size > left) throw std::invalid_argument("its shape cannot be read");
    if (size != 0) left /= size;
  }
  array.data.assign(bytes.begin() + static_cast<std::ptrdiff_t>(prefix + length), bytes.end());
  if (array.data.size() / element_bytes(array.type) != array.size() ||
      array.data.size() % element_bytes(array.type) != 0) {
    throw std::invalid_argument("it has more or less data than its shape says");
  }
  return array;
}

}  // namespace spikeloom::base

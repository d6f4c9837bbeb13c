// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/keyed_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"

namespace spikeloom::base {
namespace {

constexpr std::size_t kChecksumDigits = 8;

std::string checksum_text(const std::vector<std::uint8_t>& bytes) {
  return fmt::format("{:0{}x}", checksum(bytes), kChecksumDigits);
}

void append(std::vector<std::uint8_t>& bytes, const std::string& text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

/// Removes `text` from the end of `bytes`. Returns whether it was there.
bool remove_end(std::vector<std::uint8_t>& bytes, const std::string& text) {
  if (bytes.size() < text.size()) return false;
  const auto end = bytes.end() - static_cast<std::ptrdiff_t>(text.size());
  if (!std::equal(text.begin(), text.end(), end)) return false;
  bytes.erase(end, bytes.end());
  return true;
}

}  // namespace

void write_keyed_file(const std::string& path, std::vector<std::uint8_t> bytes,
                      const std::string& key) {
  append(bytes, key);
  append(bytes, checksum_text(bytes));
  write_file(path, bytes);
}

std::optional<std::vector<std::uint8_t>> read_keyed_file(const std::string& path,
                                                         const std::string& key) {
  // A pipe would never end.
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  try {
    bytes = read_file(path);
  } catch (const UserError&) {
    return std::nullopt;
  }
  if (bytes.size() < kChecksumDigits) return std::nullopt;
  const std::string found(bytes.end() - kChecksumDigits, bytes.end());
  bytes.resize(bytes.size() - kChecksumDigits);
  if (found != checksum_text(bytes) || !remove_end(bytes, key)) return std::nullopt;
  return bytes;
}

}  // namespace spikeloom::base

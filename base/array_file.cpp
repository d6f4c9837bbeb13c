// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/array_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/idx_file.h"
#include "spikeloom/base/npz.h"

namespace spikeloom::base {
namespace {

constexpr std::string_view kArchiveSuffix = ".npz";

/// Returns the first bytes of a file, fewer if it is shorter.
std::string read_begin(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw UserError(path + ": cannot be read: a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  std::array<char, 6> bytes{};
  file.read(bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(file.gcount())};
}

bool begins_with(const std::string& text, std::string_view begin) {
  return text.compare(0, begin.size(), begin) == 0;
}

}  // namespace

ArrayFile ArrayFile::parse(const std::string& text) {
  const std::size_t at = text.rfind(std::string(kArchiveSuffix) + ":");
  if (at == std::string::npos) return {text, ""};
  const std::size_t colon = at + kArchiveSuffix.size();
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string ArrayFile::text() const { return key.empty() ? path : path + ":" + key; }

NpyArray ArrayFile::read() const {
  const std::string begin = read_begin(path);
  if (begins_with(begin, "PK\x03\x04")) return read_npz_array(path, key);
  if (!key.empty()) throw UserError(fmt::format("{}: not a NumPy archive (.npz)", path));
  if (begins_with(begin, "\x93NUMPY")) {
    try {
      return parse_npy(read_file(path));
    } catch (const std::invalid_argument& error) {
      throw UserError(fmt::format("{}: {}", path, error.what()));
    }
  }
  if (begins_with(begin, std::string_view("\0\0", 2)) || begins_with(begin, "\x1f\x8b")) {
    return read_idx(path);
  }
  throw UserError(fmt::format(
      "{}: not an array file, allowed NumPy .npy and .npz, and IDX, plain or gzip-compressed",
      path));
}

}  // namespace spikeloom::base

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

namespace spikeloom::base {

namespace fs = std::filesystem;

namespace {

/// Returns the path that symbolic links lead to, whether it exists or not.
fs::path followed(fs::path path) {
  constexpr int kMostLinks = 40;  // of the system
  std::error_code none;
  for (int i = 0; i < kMostLinks && fs::is_symlink(path, none); ++i) {
    path = path.parent_path() / fs::read_symlink(path, none);
  }
  return path;
}

}  // namespace

UserError unwritable(const std::string& path, std::error_code cause) {
  return UserError(fmt::format("{}: cannot be written: {}", path, cause.message()));
}

UserError unwritable(const std::string& path) {
  return unwritable(path, {errno, std::generic_category()});
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  const std::streamoff size = file.tellg();
  if (size < 0 || size > (std::streamoff{1} << 40)) {
    throw UserError(path + ": cannot be read: not a regular file");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) throw UserError(path + ": cannot be read to its end");
  return bytes;
}

void write_file(const std::string& path, std::string_view text) {
  std::error_code none;
  const fs::path target = followed(path);
  const fs::file_status status = fs::status(path, none);
  const bool replaced = !fs::exists(status) || fs::is_regular_file(status);
  const std::string written =
      replaced ? fmt::format("{}.{}.tmp", target.string(), ::getpid()) : path;
  std::ofstream file(written, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (file && (!replaced || std::rename(written.c_str(), target.c_str()) == 0)) return;
  const UserError error = unwritable(path);
  if (replaced) std::remove(written.c_str());
  throw error;
}

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace spikeloom::base

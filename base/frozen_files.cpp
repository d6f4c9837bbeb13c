// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/frozen_files.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {
namespace {

thread_local FrozenFiles* newest_frozen = nullptr;

/// Bound of a file, so that a device or a file of other content does not fill the memory.
constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  if (std::filesystem::is_directory(path)) throw UserError(path + ": cannot be read: a directory");
  std::string text;
  std::array<char, 65536> bytes{};
  do {
    file.read(bytes.data(), bytes.size());
    text.append(bytes.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxTextBytes) {
      throw UserError(
          fmt::format("{}: longer than {} MiB, which no settings are", path, kMaxTextBytes >> 20));
    }
  } while (file);
  return text;
}

}  // namespace

FrozenFiles::FrozenFiles(Texts texts) : texts_(std::move(texts)), outer_(newest_frozen) {
  newest_frozen = this;
}

FrozenFiles::~FrozenFiles() { newest_frozen = outer_; }

std::string config_text(const std::string& path) {
  if (newest_frozen == nullptr) return read_text(path);
  const auto known = newest_frozen->texts_.find(path);
  if (known != newest_frozen->texts_.end()) return known->second;
  return newest_frozen->texts_.emplace(path, read_text(path)).first->second;
}

}  // namespace spikeloom::base

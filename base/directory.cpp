// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/directory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {

void make_directory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return;
  throw UserError(fmt::format("{}: cannot be created: {}", path.string(), error.message()));
}

std::filesystem::path system_directory() {
  std::error_code error;
  std::filesystem::path path = std::filesystem::temp_directory_path(error);
  if (!error) return path;
  const char* const given = std::getenv("TMPDIR");
  throw UserError(fmt::format("TMPDIR: got {}, allowed a directory: {}",
                              given == nullptr ? "nothing" : given, error.message()));
}

TemporaryDirectory::TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  make_directory(path_);
}

TemporaryDirectory TemporaryDirectory::create_in_system() {
  std::string pattern = (system_directory() / "spikeloom-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw UserError(fmt::format("{}: cannot be created: {}", pattern, std::strerror(errno)));
  }
  return {pattern, IsMade{}};
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace spikeloom::base

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/cache_directory.h"

#include <cstdlib>

namespace spikeloom::base {
namespace {

namespace fs = std::filesystem;

/// Returns the path in an environment variable; an empty one counts as not set.
std::optional<fs::path> path_in(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text;
}

}  // namespace

std::optional<fs::path> cache_directory(const std::string& name) {
  if (const auto cache = path_in("XDG_CACHE_HOME")) return *cache / "spikeloom" / name;
  if (const auto home = path_in("HOME")) return *home / ".cache" / "spikeloom" / name;
  return std::nullopt;
}

}  // namespace spikeloom::base

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace spikeloom::base {

/// Returns $XDG_CACHE_HOME/spikeloom/NAME, or ~/.cache/spikeloom/NAME: the directory for files of
/// one kind that can be made again. Returns nullopt if neither XDG_CACHE_HOME nor HOME is set. Does
/// not create it.
std::optional<std::filesystem::path> cache_directory(const std::string& name);

}  // namespace spikeloom::base

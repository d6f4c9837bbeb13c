// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::cli {

/// Returns a completion script for bash (4.4 or later): sub-commands, options, their words and
/// files.
std::string bash_completion();

}  // namespace spikeloom::cli

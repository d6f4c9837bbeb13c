// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::cli {

/// A function that completes the program's command line in zsh, with explanations; for a file named
/// _spikeloom in $fpath.
std::string zsh_completion();

}  // namespace spikeloom::cli

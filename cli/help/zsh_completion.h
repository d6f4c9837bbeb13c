// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::cli {

/// Returns a completion function for zsh with explanations, to be saved as _spikeloom in $fpath.
std::string zsh_completion();

}  // namespace spikeloom::cli

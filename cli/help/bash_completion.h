// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::cli {

/// A script that completes the program's command line in bash (4.4 or later): sub-commands,
/// options, their words and files.
std::string bash_completion();

}  // namespace spikeloom::cli

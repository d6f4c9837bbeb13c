// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/command_line/command.h"

namespace spikeloom::cli {

/// Returns the text of `spikeloom --help`, in lines of at most 80 columns.
std::string program_help();

/// Returns, for example, "spikeloom map NETWORK --chip CHIP.yaml [OPTION]...".
std::string usage(const Command& command);

/// Returns the text of `spikeloom COMMAND --help`, in lines of at most 80 columns.
std::string command_help(const Command& command);

}  // namespace spikeloom::cli

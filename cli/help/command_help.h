// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/command_line/command.h"

namespace spikeloom::cli {

/// What `spikeloom --help` prints: lines of at most 80 columns, as the next.
std::string program_help();

/// "spikeloom map NETWORK --chip CHIP.yaml [OPTION]..."
std::string usage(const Command& command);

/// What `spikeloom COMMAND --help` prints.
std::string command_help(const Command& command);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/command_line/command.h"

namespace spikeloom::cli {

/// Parses `arguments` and runs the command, or prints its help. Returns the exit status; throws
/// base::UserError, also for an invalid command line.
int dispatch(const Command& command, const std::vector<std::string>& arguments);

}  // namespace spikeloom::cli

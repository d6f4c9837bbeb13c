// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "testbenches/spikeloom/command_line/command.h"

namespace spikeloom::program {

/// Parses `arguments` and runs the command, or prints its help. Returns the exit status; throws
/// common::UserError for a wrong command line too.
int dispatch(const Command& command, const std::vector<std::string>& arguments);

}  // namespace spikeloom::program

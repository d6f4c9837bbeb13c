// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/command_line/command.h"

namespace spikeloom::cli {

/// Returns the values of all arguments of the command. With --help, those that are required may be
/// missing. Throws base::UserError for an invalid command line.
boost::program_options::variables_map parse_arguments(const Command& command,
                                                      const std::vector<std::string>& arguments);

/// Parses `arguments` and runs the command, or prints its help. Returns the exit status; throws
/// base::UserError, also for an invalid command line.
int dispatch(const Command& command, const std::vector<std::string>& arguments);

}  // namespace spikeloom::cli

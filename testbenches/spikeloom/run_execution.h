// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/prepared_run.h"

namespace spikeloom::program {

/// A command that runs images: parses `arguments`, with all options of a run, prepares the run by
/// `prepare`, runs it, writes the results and ends in the table. Returns the exit status. Throws
/// common::UserError and Stopped.
int execute_run(const Command& command, const std::vector<std::string>& arguments,
                const boost::program_options::positional_options_description& positional,
                PreparedRun (*prepare)(const boost::program_options::variables_map&));

}  // namespace spikeloom::program

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "testbenches/spikeloom/run/prepared_run.h"

namespace spikeloom::program {

/// Adds the options of commands that run images and write results.
void add_execution_options(boost::program_options::options_description& description);

/// Prepares a run by `prepare`, runs it, writes the results and ends in the table. Returns the exit
/// status. Throws common::UserError and Stopped.
int execute_run(const boost::program_options::variables_map& values,
                PreparedRun (*prepare)(const boost::program_options::variables_map&));

}  // namespace spikeloom::program

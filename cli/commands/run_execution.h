// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::cli {

/// Adds the options of commands that run images and write results.
void add_execution_options(boost::program_options::options_description& description);

/// Prepares a run by `prepare`, runs it, writes the results and ends in the table. Returns the exit
/// status. Throws base::UserError and Stopped.
int execute_run(const boost::program_options::variables_map& values,
                sim::PreparedRun (*prepare)(const boost::program_options::variables_map&));

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include <boost/program_options.hpp>

#include "testbenches/spikeloom/prepared_run.h"

namespace spikeloom::program {

/// The options of how a prepared run is executed and what it writes.
void add_execution_options(boost::program_options::options_description& description);

/// Runs, writes the results and ends in the table; returns the exit status. `start` is when the
/// program began with it. Throws common::UserError and Stopped.
int execute_run(const PreparedRun& prepared, const boost::program_options::variables_map& values,
                std::chrono::steady_clock::time_point start);

}  // namespace spikeloom::program

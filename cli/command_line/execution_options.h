// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::cli {

/// Adds the options of commands that run images and write results.
void add_execution_options(boost::program_options::options_description& description);

/// Fills in what these options ask for. Throws base::UserError.
void put_execution_options(const boost::program_options::variables_map& values,
                           sim::RunRequest& request);

/// Runs what is asked for and prints the table that it ends in. Returns the exit status. Throws
/// base::UserError and base::Stopped.
int run_and_print(const boost::program_options::variables_map& values,
                  const sim::RunRequest& request);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/run.h"
#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::cli {

/// Adds the options of commands that run images and write results.
void add_execution_options(boost::program_options::options_description& description);

/// Sets the fields of `request` from these options. Throws base::UserError.
void read_execution_options(const boost::program_options::variables_map& values,
                            sim::RunRequest& request);

/// Performs a run and prints its results. Returns the exit status. Throws base::UserError and
/// base::Stopped. `make_pool` is for sim::run.
int run_and_print(const boost::program_options::variables_map& values,
                  const sim::RunRequest& request, const sim::MakeSharePool& make_pool = nullptr);

}  // namespace spikeloom::cli

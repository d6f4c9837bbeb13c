// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "testbenches/spikeloom/sweep/sweep_run.h"

namespace spikeloom::program {

/// Runs a sweep with workers of `make_pool`, or answers from the results of one, as the command
/// line says. Returns the exit status. Throws common::UserError and Stopped.
int sweep(const boost::program_options::variables_map& values, const MakePool& make_pool);

}  // namespace spikeloom::program

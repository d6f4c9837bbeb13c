// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/explore/sweep/sweep_run.h"

namespace spikeloom::cli {

/// Runs a sweep with workers of `make_pool`, or answers from the results of one, as the command
/// line says. Returns the exit status. Throws base::UserError and Stopped.
int sweep(const boost::program_options::variables_map& values, const explore::MakePool& make_pool);

}  // namespace spikeloom::cli

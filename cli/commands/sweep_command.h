// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/explore/sweep/sweep_run.h"

namespace spikeloom::cli {

/// Runs a sweep on a pool from `make_pool` or queries the results of one, according to the command
/// line. Returns the exit status. Throws base::UserError and base::Stopped.
int sweep(const boost::program_options::variables_map& values, const explore::MakePool& make_pool);

}  // namespace spikeloom::cli

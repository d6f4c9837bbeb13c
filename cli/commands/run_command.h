// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::cli {

/// Returns the run that the command line of `spikeloom run` asks for. Throws base::UserError.
sim::RunRequest request_of(const boost::program_options::variables_map& values);

}  // namespace spikeloom::cli

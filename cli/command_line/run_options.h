// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::cli {

/// The options that choose the run's images.
void add_image_options(boost::program_options::options_description& description);

/// The other options by which a command line changes a run file.
void add_run_options(boost::program_options::options_description& description);

/// What the options ("run", --images, --first, --timing, --board, --no-pipeline, --set) ask for.
/// Throws base::UserError.
sim::RunRequest run_request(const boost::program_options::variables_map& values);

}  // namespace spikeloom::cli

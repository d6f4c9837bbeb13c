// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::cli {

/// Adds the options that select the run's images.
void add_image_options(boost::program_options::options_description& description);

/// Adds the other options that override keys of a run file, and --no-cache.
void add_run_options(boost::program_options::options_description& description);

/// Returns the request for the options "run", --images, --first, --timing, --board,
/// --no-pipeline, --set and --no-cache. Throws base::UserError.
sim::RunRequest run_request(const boost::program_options::variables_map& values);

/// Returns the value of an option, if it was given.
std::optional<std::string> optional_text(const boost::program_options::variables_map& values,
                                         const char* name);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <boost/program_options.hpp>
#include <nlohmann/json.hpp>

#include "spikeloom/base/progress.h"

namespace spikeloom::cli {

/// Adds --quiet and --json.
void add_output_options(boost::program_options::options_description& description);

/// Returns the progress bar, or null with --quiet.
base::ProgressSink* progress_sink(const boost::program_options::variables_map& values);

/// Prints the result as JSON with --json, nothing with --quiet, and as text otherwise.
void print_result(const boost::program_options::variables_map& values, const std::string& text,
                  const std::function<nlohmann::ordered_json()>& json);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// Returns the model of the page of several runs: their summaries and the configuration keys that
/// differ, each with its value in every run (null if absent).
nlohmann::ordered_json comparison_model(const std::vector<RunDirectory>& runs);

}  // namespace spikeloom::cli

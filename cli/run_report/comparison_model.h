// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// What the page of several runs draws: their summaries, and the keys of their configurations that
/// differ, each with the value in every run (null where it has none).
nlohmann::ordered_json comparison_model(const std::vector<RunDirectory>& runs);

}  // namespace spikeloom::cli

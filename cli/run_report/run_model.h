// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// Returns the model of the page of one run. Tables are arrays of rows with separate column names.
/// Tables that could grow without bound are truncated and say so (`shown`, `total`).
nlohmann::ordered_json run_model(const RunDirectory& run);

}  // namespace spikeloom::cli

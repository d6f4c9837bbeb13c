// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// What the page of one run draws. Tables are arrays of rows beside their columns' names, cut where
/// they could grow without bound; what is cut says so (`shown`, `total`).
nlohmann::ordered_json run_model(const RunDirectory& run);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/sim/inputs/run_config.h"

namespace spikeloom::explore {

/// Before the name of a field of a mapping's report.json.
inline constexpr std::string_view kMappingPrefix = "mapping.";

/// The fields that a sweep can ask for, in alphabetical order: numbers of summary.json, those
/// within it as "area_mm2.core", and after "mapping." numbers of report.json. Lists and what only
/// repeats the configuration are none.
std::vector<std::string> metric_fields(const sim::RunConfig& config);

/// Whether more of a field is better; of most, less is.
bool more_is_better(std::string_view field);

}  // namespace spikeloom::explore

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/sim/inputs/run_config.h"

namespace spikeloom::explore {

/// Prefix of the fields of a mapping's report.json.
inline constexpr std::string_view kMappingPrefix = "mapping.";

/// Returns the fields that a sweep can use as metrics, in alphabetical order: the numbers of
/// summary.json, nested ones as "area_mm2.core", and the numbers of report.json with the prefix
/// "mapping.". Lists and configuration fields are excluded.
std::vector<std::string> metric_fields(const sim::RunConfig& config);

/// Whether higher values of a field are better. For most fields lower values are.
bool higher_is_better(std::string_view field);

}  // namespace spikeloom::explore

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// Maximum number of ticks that are drawn.
inline constexpr std::size_t kMaxTicks = 120;

/// Returns the first steady ticks with, by part, when its cores and packets finished and what
/// determined the tick's length; and how often each part determined the length, over all steady
/// ticks.
nlohmann::ordered_json timeline_model(const RunDirectory& run);

}  // namespace spikeloom::cli

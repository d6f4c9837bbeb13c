// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// So many ticks are drawn.
inline constexpr std::size_t kMaxTicks = 120;

/// The first ticks that count, by part: when its cores and its packets were done, what set the
/// tick's length; and how often what did, over all ticks that count.
nlohmann::ordered_json timeline_model(const RunDirectory& run);

}  // namespace spikeloom::cli

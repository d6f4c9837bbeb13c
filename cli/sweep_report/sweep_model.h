// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/explore/sweep/sweep_queries.h"

namespace spikeloom::cli {

/// Maximum number of points of a page that still loads and can be read.
inline constexpr std::size_t kMaxPagePoints = 10'000;

/// Returns the model of the page of a sweep: the points, the Pareto front of each pair of metrics
/// with each minimized and maximized, sensitivities, repetitions. `directory` is shown as the name
/// of the results. Throws base::UserError.
nlohmann::ordered_json sweep_model(explore::SweepQueries& answers, const std::string& directory);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/sim/results/results.h"

namespace spikeloom::sim {

inline constexpr const char* kSummaryFile = "summary.json";
/// Version of its fields.
inline constexpr int kSummarySchema = 3;

/// Returns summary.json (docs/running.md).
nlohmann::ordered_json to_json(const Summary& summary, const RunConfig& run,
                               const arch::Deployment& deployment, double wall_seconds);

}  // namespace spikeloom::sim

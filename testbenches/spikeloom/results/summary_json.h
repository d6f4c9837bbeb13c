// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "testbenches/spikeloom/results/results.h"

namespace spikeloom::program {

/// Version of summary.json's fields.
inline constexpr int kSummarySchema = 3;

nlohmann::ordered_json to_json(const Summary& summary, const RunConfig& run,
                               const common::Deployment& deployment, double wall_seconds);

}  // namespace spikeloom::program

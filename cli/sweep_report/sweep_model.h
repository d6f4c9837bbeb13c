// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/explore/sweep/answers.h"

namespace spikeloom::cli {

/// A page holds no more points: it would neither load nor be read.
inline constexpr std::size_t kMaxPagePoints = 10'000;

/// What the page of a sweep draws, all of it from its answers: the points, the Pareto front of each
/// pair of metrics with less and with more of each being better, sensitivities, repetitions.
/// `directory` is what the results are called in it. Throws base::UserError.
nlohmann::ordered_json sweep_model(explore::Answers& answers, const std::string& directory);

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "testbenches/spikeloom/page/page.h"

namespace spikeloom::program {

/// So many can be told apart in a chart.
inline constexpr std::size_t kMostRuns = 8;

/// The page of a run's directory, or of up to kMostRuns beside each other. Throws
/// common::UserError.
Page run_page(const std::vector<std::string>& directories);

}  // namespace spikeloom::program

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/page/page.h"

namespace spikeloom::cli {

/// So many can be told apart in a chart.
inline constexpr std::size_t kMaxRuns = 8;

/// The page of a run's directory, or of up to kMostRuns beside each other. Throws
/// base::UserError.
Page run_page(const std::vector<std::string>& directories);

}  // namespace spikeloom::cli

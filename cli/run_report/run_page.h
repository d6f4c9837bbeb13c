// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/page/page.h"

namespace spikeloom::cli {

/// Maximum number of runs that can be distinguished in a chart.
inline constexpr std::size_t kMaxRuns = 8;

/// Returns the page of a run's results directory, or the comparison of up to kMaxRuns runs. Throws
/// base::UserError.
Page run_page(const std::vector<std::string>& directories);

}  // namespace spikeloom::cli

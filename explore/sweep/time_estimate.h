// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/explore/sweep/sweep_plan.h"

namespace spikeloom::explore {

/// What a sweep is going to take.
struct TimeEstimate {
  double mapping_seconds = 0.0;  ///< of one mapping
  double run_seconds = 0.0;      ///< of one run
};

/// Maps the first run that can be and runs a few of its images, and goes by that: exact where
/// points are alike. Throws base::UserError where that fails.
TimeEstimate estimate_time(const SweepPlan& plan);

}  // namespace spikeloom::explore

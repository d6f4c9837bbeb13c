// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/explore/sweep/sweep_plan.h"

namespace spikeloom::explore {

/// Estimated duration of a sweep's jobs.
struct TimeEstimate {
  double mapping_seconds = 0.0;  ///< per mapping
  double run_seconds = 0.0;      ///< per run
};

/// Estimates times by mapping the first run that is not refused and simulating a few of its images.
/// The estimate is good if the points are similar. Throws base::UserError if the measured run
/// fails.
TimeEstimate estimate_time(const SweepPlan& plan);

}  // namespace spikeloom::explore

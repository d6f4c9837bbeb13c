// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/mapper/plan/plan_walk.h"

namespace spikeloom::mapper {

struct FrontPoint {
  int cores = 0;                   ///< blocks, before layers share cores
  double packets_per_spike = 0.0;  ///< over all neurons that send to the chip's layers
};

/// How the plans were chosen.
struct PlanReport {
  Objective objective = kDefaultObjective;
  FrontPoint chosen;
  std::vector<FrontPoint> front;  ///< that no choice of plans beats in both: by cores
  // By layer.
  std::vector<int> fewest_cores;  ///< that any plan of the layer alone takes
  std::vector<BlockWork> works;   ///< of its fullest block
};

PlanReport report_plans(const std::vector<LayerChoice>& layers, const PlanWalk& walk,
                        const PlanWalk::Result& result, Objective objective);

/// The front in a few lines of at most 80 columns.
std::string format_front(const PlanReport& report);

}  // namespace spikeloom::mapper

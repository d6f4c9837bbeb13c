// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/mapper/plan/plan_selection.h"

namespace spikeloom::mapper {

/// A point of the Pareto front of plans.
struct ParetoPoint {
  int cores = 0;                   ///< number of blocks: cores before sharing
  double packets_per_spike = 0.0;  ///< mean over all neurons that send to layers on the chip
};

/// The choice of plans.
struct PlanReport {
  Objective objective = kDefaultObjective;
  ParetoPoint chosen;
  std::vector<ParetoPoint> front;  ///< Pareto front, in ascending order of cores
  std::vector<int> fewest_cores;   ///< [layer]: minimum over the layer's plans
  std::vector<BlockWork> works;    ///< [layer]: work of its fullest block
};

/// Reports the plans that `walk` has chosen with `result`.
PlanReport report_plans(const std::vector<LayerChoice>& layers, const PlanSelection& walk,
                        const PlanSelection::Result& result, Objective objective);

/// Formats the front in a few lines of at most 80 columns.
std::string format_pareto_front(const PlanReport& report);

}  // namespace spikeloom::mapper

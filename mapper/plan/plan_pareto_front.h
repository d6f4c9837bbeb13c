// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/mapper/plan/plan_graph.h"

namespace spikeloom::mapper {

/// Cost of a plan besides cores: `first` is minimized, `second` breaks ties.
struct PlanCost {
  std::int64_t first = 0;
  std::int64_t second = 0;

  PlanCost operator+(const PlanCost& o) const { return {first + o.first, second + o.second}; }
  bool operator<(const PlanCost& o) const {
    return first != o.first ? first < o.first : second < o.second;
  }
};

using PlanCosts = std::vector<std::vector<PlanCost>>;  ///< [layer][candidate]

/// A choice of one plan for each layer.
struct PlanPoint {
  int cores = 0;  ///< number of blocks of all layers: cores before sharing
  PlanCost cost;
  Plans plans;
};

/// Pareto front of cores and `cost.first`, in ascending order of cores (and descending order of
/// cost).
struct PlanParetoFront {
  std::vector<PlanPoint> points;
  /// If `points` is empty: the last layer that has no plan with enough route entries, and the
  /// minimum number of entries that one of its cores would need.
  int failed_layer = -1;
  long long routes_needed = 0;
};

}  // namespace spikeloom::mapper

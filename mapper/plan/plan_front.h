// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/mapper/plan/plan_graph.h"

namespace spikeloom::mapper {

/// What a plan costs beside cores: `first` counts, `second` decides between equals.
struct PlanCost {
  std::int64_t first = 0;
  std::int64_t second = 0;

  PlanCost operator+(const PlanCost& o) const { return {first + o.first, second + o.second}; }
  bool operator<(const PlanCost& o) const {
    return first != o.first ? first < o.first : second < o.second;
  }
};

using PlanCosts = std::vector<std::vector<PlanCost>>;  ///< [layer][candidate]

/// A plan for each layer.
struct PlanPoint {
  int cores = 0;  ///< blocks of all layers: before they share cores
  PlanCost cost;
  Plans plans;
};

/// The choices that no other one beats in cores and `cost.first`: by cores, cost falling.
struct PlanFront {
  std::vector<PlanPoint> points;
  /// Where there is none: the last layer whose neurons find no plan with enough entries, and the
  /// entries that one of its cores would need at least.
  int failed_layer = -1;
  long long routes_needed = 0;
};

}  // namespace spikeloom::mapper

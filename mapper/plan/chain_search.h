// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/mapper/plan/plan_pareto_front.h"

namespace spikeloom::mapper {

/// Exact search for the plans of a chain of layers. Dynamic programming keeps a Pareto front of
/// continuations for each plan of a layer.
class ChainSearch {
 public:
  ChainSearch(const PlanGraph& graph, const PlanCosts& costs, std::int64_t max_cycles)
      : graph_(graph), costs_(costs), max_cycles_(max_cycles) {}

  /// Returns the Pareto front of cores and cost.
  PlanParetoFront front() const;

 private:
  /// Choice of plans for a layer and all layers after it.
  struct Tail {
    int cores = 0;
    PlanCost cost;
    int next_plan = -1;  ///< plan of the next layer
    int next_tail = -1;  ///< index among the tails of that plan
  };
  using Tails = std::vector<Tail>;

  bool allowed(std::size_t layer, std::size_t plan, long long routes) const;
  Tails tails_behind(std::size_t layer, std::size_t plan, const std::vector<Tails>& next) const;
  static void keep_front(Tails& tails);

  const PlanGraph& graph_;
  const PlanCosts& costs_;
  std::int64_t max_cycles_;
};

}  // namespace spikeloom::mapper

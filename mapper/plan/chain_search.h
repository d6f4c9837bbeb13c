// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/mapper/plan/plan_front.h"

namespace spikeloom::mapper {

/// Plans for the layers of a chain by dynamic programming, which keeps the front of each plan:
/// exact.
class ChainSearch {
 public:
  ChainSearch(const PlanGraph& graph, const PlanCosts& costs, std::int64_t max_cycles)
      : graph_(graph), costs_(costs), max_cycles_(max_cycles) {}

  PlanFront front() const;

 private:
  /// A choice from a layer on.
  struct Tail {
    int cores = 0;
    PlanCost cost;
    int next_plan = -1;
    int next_tail = -1;
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

// SPDX-License-Identifier: Apache-2.0
#include "mapper/plan_choice.h"

#include "mapper/chain_search.h"
#include "mapper/plan_descent.h"

namespace spikeloom::mapper {

PlanFront PlanSearch::front(const PlanCosts& costs, std::int64_t most_cycles) const {
  if (graph_.chain()) return ChainSearch(graph_, costs, most_cycles).front();
  return PlanDescent(graph_, costs, most_cycles).front();
}

}  // namespace spikeloom::mapper

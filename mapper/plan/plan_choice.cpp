// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/plan_choice.h"

#include "spikeloom/mapper/plan/chain_search.h"
#include "spikeloom/mapper/plan/plan_descent.h"

namespace spikeloom::mapper {

PlanParetoFront PlanSearch::front(const PlanCosts& costs, std::int64_t max_cycles) const {
  if (graph_.chain()) return ChainSearch(graph_, costs, max_cycles).front();
  return PlanDescent(graph_, costs, max_cycles).front();
}

}  // namespace spikeloom::mapper

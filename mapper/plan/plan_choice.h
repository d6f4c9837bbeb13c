// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "spikeloom/mapper/plan/plan_pareto_front.h"

namespace spikeloom::mapper {

/// Searches the combinations of one plan per layer in which every block has enough route entries
/// for the packets that the plans of its readers require.
class PlanSearch {
 public:
  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

  /// Every layer must have candidates.
  PlanSearch(const std::vector<LayerChoice>& layers, const arch::CoreDescription& core)
      : graph_(layers, core) {}

  /// Returns the Pareto front of cores and cost: the exact one for a chain (ChainSearch), and what
  /// PlanDescent finds of it for any other network. Excludes plans with a block that takes more
  /// than `max_cycles` cycles/tick.
  PlanParetoFront front(const PlanCosts& costs, std::int64_t max_cycles = kNoLimit) const;

  /// Work of the layer's fullest block.
  BlockWork work(std::size_t layer, const Plans& plans) const {
    return graph_.work(layer, plans[layer], graph_.routes(layer, plans));
  }
  std::vector<std::int64_t> busiest_cycles() const { return graph_.busiest_cycles(); }

 private:
  PlanGraph graph_;
};

}  // namespace spikeloom::mapper

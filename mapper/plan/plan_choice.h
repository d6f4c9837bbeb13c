// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "spikeloom/mapper/plan/plan_front.h"

namespace spikeloom::mapper {

/// All choices of a plan for each layer, such that the neurons of every block have route entries
/// for the packets that their readers' plans ask of them.
class PlanSearch {
 public:
  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

  /// Every layer must have candidates.
  PlanSearch(const std::vector<LayerChoice>& layers, const arch::CoreTiming& timing)
      : graph_(layers, timing) {}

  /// Of a chain all of the front (ChainSearch); of any other network what PlanDescent finds of it.
  /// Plans whose fullest block works longer than `most_cycles` a tick are left out.
  PlanFront front(const PlanCosts& costs, std::int64_t max_cycles = kNoLimit) const;

  /// Of the layer's fullest block.
  BlockWork work(std::size_t layer, const Plans& plans) const {
    return graph_.work(layer, plans[layer], graph_.routes(layer, plans));
  }
  std::vector<std::int64_t> busiest_cycles() const { return graph_.busiest_cycles(); }

 private:
  PlanGraph graph_;
};

}  // namespace spikeloom::mapper

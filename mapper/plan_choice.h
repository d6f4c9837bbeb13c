// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "mapper/partition.h"

namespace spikeloom::mapper {

/// A layer with the plans to choose from.
struct LayerChoice {
  LayerGeometry geometry;
  std::vector<PlanCandidate> candidates;
  std::vector<LayerMap> maps;  ///< of the candidates
  int route_entries = 0;       ///< that its part of a core may take
};

LayerChoice make_choice(const LayerGeometry& layer, const common::CoreDescription& core);

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
  std::vector<int> plans;  ///< a candidate's index for each layer
};

/// The choices that no other one beats in cores and `cost.first`: by cores, cost falling.
struct PlanFront {
  std::vector<PlanPoint> points;
  /// Where there is none: the last layer whose neurons find no plan with enough entries, and the
  /// entries that one of its cores would need at least.
  int failed_layer = -1;
  long long routes_needed = 0;
};

/// All choices of a plan for each layer of a chain, such that the neurons of every block have route
/// entries for the packets that the next layer's plan asks of them.
class PlanSearch {
 public:
  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

  /// Every layer must have candidates.
  PlanSearch(const std::vector<LayerChoice>& layers, const common::CoreTiming& timing);

  /// Dynamic programming over the chain, which keeps the front of each plan: exact. Plans whose
  /// fullest block works longer than `most_cycles` a tick are left out.
  PlanFront front(const PlanCosts& costs, std::int64_t most_cycles = kNoLimit) const;

  /// Of the fullest block of a plan followed by one of the next layer, null for the host.
  BlockWork work(std::size_t layer, std::size_t plan, const LayerMap* next) const;

  /// Cycles of the busiest block that choices may come to, ascending.
  std::vector<std::int64_t> busiest_cycles() const;

 private:
  /// A plan followed by one of the next layer.
  struct Pair {
    long long routes = 0;     ///< entries that the block with most of them needs
    std::int64_t cycles = 0;  ///< of a tick of the fullest block
  };
  /// A choice from a layer on.
  struct Tail {
    int cores = 0;
    PlanCost cost;
    int next_plan = -1;
    int next_tail = -1;
  };
  using Tails = std::vector<Tail>;

  long long routes(std::size_t layer, std::size_t plan, const LayerMap* next) const;
  Pair pair(std::size_t layer, std::size_t plan, const LayerMap* next) const;
  Tails tails_behind(std::size_t layer, std::size_t plan, const std::vector<Tails>& next,
                     std::int64_t most_cycles) const;
  static void keep_front(Tails& tails);

  const std::vector<LayerChoice>& layers_;
  const common::CoreTiming& timing_;
  std::vector<std::vector<std::vector<Pair>>> pairs_;  ///< [layer][plan][plan of the next]
};

}  // namespace spikeloom::mapper

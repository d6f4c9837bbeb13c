// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "spikeloom/mapper/plan/plan_pareto_front.h"

namespace spikeloom::mapper {

/// Coordinate descent over the plans of the layers of any network. Changes the plan of one layer,
/// or of the two layers of an edge together, as long as that lowers first the excess over limits
/// and then a weighted sum of cores and cost. The weights are refined until they give no new point
/// between two neighbouring points of the front. The front found may be incomplete and is not
/// proven optimal, but on chains it is close to that of ChainSearch (docs/decisions.md).
class PlanDescent {
 public:
  PlanDescent(const PlanGraph& graph, const PlanCosts& costs, std::int64_t max_cycles);

  /// Returns the Pareto front of cores and cost that was found.
  PlanParetoFront front() const;

 private:
  using Archive = std::map<int, PlanPoint>;  ///< by cores, with strictly decreasing cost
  struct Weights {
    double cores = 0.0;
    double first = 0.0;   ///< of PlanCost::first
    double second = 0.0;  ///< of PlanCost::second
  };
  /// Score of all plans or of some of them, compared by excess first.
  struct Score {
    long long excess = 0;
    double cost = 0.0;
    bool operator<(const Score& o) const {
      return excess != o.excess ? excess < o.excess : cost < o.cost;
    }
  };

  long long excess(std::size_t layer, const Plans& plans) const;
  double cost(std::size_t layer, int plan, const Weights& weights) const;
  /// Part of the score that depends on the plans of the layers `changed`.
  Score score(const std::vector<std::size_t>& changed, const std::vector<std::size_t>& affected,
              const Plans& plans, const Weights& weights) const;
  std::vector<std::size_t> affected(const std::vector<std::size_t>& changed) const;
  bool improve_layer(std::size_t layer, const Weights& weights, Plans& plans) const;
  bool improve_edge(const PlanEdge& edge, const Weights& weights, Plans& plans) const;
  /// Best result of the descents from all `starts`.
  PlanPoint descend(const Weights& weights, const std::vector<Plans>& starts) const;
  PlanPoint point(const Plans& plans) const;
  long long total_excess(const Plans& plans) const;
  /// Appends the points found between two points of the front.
  void fill(const PlanPoint& fewer_cores, const PlanPoint& less_cost,
            std::vector<PlanPoint>& points) const;
  PlanParetoFront failure(const Plans& plans) const;
  static bool add(const PlanPoint& point, Archive& archive);
  PlanParetoFront explore(const std::vector<PlanPoint>& found) const;

  const PlanGraph& graph_;
  const PlanCosts& costs_;
  std::int64_t max_cycles_;
};

}  // namespace spikeloom::mapper

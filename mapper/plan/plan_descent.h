// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "spikeloom/mapper/plan/plan_front.h"

namespace spikeloom::mapper {

/// Plans for the layers of any network by coordinate descent: the plans of one layer, or of two
/// that an edge joins, change together as long as that lowers first what exceeds limits, then a
/// weighted sum of cores and cost. The front is made of the points between which no weights find
/// another one: not all of it, and no proof that they are the best, but on chains close to
/// ChainSearch's (docs/decisions.md).
class PlanDescent {
 public:
  PlanDescent(const PlanGraph& graph, const PlanCosts& costs, std::int64_t max_cycles);

  PlanFront front() const;

 private:
  using Archive = std::map<int, PlanPoint>;  ///< by cores, cost falling
  struct Weights {
    double cores = 0.0;
    double first = 0.0;
    double second = 0.0;  ///< of PlanCost
  };
  /// Of plans, or of a part of them. What is over limits comes first.
  struct Score {
    long long excess = 0;
    double cost = 0.0;
    bool operator<(const Score& o) const {
      return excess != o.excess ? excess < o.excess : cost < o.cost;
    }
  };

  long long excess(std::size_t layer, const Plans& plans) const;
  double cost(std::size_t layer, int plan, const Weights& weights) const;
  /// The part that the plans of `changed` have a say in.
  Score score(const std::vector<std::size_t>& changed, const std::vector<std::size_t>& concerned,
              const Plans& plans, const Weights& weights) const;
  std::vector<std::size_t> concerned(const std::vector<std::size_t>& changed) const;
  bool improve_layer(std::size_t layer, const Weights& weights, Plans& plans) const;
  bool improve_edge(const PlanEdge& edge, const Weights& weights, Plans& plans) const;
  /// The best that descents from several starts come to.
  PlanPoint descend(const Weights& weights, const std::vector<Plans>& starts) const;
  PlanPoint point(const Plans& plans) const;
  long long total_excess(const Plans& plans) const;
  /// Points between two of the front.
  void fill(const PlanPoint& fewer_cores, const PlanPoint& less_cost,
            std::vector<PlanPoint>& points) const;
  PlanFront failure(const Plans& plans) const;
  static bool add(const PlanPoint& point, Archive& archive);
  PlanFront explore(const std::vector<PlanPoint>& found) const;

  const PlanGraph& graph_;
  const PlanCosts& costs_;
  std::int64_t max_cycles_;
};

}  // namespace spikeloom::mapper

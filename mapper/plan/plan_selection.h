// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/core_space.h"
#include "spikeloom/mapper/plan/objective.h"
#include "spikeloom/mapper/plan/plan_choice.h"

namespace spikeloom::mapper {

/// Searches for the best plans by an objective for which a placement exists.
class PlanSelection {
 public:
  /// Returns whether a placement was found for the layers with these plans.
  using Fits = std::function<bool(const std::vector<LayerMap>&, Sharing)>;

  struct Result {
    bool fits = false;  ///< if false, `point` is the point with the fewest cores
    PlanPoint point;
    /// Pareto front of cores and packets (traffic_costs) over all choices.
    PlanParetoFront front;
  };

  /// Requires that every layer has candidates. The route_entries of `layers` may be lowered between
  /// calls. `cores` is the number of cores that can be used.
  PlanSelection(const std::vector<LayerChoice>& layers, const arch::ChipDescription& chip,
                int cores, Objective objective, const EnergyCoefficients& energy);

  /// Returns the best choice that `fits` accepts; it is the last one that `fits` accepted. Assumes
  /// that fitting is monotone: if a choice fits, all choices of higher cost and fewer cores fit
  /// too.
  Result choose(const Fits& fits) const;

  std::vector<LayerMap> maps(const PlanPoint& point) const;
  /// Work of each layer's fullest block.
  std::vector<BlockWork> works(const PlanPoint& point) const;
  /// Packets into all layers if every level of every neuron fires once.
  std::int64_t packets(const PlanPoint& point) const;

 private:
  bool try_point(const PlanPoint& point, const Fits& fits, Result& result,
                 Sharing sharing = Sharing::kAllowed) const;
  /// Expects the points in ascending order of cores.
  bool fewest_cores(const std::vector<PlanPoint>& points, const Fits& fits, Result& result,
                    std::size_t& found) const;
  void min_cost(const std::vector<PlanPoint>& points, const Fits& fits, Result& result) const;
  bool min_busiest(const Fits& fits, Result& result, Sharing sharing) const;
  bool may_fit(const PlanPoint& point) const;

  const std::vector<LayerChoice>& layers_;
  const arch::ChipDescription& chip_;
  int cores_;
  Objective objective_;
  PlanSearch search_;
  PlanCosts traffic_;
  PlanCosts energy_;
};

}  // namespace spikeloom::mapper

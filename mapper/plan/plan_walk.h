// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/core_space.h"
#include "spikeloom/mapper/plan/objective.h"
#include "spikeloom/mapper/plan/plan_choice.h"

namespace spikeloom::mapper {

/// Looks for the plans that an objective wants among those that find a placement.
class PlanWalk {
 public:
  /// Whether the layers, so planned, find a placement.
  using Fits = std::function<bool(const std::vector<LayerMap>&, Sharing)>;

  struct Result {
    bool fits = false;  ///< if not, `point` is what comes nearest: the fewest cores
    PlanPoint point;
    /// Of all choices: cores against packets a spike (traffic_costs).
    PlanFront front;
  };

  /// Every layer must have candidates; `layers` may lose route entries between calls.
  PlanWalk(const std::vector<LayerChoice>& layers, const arch::ChipDescription& chip,
           Objective objective, const EnergyCoefficients& energy);

  /// The last choice that `fits` accepted is the result. What fits is taken to be monotone: of
  /// choices in order of their cost, all behind one that fits.
  Result choose(const Fits& fits) const;

  std::vector<LayerMap> maps(const PlanPoint& point) const;
  /// Of each layer's fullest block.
  std::vector<BlockWork> works(const PlanPoint& point) const;
  /// Into all layers, if every level of every neuron fires once.
  std::int64_t packets(const PlanPoint& point) const;

 private:
  bool try_point(const PlanPoint& point, const Fits& fits, Result& result,
                 Sharing sharing = Sharing::kAllowed) const;
  /// Points are by cores, cost falling.
  bool fewest_cores(const std::vector<PlanPoint>& points, const Fits& fits, Result& result,
                    std::size_t& found) const;
  void min_cost(const std::vector<PlanPoint>& points, const Fits& fits, Result& result) const;
  bool min_busy(const Fits& fits, Result& result, Sharing sharing) const;
  bool may_fit(const PlanPoint& point) const;

  const std::vector<LayerChoice>& layers_;
  const arch::ChipDescription& chip_;
  Objective objective_;
  PlanSearch search_;
  PlanCosts traffic_;
  PlanCosts energy_;
};

}  // namespace spikeloom::mapper

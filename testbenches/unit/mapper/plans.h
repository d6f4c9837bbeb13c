// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/plan/objective.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// Returns the layers of a network as the mapper cuts them for the fewest cores, or for the fewest
/// packets with any number of cores; empty if there is no plan.
inline std::vector<mapper::LayerMap> plan_layers(const converter::SpikingNetwork& network,
                                                 const arch::ChipDescription& chip,
                                                 mapper::Objective objective) {
  std::vector<mapper::LayerChoice> choices;
  for (const converter::SpikingLayer& layer : network.layers) {
    choices.push_back(mapper::make_choice(mapper::make_geometry(layer, chip.core), chip.core));
    if (choices.back().candidates.empty()) return {};
  }
  const mapper::PlanParetoFront front =
      mapper::PlanSearch(choices, chip.core).front(mapper::traffic_costs(choices));
  if (front.points.empty()) return {};
  const mapper::PlanPoint& point =
      objective == mapper::Objective::kCores ? front.points.front() : front.points.back();
  std::vector<mapper::LayerMap> layers;
  for (std::size_t l = 0; l < choices.size(); ++l) {
    layers.push_back(choices[l].maps[static_cast<std::size_t>(point.plans[l])]);
  }
  return layers;
}

/// Returns an objective that needs no energy file.
inline mapper::Objective random_objective(Random& random) {
  return std::vector<mapper::Objective>{
      mapper::Objective::kCores, mapper::Objective::kTraffic,
      mapper::Objective::kBalance}[static_cast<std::size_t>(random.between(0, 2))];
}

}  // namespace spikeloom::test

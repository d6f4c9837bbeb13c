// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/chip_description.h"
#include "converter/spiking_network.h"
#include "mapper/plan_choice.h"

namespace spikeloom::test {

/// The layers of a network as the mapper cuts them; empty where it finds no plan.
inline std::vector<mapper::LayerMap> plan_layers(const converter::SpikingNetwork& network,
                                                 const common::ChipDescription& chip,
                                                 double packet_price = 0.1) {
  std::vector<mapper::LayerChoice> choices;
  for (const converter::SpikingLayer& layer : network.layers) {
    choices.push_back(mapper::make_choice(mapper::make_geometry(layer, chip.core), chip.core));
    if (choices.back().candidates.empty()) return {};
  }
  const mapper::PlanChoice choice =
      mapper::choose_plans(choices, chip.grid().cores(), packet_price);
  std::vector<mapper::LayerMap> layers;
  for (std::size_t l = 0; l < choice.plans.size(); ++l) {
    layers.push_back(choices[l].maps[static_cast<std::size_t>(choice.plans[l])]);
  }
  return layers;
}

}  // namespace spikeloom::test

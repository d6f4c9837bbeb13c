// SPDX-License-Identifier: Apache-2.0
#pragma once

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

struct PlanChoice {
  std::vector<int> plans;  ///< a candidate's index for each layer; empty where there is no choice
  int failed_layer = -1;   ///< then the last layer whose neurons find no plan with enough entries
  long long routes_needed = 0;  ///< entries that one of its cores would need at least
};

LayerChoice make_choice(const LayerGeometry& layer, const common::CoreDescription& core);

/// Chooses a plan for each layer, so that the neurons of every block have route entries for the
/// packets that the next layer's plan asks of them.
///
/// The objective weighs cores against packets: the sum over layers of cores / `chip_cores` plus
/// `packet_price` times the mean packets a spike, each source neuron of the network firing alike.
/// Deliveries count a little, so that of equal plans the one that sets fewer axons is taken. Own
/// groups for each window, which save dendrites and multiply packets, are so taken only where a
/// packet a spike more saves `packet_price` of the chip. Dynamic programming over the chain: exact.
///
/// Every layer must have candidates.
PlanChoice choose_plans(const std::vector<LayerChoice>& layers, int chip_cores,
                        double packet_price);

}  // namespace spikeloom::mapper

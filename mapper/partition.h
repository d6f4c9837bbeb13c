// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/chip_description.h"
#include "mapper/layer_plan.h"

namespace spikeloom::mapper {

/// A plan of a layer that is worth to be looked at.
struct PlanCandidate {
  LayerPlan plan;
  int cores = 0;
  double packets = 0.0;     ///< addresses of an input neuron, mean: packets for each of its spikes
  double deliveries = 0.0;  ///< axons that each of its spikes sets, mean
  int neurons = 0;          ///< of a full block, copies included
  int dendrites = 0;        ///< of the block with most
  int axons = 0;            ///< of all groups of a block, in input neurons
};

/// Searches block shapes (rows x columns x channels), and for each of them units and tiles, for
/// plans whose blocks fit a core alone. Returns those that no other one beats in cores, packets,
/// deliveries and neurons a core (fewer neurons need fewer route entries), by cores. Empty where
/// not even one neuron fits.
std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const common::CoreDescription& core);

/// Whether a block of one output neuron fits.
bool one_neuron_fits(const LayerGeometry& layer, const common::CoreDescription& core);

/// Route entries that the block of `plan` with most of them needs, where the layer's neurons send
/// to the layer of `next`.
long long route_need(const LayerGeometry& layer, const LayerPlan& plan, const LayerMap& next);

/// Dendrites that an output's neurons take in any mapping, summed over the layer.
long long least_dendrites(const LayerGeometry& layer);

}  // namespace spikeloom::mapper

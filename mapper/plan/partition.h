// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/layer_plan.h"
#include "spikeloom/mapper/plan/plan_candidate.h"

namespace spikeloom::mapper {

/// Searches block shapes (rows x columns x channels), and units and tiles for each of them, for
/// plans whose blocks each fit an empty core. Returns the Pareto front in cores, packets, writes,
/// words read, work of a block and neurons per core (fewer neurons need fewer route entries), in
/// ascending order of cores. Empty if not even one neuron fits.
std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const arch::CoreDescription& core);

/// Returns whether a block of one output neuron fits an empty core.
bool one_neuron_fits(const LayerGeometry& layer, const arch::CoreDescription& core);

/// Returns the maximum over all blocks of `layer` of the route entries needed for packets to
/// `consumer`.
long long route_need(const LayerMap& layer, const TermMap& consumer);

/// Returns a lower bound of the dendrites that the layer takes in any mapping.
long long min_dendrites(const LayerGeometry& layer);

}  // namespace spikeloom::mapper

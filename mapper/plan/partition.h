// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/layer_plan.h"
#include "spikeloom/mapper/plan/plan_candidate.h"

namespace spikeloom::mapper {

/// Searches block shapes (rows x columns x channels), and for each of them units and tiles, for
/// plans whose blocks fit a core alone. Returns those that no other one beats in cores, packets,
/// writes, words read, work of a block and neurons a core (fewer neurons need fewer route entries),
/// by cores. Empty where not even one neuron fits.
std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const arch::CoreDescription& core);

/// Whether a block of one output neuron fits.
bool one_neuron_fits(const LayerGeometry& layer, const arch::CoreDescription& core);

/// Route entries that the block of `layer` with most of them needs for the packets to `consumer`.
long long route_need(const LayerMap& layer, const TermMap& consumer);

/// Dendrites that an output's neurons take in any mapping, summed over the layer.
long long min_dendrites(const LayerGeometry& layer);

}  // namespace spikeloom::mapper

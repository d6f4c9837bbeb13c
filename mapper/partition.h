// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/chip_description.h"
#include "mapper/block_work.h"
#include "mapper/layer_plan.h"

namespace spikeloom::mapper {

/// A plan of a layer that is worth to be looked at.
struct PlanCandidate {
  LayerPlan plan;
  int cores = 0;
  std::int64_t packets = 0;          ///< into the layer, if every level of every input neuron fires
  std::int64_t writes = 0;           ///< axons that those packets set
  std::int64_t expanded_writes = 0;  ///< of them, by an expansion table
  std::int64_t reached = 0;          ///< cores that those packets reach
  std::int64_t row_words = 0;        ///< words of the crossbars that those axons read
  std::int64_t dendrites = 0;        ///< of all blocks
  int neurons = 0;                   ///< of a full block, copies included
  BlockWork work;                    ///< of the fullest block
};

/// Searches block shapes (rows x columns x channels), and for each of them units and tiles, for
/// plans whose blocks fit a core alone. Returns those that no other one beats in cores, packets,
/// writes, words read, work of a block and neurons a core (fewer neurons need fewer route entries),
/// by cores. Empty where not even one neuron fits.
std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const common::CoreDescription& core);

/// Whether a block of one output neuron fits.
bool one_neuron_fits(const LayerGeometry& layer, const common::CoreDescription& core);

/// Route entries that the block of `layer` with most of them needs for the packets to `consumer`.
long long route_need(const LayerMap& layer, const TermMap& consumer);

/// Dendrites that an output's neurons take in any mapping, summed over the layer.
long long least_dendrites(const LayerGeometry& layer);

}  // namespace spikeloom::mapper

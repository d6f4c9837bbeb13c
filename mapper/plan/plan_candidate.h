// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/mapper/plan/block_work.h"
#include "spikeloom/mapper/plan/layer_plan.h"

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

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/mapper/plan/block_work.h"
#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// A plan of a layer that may be part of the best mapping.
struct PlanCandidate {
  LayerPlan plan;
  int cores = 0;
  std::int64_t packets = 0;          ///< into the layer if every level of every input neuron fires
  std::int64_t writes = 0;           ///< axons that those packets set
  std::int64_t expanded_writes = 0;  ///< part of `writes` made through an expansion table
  std::int64_t reached = 0;          ///< cores reached, summed over those packets
  std::int64_t row_words = 0;        ///< crossbar words read for those axons
  std::int64_t dendrites = 0;        ///< total of all blocks
  int neurons = 0;                   ///< core neurons of a full block, copies included
  BlockWork work;                    ///< work of the block with the most dendrites
};

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/plan_candidate.h"
#include "spikeloom/mapper/plan/term_options.h"

namespace spikeloom::mapper {

/// Searches the units and tiles of all terms for one block shape. Returns the plan with the fewest
/// packets that fits a core, then the plan with the fewest dendrites; returns nothing if none fits.
/// Assumes that each block takes the maximum of all blocks in dendrites of each of its terms.
std::vector<PlanCandidate> best_of_shape(const LayerGeometry& layer,
                                         const arch::CoreDescription& core, const ChannelPlan& plan,
                                         const AxisOptions& rows, const AxisOptions& columns,
                                         const ChannelOptions& channels);

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/plan_candidate.h"
#include "spikeloom/mapper/plan/term_options.h"

namespace spikeloom::mapper {

/// Of all units and tiles of all terms for one block shape, those with the fewest packets that fit,
/// and those with the fewest dendrites. A block is taken to have as many dendrites of each of its
/// terms as any block.
std::vector<PlanCandidate> best_of_shape(const LayerGeometry& layer,
                                         const arch::CoreDescription& core, const ChannelPlan& plan,
                                         const AxisOptions& rows, const AxisOptions& columns,
                                         const ChannelOptions& channels);

}  // namespace spikeloom::mapper

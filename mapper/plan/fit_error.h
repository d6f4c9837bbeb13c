// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// Returns the reason why not even one neuron of a layer fits a core: the limit, its minimum value
/// that suffices while the other limits stay as they are, and its present value.
std::string explain_no_plan(const std::string& layer_name, const LayerGeometry& layer,
                            const arch::CoreDescription& core);

}  // namespace spikeloom::mapper

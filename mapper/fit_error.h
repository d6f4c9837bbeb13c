// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/chip_description.h"
#include "mapper/geometry.h"

namespace spikeloom::mapper {

/// Why not even one neuron of a layer fits a core: the limit, what is needed of it at least while
/// the other limits stay, and what there is.
std::string explain_no_plan(const std::string& layer_name, const LayerGeometry& layer,
                            const common::CoreDescription& core);

}  // namespace spikeloom::mapper

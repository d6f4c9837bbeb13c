// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/arch/deployment.h"

namespace spikeloom::sim {

/// Statistics categories of a chip that runs a deployment: the host's input, then the layers.
inline constexpr std::size_t kInputCategory = 0;
/// Category of a layer.
inline constexpr std::size_t layer_category(std::size_t layer) { return layer + 1; }

/// Returns, by category, the ticks from an image's entry to its spikes in that category; 0 for the
/// host's input.
std::vector<std::size_t> category_depths(const arch::Deployment& deployment);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// Accounts of a chip that runs a deployment: the host's input, then the layers.
inline constexpr std::size_t kInputCategory = 0;
inline constexpr std::size_t layer_category(std::size_t layer) { return layer + 1; }

/// Ticks from an image's entry to its spikes in each account: 0 for the host's input.
std::vector<std::size_t> category_depths(const converter::SpikingNetwork& network);

}  // namespace spikeloom::sim

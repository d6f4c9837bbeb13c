// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Throws std::invalid_argument, which names the layer, unless sizes, shapes, levels, weights and
/// thresholds fit together as SpikingNetwork's readers rely on.
void check_network(const SpikingNetwork& network);

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Checks that sizes, shapes, levels, weights and thresholds are consistent, as users of a
/// SpikingNetwork assume. Throws std::invalid_argument that names the layer if they are not.
void check_network(const SpikingNetwork& network);

}  // namespace spikeloom::converter

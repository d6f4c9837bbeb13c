// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::fuzz {

/// Checks what holds for every network that the program accepts: its file reads back as the same
/// network, and it can be evaluated. Ends this process if not.
void check_network(const converter::SpikingNetwork& network);

/// Ends this process, as a finding, unless `condition` holds.
void require(bool condition, const char* what);

}  // namespace spikeloom::fuzz

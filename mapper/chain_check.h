// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "converter/spiking_network.h"

namespace spikeloom::mapper {

/// Throws common::UserError for a network that is no chain, each layer all of the next one's input.
void require_chain(const converter::SpikingNetwork& network);

}  // namespace spikeloom::mapper

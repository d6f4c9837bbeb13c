// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/deployment.h"
#include "converter/spiking_network.h"

namespace spikeloom::mapper {

/// Rebuilds the network from a deployment alone, as the hardware reads it: replays the transactions
/// into the cores' memories, decodes their tables, follows every route, and reads the crossbars.
/// Compares it with `network`: each synapse once and with its weight, each threshold, each level of
/// each neuron once, each packet to exactly its receivers, no limit of the chip exceeded. Shares no
/// code with the mapper. Returns what is wrong, at most `most` findings; empty for a right one.
std::vector<std::string> verify(const common::Deployment& deployment,
                                const converter::SpikingNetwork& network, std::size_t most = 20);

}  // namespace spikeloom::mapper

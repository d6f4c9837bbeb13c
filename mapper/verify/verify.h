// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::mapper {

/// What the verifier has looked at.
struct VerifyCounts {
  std::uint64_t findings = 0;      ///< all, returned or not
  std::uint64_t transactions = 0;  ///< replayed
  std::uint64_t cores = 0;
  std::uint64_t groups = 0;
  std::uint64_t neurons = 0;      ///< of the cores' tables, each with its potential's limits
  std::uint64_t thresholds = 0;   ///< levels of neurons, each once
  std::uint64_t synapses = 0;     ///< that are not zero: cross-points compared with a weight
  std::uint64_t zeros = 0;        ///< cross-points of zero weights compared
  std::uint64_t packets = 0;      ///< followed: each of each level of each neuron, and the host's
  std::uint64_t axon_writes = 0;  ///< axons at which those packets arrive
  std::uint64_t outputs = 0;      ///< of those packets, to the host
};

/// Rebuilds the network from a deployment alone, as the hardware reads it: replays the transactions
/// into the cores' memories, decodes their tables, follows every route, and reads the crossbars.
/// Compares it with `network`: each synapse once and with its weight, each threshold, each level of
/// each neuron once, each packet to exactly its receivers, no limit of the chip exceeded. Shares no
/// code with the mapper. Returns what is wrong, at most `most` findings; empty for a right one.
/// Fills `counts` where given. Calls `progress` as often as a core is done, of which each is
/// looked at twice: where its packets go, and what its neurons gather.
std::vector<std::string> verify(
    const arch::Deployment& deployment, const converter::SpikingNetwork& network,
    std::size_t maximum = 20, VerifyCounts* counts = nullptr,
    const std::function<void(std::size_t done, std::size_t total)>& progress = nullptr);

}  // namespace spikeloom::mapper

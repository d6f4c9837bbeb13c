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

/// Number of items that the verifier checked.
struct VerifyCounts {
  std::uint64_t findings = 0;      ///< all findings, returned or not
  std::uint64_t transactions = 0;  ///< transactions replayed
  std::uint64_t cores = 0;
  std::uint64_t groups = 0;
  std::uint64_t neurons = 0;     ///< core neurons, each with the range of its potential
  std::uint64_t thresholds = 0;  ///< levels of neurons
  std::uint64_t synapses = 0;    ///< cross-points compared with a nonzero weight
  std::uint64_t zeros = 0;       ///< cross-points compared with a zero weight
  std::uint64_t packets = 0;     ///< packets followed, of each level of each neuron and of the host
  std::uint64_t axon_writes = 0;  ///< axons at which those packets arrive
  std::uint64_t outputs = 0;      ///< those packets that go to the host
};

/// Reconstructs the network from a deployment alone, as the hardware reads it: replays the
/// transactions into the cores' memories, decodes their tables, follows every route, and reads the
/// crossbars. Checks against `network` that each synapse is present once with its weight, that the
/// thresholds match, that each level of each neuron is present once, that each packet reaches
/// exactly its receivers, and that no limit of the chip is exceeded. Shares no code with the rest
/// of the mapper. Returns at most `max_findings` findings; none if the deployment is correct. Fills
/// `*counts` unless it is null. Calls `progress` after each step on a core; each core takes two
/// steps: following its packets and checking its neurons.
std::vector<std::string> verify(
    const arch::Deployment& deployment, const converter::SpikingNetwork& network,
    std::size_t max_findings = 20, VerifyCounts* counts = nullptr,
    const std::function<void(std::size_t done, std::size_t total)>& progress = nullptr);

}  // namespace spikeloom::mapper

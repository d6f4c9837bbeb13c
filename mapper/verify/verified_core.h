// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::mapper {

/// Spikes that arrive at the axons of a group.
struct Arrivals {
  static constexpr int kNone = -1;
  std::vector<int> source;   ///< [axon]: spike by SpikeIndex, or kNone
  std::vector<bool> wanted;  ///< [axon]: whether a neuron of the group has the source in its window
};

/// A core with its tables and labels from the deployment.
struct VerifiedCore {
  const CoreReadback* tables = nullptr;
  const arch::CoreLabels* labels = nullptr;
  std::vector<Arrivals> arrivals;  ///< [group]
};

using VerifiedCores = std::map<int, VerifiedCore>;  ///< by number on the board

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::mapper {

/// What arrives at the axons of a group.
struct Arrivals {
  static constexpr int kNone = -1;
  std::vector<int> source;   ///< of an axon: by SpikeIndex, or kNone
  std::vector<bool> wanted;  ///< some neuron of the group has the source in its window
};

/// A core with what the deployment says about it.
struct VerifiedCore {
  const CoreReadback* tables = nullptr;
  const arch::CoreLabels* labels = nullptr;
  std::vector<Arrivals> arrivals;  ///< of a group
};

using VerifiedCores = std::map<int, VerifiedCore>;  ///< by number on the board

}  // namespace spikeloom::mapper

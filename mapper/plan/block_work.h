// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::mapper {

/// Part of a network's neurons, each level counted alone, that fire for an image, where no spikes
/// were measured: LeNet's fire 18 % on MNIST and 22 % on Fashion-MNIST (docs/decisions.md).
inline constexpr double kExpectedRate = 0.2;

/// What a core does for a block in a tick (docs/timing.md).
struct BlockWork {
  std::int64_t scan_words = 0;  ///< of the axon bitmaps of its groups
  std::int64_t row_words = 0;   ///< words of the crossbar read, if every axon is set
  std::int64_t dendrites = 0;   ///< gathered
  std::int64_t neurons = 0;
  std::int64_t packets = 0;  ///< that leave it, if every threshold is reached

  BlockWork& operator+=(const BlockWork& other);
};

/// Cycles of a tick in which kExpectedRate of the axons are set and of the thresholds reached:
/// INTEGRATE, then FIRE or EMIT, whichever is longer. No packet waits for the network.
std::int64_t expected_cycles(const BlockWork& work, const arch::CoreTiming& timing);

}  // namespace spikeloom::mapper

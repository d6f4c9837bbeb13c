// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::mapper {

/// Assumed fraction of a network's neurons, each level counted separately, that fire for an image
/// when no spikes were measured. LeNet fires 18 % on MNIST and 22 % on Fashion-MNIST
/// (docs/decisions.md).
inline constexpr double kExpectedRate = 0.2;

/// Work of a core for one block in a tick (docs/timing.md).
struct BlockWork {
  std::int64_t scan_words = 0;  ///< words of the axon bitmaps of its groups
  std::int64_t row_words = 0;   ///< crossbar words read if every axon is set
  std::int64_t dendrites = 0;   ///< dendrites gathered
  std::int64_t neurons = 0;
  std::int64_t packets = 0;  ///< packets sent if every threshold is reached

  BlockWork& operator+=(const BlockWork& other);
};

/// Returns the expected fraction of `row_words` that a tick reads: that of the set axons, or all if
/// the rows are those of dendrites.
double expected_reads(const arch::CoreDescription& core);

/// Returns the expected cycles of a tick in which a fraction kExpectedRate of the axons is set and
/// of the thresholds is reached: INTEGRATE, then the longer of FIRE and EMIT. Waiting for the
/// network is not included.
std::int64_t expected_cycles(const BlockWork& work, const arch::CoreDescription& core);

}  // namespace spikeloom::mapper

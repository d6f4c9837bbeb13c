// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/hw/functional/lanes.h"

namespace spikeloom::hw {

/// The loop in which nearly all of the time of a LayeredBoard is spent, for one instruction set.
/// Stores for each lane the number of the `rows` that count in it, bit-sliced in slices[0 .. bits -
/// 1], which must suffice. All versions give the same bits.
struct LaneCount {
  using Function = void (*)(const Lanes* masks, const LaneRows& rows, int bits, Lanes* slices);

  const char* instruction_set;
  Function function;
};

/// Returns the versions that this machine can run, from the widest vectors to the narrowest.
const std::vector<LaneCount>& lane_counts();

}  // namespace spikeloom::hw

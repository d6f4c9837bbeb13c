// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/mapper/place/annealing.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// Moves of single cores and blocks: swaps the contents of two cores, moves the contents of a core
/// to a free one, or moves one block to a core in which it fits. In half of the moves, the target
/// is near the present core, within a distance that shrinks during the search; in the other half it
/// is next to a block with which the block communicates.
class CoreMoves : public Moves {
 public:
  explicit CoreMoves(const Traffic& traffic) : traffic_(traffic) {}

  bool propose(MovableOccupancy& occupancy, RandomSource& random, double left) override;

 private:
  int target(const Occupancy& occupancy, RandomSource& random, int block, double left) const;
  int partner(RandomSource& random, int block) const;

  const Traffic& traffic_;
};

}  // namespace spikeloom::mapper

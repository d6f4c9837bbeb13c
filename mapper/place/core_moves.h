// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/mapper/place/annealing.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// Moves of single cores: the contents of two swap, or those of one go to a free one; a block goes
/// to where its needs fit. Half of the time near to where it is, ever nearer as the search ends,
/// half of the time beside a block that it has to do with.
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

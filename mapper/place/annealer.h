// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "spikeloom/mapper/place/piece_placement.h"

namespace spikeloom::mapper {

struct AnnealOptions {
  std::uint64_t seed = 1;
  int effort = 0;  ///< the number of moves tried is proportional to it
  /// Called periodically with the number of moves done and the total number of moves. An exception
  /// that it throws ends the search.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// Improves a placement by simulated annealing. Minimizes TrafficCost with each link weighted by
/// the cycles that a packet occupies it. First the layers' rectangles move, change their shape and
/// swap places; then the contents of single cores are swapped, and single blocks move to free cores
/// or to free space in used ones. No limit of a core is exceeded, not even by the route entries
/// that split rectangles add, and no more cores are used than at the start. The start must respect
/// the limit of route entries. Returns the placement of the lowest cost found, which is never worse
/// than the start.
Occupancy anneal(PieceLayout start, const Traffic& traffic, const arch::ChipDescription& chip,
                 const AnnealOptions& options);

}  // namespace spikeloom::mapper

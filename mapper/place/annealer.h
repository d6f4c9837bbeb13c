// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "spikeloom/mapper/place/piece_placement.h"

namespace spikeloom::mapper {

struct AnnealOptions {
  std::uint64_t seed = 1;
  int effort = 0;  ///< moves that are tried grow with it; 0: none
  /// Called now and then with the moves done and all there will be. What it throws ends the search.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// Simulated annealing of a placement on TrafficCost, links counted by the cycles that a packet
/// takes on them. First the layers' rectangles move, change their shape and swap places; then the
/// contents of single cores swap, and blocks move to free cores or into what others leave. No limit
/// of a core is exceeded, route entries that broken rectangles cost included, and no more cores are
/// used than at the start, whose route entries must be within their limit. The cheapest placement
/// that was met is returned: never a worse one than the start.
Occupancy anneal(PieceLayout start, const Traffic& traffic, const arch::ChipDescription& chip,
                 const AnnealOptions& options);

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/image_record.h"

#include <numeric>

namespace spikeloom::sim {

std::int64_t ImageRecord::cycles() const {
  return std::accumulate(
      ticks.begin(), ticks.end(), std::int64_t{0},
      [](std::int64_t sum, const TickRecord& tick) { return sum + tick.cycles; });
}

}  // namespace spikeloom::sim

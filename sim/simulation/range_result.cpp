// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/range_result.h"

#include <iterator>
#include <numeric>
#include <utility>

#include "spikeloom/sim/simulation/sums.h"

namespace spikeloom::sim {

std::int64_t ImageRecord::cycles() const {
  return std::accumulate(
      ticks.begin(), ticks.end(), std::int64_t{0},
      [](std::int64_t sum, const TickRecord& tick) { return sum + tick.cycles; });
}

void RangeResult::append(RangeResult&& next) {
  std::move(next.images.begin(), next.images.end(), std::back_inserter(images));
  for (std::size_t category = 0; category < spikes.size(); ++category) {
    add(spikes[category], next.spikes[category]);
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    cores[i] += next.cores[i];
    core_use[i].spikes += next.core_use[i].spikes;
    core_use[i].busy_cycles += next.core_use[i].busy_cycles;
  }
  add(links, next.links);
  // The memory of all boards is the same.
  faults.dropped_packets += next.faults.dropped_packets;
  faults.corrupted_packets += next.faults.corrupted_packets;
}

}  // namespace spikeloom::sim

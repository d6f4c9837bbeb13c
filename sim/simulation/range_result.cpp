// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/range_result.h"

#include "spikeloom/sim/simulation/sums.h"

namespace spikeloom::sim {

void RangeResult::append(RangeResult&& next) {
  images.append(next.images);
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

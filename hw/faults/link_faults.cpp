// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/faults/link_faults.h"

#include <cstdint>

#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/base/mix.h"
#include "spikeloom/hw/faults/chance.h"

namespace spikeloom::hw {
namespace {

/// A stream of random numbers, apart from those of cores and packets.
constexpr std::uint64_t kLinks = UINT64_MAX - 2;

}  // namespace

std::vector<arch::DeadLink> broken_links(const HardwareFaults& faults,
                                         const arch::ChipDescription& chip) {
  std::vector<arch::DeadLink> broken = faults.dead_links;
  if (faults.link_dead == 0.0) return broken;
  const Chance dead(faults.link_dead);
  const std::uint64_t seed = base::mixed(faults.seed, kLinks);
  std::uint64_t number = 0;
  for (const arch::Link& link : arch::list_joined_pairs(chip)) {
    if (dead.happens(base::mixed(seed, number++))) broken.push_back({link.from, link.to});
  }
  return broken;
}

}  // namespace spikeloom::hw

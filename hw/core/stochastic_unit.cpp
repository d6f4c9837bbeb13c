// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/stochastic_unit.h"

namespace spikeloom::hw {

using arch::CoreRegion;

void StochasticUnit::load(const CoreMemory& memory, const std::vector<arch::Packet>& routes,
                          const Fail& fail) {
  ThresholdUnit::load(memory, routes, fail);
  start_.seed = memory.word(CoreRegion::kRandom, arch::RandomStart::kSeedOffset);
  start_.tick = memory.word(CoreRegion::kRandom, arch::RandomStart::kTickOffset);
}

std::int64_t StochasticUnit::fire(const std::vector<std::int32_t>& sums, std::int64_t start,
                                  const Fail& fail) {
  ++ticks_;
  return ThresholdUnit::fire(sums, start, fail);
}

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/core_tables.h"
#include "spikeloom/hw/core/threshold_unit.h"

namespace spikeloom::hw {

/// Neurons that fire at random. They gather their dendrites as those of ThresholdUnit do, but what
/// they compare with their thresholds is a random number (arch::RandomStart). It depends on seed,
/// tick and neuron alone: what arrives, and in which order, changes nothing. A neuron has one
/// number a tick for all its thresholds. Cycles and energy events are those of ThresholdUnit.
class StochasticUnit final : public ThresholdUnit {
 public:
  using ThresholdUnit::ThresholdUnit;
  const ThresholdTables* stateless() const override { return nullptr; }

  void load(const CoreMemory& memory, const std::vector<arch::Packet>& routes,
            const Fail& fail) override;
  std::int64_t fire(const std::vector<std::int32_t>& sums, std::int64_t start,
                    const Fail& fail) override;

 protected:
  std::int64_t compared(std::size_t neuron, std::int64_t /*potential*/) const override {
    return start_.number(start_.tick + ticks_ - 1, neuron);
  }

 private:
  arch::RandomStart start_;
  std::uint64_t ticks_ = 0;  ///< since reset, the present one included
};

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "spikeloom/hw/energy/events.h"

namespace spikeloom::hw {

/// Everything that consumes energy: events and, for each static term, cycles times the chips or
/// cores that it applied to.
class Activity {
 public:
  /// Adds `chips` chips for `cycles` cycles, without their cores.
  void add_chips(double chips, double cycles) {
    add(StaticTerm::kChipClock, StaticTerm::kChipLeakage, chips * cycles);
  }
  /// Adds cores that hold a part of the network.
  void add_cores(double cores, double cycles) {
    add(StaticTerm::kCoreClock, StaticTerm::kCoreLeakage, cores * cycles);
  }
  /// Adds cores that hold no part of the network.
  void add_idle_cores(double cores, double cycles) {
    add(StaticTerm::kIdleCoreClock, StaticTerm::kIdleCoreLeakage, cores * cycles);
  }

  EventCounts events;
  double cycles(StaticTerm term) const { return cycles_[static_cast<std::size_t>(term)]; }

 private:
  void add(StaticTerm clock, StaticTerm leakage, double cycles) {
    cycles_[static_cast<std::size_t>(clock)] += cycles;
    cycles_[static_cast<std::size_t>(leakage)] += cycles;
  }

  std::array<double, kStaticTerms> cycles_{};
};

}  // namespace spikeloom::hw

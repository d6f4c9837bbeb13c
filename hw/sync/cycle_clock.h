// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include <systemc>

#include "spikeloom/base/picosecond_clock.h"

namespace spikeloom::hw {

/// Integer cycles and SystemC time, at a time resolution of a picosecond or finer.
class CycleClock {
 public:
  explicit CycleClock(double frequency_hz)
      : picoseconds_(frequency_hz), units_(sc_core::sc_time(1, sc_core::SC_PS).value()) {}

  sc_core::sc_time time(std::int64_t cycle) const {
    return sc_core::sc_time::from_value(picoseconds_.unsigned_picoseconds(cycle) * units_);
  }
  /// The first cycle that does not begin before `time`.
  std::int64_t cycle(const sc_core::sc_time& time) const {
    return picoseconds_.cycle((time.value() + units_ - 1) / units_);
  }
  /// PicosecondClock::last_cycle, or less where the time resolution is finer than a picosecond.
  std::int64_t last_cycle() const {
    return std::min(picoseconds_.last_cycle(),
                    picoseconds_.cycle(sc_core::sc_max_time().value() / units_ / 2) - 1);
  }

 private:
  base::PicosecondClock picoseconds_;
  std::uint64_t units_;  ///< of SystemC's time in a picosecond
};

}  // namespace spikeloom::hw

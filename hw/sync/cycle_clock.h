// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <systemc>

#include "common/units.h"
#include "hw/sync/picosecond_clock.h"

namespace spikeloom::hw {

/// Integer cycles and SystemC time.
class CycleClock {
 public:
  explicit CycleClock(double frequency_hz)
      : frequency_hz_(frequency_hz), picoseconds_(frequency_hz) {}

  sc_core::sc_time time(std::int64_t cycle) const {
    return {static_cast<double>(picoseconds_.picoseconds(cycle)), sc_core::SC_PS};
  }
  /// The first cycle that does not begin before `time`.
  std::int64_t cycle(const sc_core::sc_time& time) const {
    const double cycles = time.to_seconds() * frequency_hz_;
    // time() rounds to half a picosecond: a whole one is above that, and a tenth of a cycle at
    // most.
    const double slack = std::max(1e-3, common::from_pico(frequency_hz_));
    return static_cast<std::int64_t>(std::ceil(cycles - slack));
  }

 private:
  double frequency_hz_;
  PicosecondClock picoseconds_;
};

}  // namespace spikeloom::hw

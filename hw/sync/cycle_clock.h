// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include <systemc>

#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/sync/report_ids.h"

namespace spikeloom::hw {

/// Converts between integer cycles and SystemC time. SystemC's time resolution must be a picosecond
/// or finer; a coarser one is reported as an error (report_id::kTime), which by default throws
/// sc_report.
class CycleClock {
 public:
  explicit CycleClock(double frequency_hz)
      : picoseconds_(frequency_hz), units_(units_per_picosecond()) {}

  sc_core::sc_time time(std::int64_t cycle) const {
    return sc_core::sc_time::from_value(picoseconds_.unsigned_picoseconds(cycle) * units_);
  }
  /// Returns the first cycle that does not begin before `time`.
  std::int64_t cycle(const sc_core::sc_time& time) const {
    return picoseconds_.cycle((time.value() + units_ - 1) / units_);
  }
  /// Returns PicosecondClock::last_cycle, or less if the time resolution is finer than a
  /// picosecond.
  std::int64_t last_cycle() const {
    return std::min(picoseconds_.last_cycle(),
                    picoseconds_.cycle(sc_core::sc_max_time().value() / units_ / 2) - 1);
  }

 private:
  static std::uint64_t units_per_picosecond() {
    const std::uint64_t units = sc_core::sc_time(1, sc_core::SC_PS).value();
    if (units == 0) {
      SC_REPORT_ERROR(report_id::kTime,
                      ("SystemC's time resolution is " +
                       sc_core::sc_get_time_resolution().to_string() + ", allowed 1 ps or finer")
                          .c_str());
    }
    return std::max<std::uint64_t>(units, 1);
  }

  base::PicosecondClock picoseconds_;
  std::uint64_t units_;  ///< SystemC time units per picosecond
};

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <systemc>

#include "spikeloom/hw/sync/cycle_clock.h"
#include "spikeloom/hw/sync/has_process.h"

namespace spikeloom::rtl {

/// A clock whose cycle c begins with a rising edge exactly when cycle c of hw::CycleClock does, to
/// the picosecond. A sc_clock would add up its rounded period.
class CycleSource : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> clock;

  CycleSource(const sc_core::sc_module_name& name, double frequency_hz)
      : sc_module(name), clock("clock"), cycles_(frequency_hz) {
    SPIKELOOM_HAS_PROCESS(CycleSource);
    SC_METHOD(toggle);
  }

  /// Returns the cycle that the last rising edge began.
  std::int64_t cycle() const { return cycle_; }

 private:
  void toggle() {
    const sc_core::sc_time begin = cycles_.time(cycle_ + 1);
    high_ = !high_;
    if (high_) {
      ++cycle_;
      next_trigger((cycles_.time(cycle_ + 1) - begin) / 2);
    } else {
      next_trigger(begin - sc_core::sc_time_stamp());
    }
    clock.write(high_);
  }

  hw::CycleClock cycles_;
  std::int64_t cycle_ = -1;
  bool high_ = false;
};

}  // namespace spikeloom::rtl

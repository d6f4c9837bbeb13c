// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

#include "common/units.h"

namespace spikeloom::hw {

/// Integer cycles as picoseconds. One cycle need not be a whole number of them, so times come from
/// cycle counts, never from sums of rounded periods.
class PicosecondClock {
 public:
  explicit PicosecondClock(double frequency_hz) : frequency_hz_(frequency_hz) {}

  std::int64_t picoseconds(std::int64_t cycle) const {
    return std::llround(common::to_pico(static_cast<double>(cycle) / frequency_hz_));
  }

 private:
  double frequency_hz_;
};

}  // namespace spikeloom::hw

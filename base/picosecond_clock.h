// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace spikeloom::base {

/// Converts between cycle counts and picoseconds: cycle c starts at c / frequency, rounded half up.
/// Both directions are exact for every 64-bit time, so times are computed from cycle counts, never
/// from sums of rounded periods. The resolution of the frequency is a microhertz.
class PicosecondClock {
 public:
  explicit PicosecondClock(double frequency_hz) {
    const auto microhertz = static_cast<std::uint64_t>(std::llround(frequency_hz * kMicrohertz));
    const std::uint64_t common_factor = std::gcd(kPicosecondsTimesMicrohertz, microhertz);
    picoseconds_ = kPicosecondsTimesMicrohertz / common_factor;
    cycles_ = microhertz / common_factor;
  }

  /// Returns the start of `cycle` in picoseconds, INT64_MAX if it is later than that.
  std::int64_t picoseconds(std::int64_t cycle) const {
    return static_cast<std::int64_t>(
        std::min(unsigned_picoseconds(cycle), std::uint64_t{INT64_MAX}));
  }
  std::uint64_t unsigned_picoseconds(std::int64_t cycle) const {
    const Wide product = static_cast<Wide>(cycle) * picoseconds_;
    return static_cast<std::uint64_t>((product + cycles_ / 2) / cycles_);
  }
  /// Returns the first cycle that starts at `picoseconds` or later.
  std::int64_t cycle(std::uint64_t picoseconds) const {
    if (picoseconds == 0) return 0;
    // picoseconds(c) >= p where c * picoseconds_ / cycles_ + 1/2 >= p.
    const Wide product = (static_cast<Wide>(picoseconds) * 2 - 1) * cycles_;
    const Wide divisor = static_cast<Wide>(picoseconds_) * 2;
    return static_cast<std::int64_t>((product + divisor - 1) / divisor);
  }
  /// Returns the last cycle that a tick may reach: half of SystemC's time range, so that the host
  /// has time left to read why the ticks ended.
  std::int64_t last_cycle() const { return cycle(INT64_MAX) - 1; }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr double kMicrohertz = 1e6;  ///< per hertz
  static constexpr std::uint64_t kPicosecondsTimesMicrohertz = 1'000'000'000'000'000'000;

  // picoseconds_ / cycles_ is the period in lowest terms.
  std::uint64_t picoseconds_;
  std::uint64_t cycles_;
};

}  // namespace spikeloom::base

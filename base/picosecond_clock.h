// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace spikeloom::hw {

/// Integer cycles as picoseconds: cycle c begins at c / frequency, rounded (half up). Both ways are
/// exact for every time of 64 bits, so times come from cycle counts, never from sums of rounded
/// periods. The frequency counts in microhertz.
class PicosecondClock {
 public:
  explicit PicosecondClock(double frequency_hz) {
    const auto microhertz = static_cast<std::uint64_t>(std::llround(frequency_hz * kMicrohertz));
    const std::uint64_t common_factor = std::gcd(kPicosecondsTimesMicrohertz, microhertz);
    picoseconds_ = kPicosecondsTimesMicrohertz / common_factor;
    cycles_ = microhertz / common_factor;
  }

  /// INT64_MAX for what is beyond it.
  std::int64_t picoseconds(std::int64_t cycle) const {
    return static_cast<std::int64_t>(
        std::min(unsigned_picoseconds(cycle), std::uint64_t{INT64_MAX}));
  }
  std::uint64_t unsigned_picoseconds(std::int64_t cycle) const {
    const Wide product = static_cast<Wide>(cycle) * picoseconds_;
    return static_cast<std::uint64_t>((product + cycles_ / 2) / cycles_);
  }
  /// The first cycle that does not begin before `picoseconds`.
  std::int64_t cycle(std::uint64_t picoseconds) const {
    if (picoseconds == 0) return 0;
    // picoseconds(c) >= p where c * picoseconds_ / cycles_ + 1/2 >= p.
    const Wide product = (static_cast<Wide>(picoseconds) * 2 - 1) * cycles_;
    const Wide divisor = static_cast<Wide>(picoseconds_) * 2;
    return static_cast<std::int64_t>((product + divisor - 1) / divisor);
  }
  /// The last cycle that a tick may reach: half of what SystemC's time holds, so that the host has
  /// time left to see why the ticks ended.
  std::int64_t last_cycle() const { return cycle(INT64_MAX) - 1; }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr double kMicrohertz = 1e6;  ///< in a hertz
  static constexpr std::uint64_t kPicosecondsTimesMicrohertz = 1'000'000'000'000'000'000;

  // picoseconds_ / cycles_ is the period in lowest terms.
  std::uint64_t picoseconds_;
  std::uint64_t cycles_;
};

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace spikeloom::hw {

/// A port that takes a packet every so many cycles, fractions of a cycle on average: kept in
/// thousandths, so that n packets in a row take n times that, rounded up once.
class RateLimiter {
 public:
  explicit RateLimiter(std::uint32_t millicycles) : period_(millicycles) {}

  void clear() { next_ = 0; }
  /// First cycle in which it takes the next packet.
  std::uint32_t free() const { return static_cast<std::uint32_t>((next_ + kUnit - 1) / kUnit); }
  /// It takes one in `cycle`, no earlier than free().
  void take(std::uint32_t cycle) {
    // Its own clock goes on under a packet that was waiting, and starts anew after a pause.
    if (cycle != free() || next_ == 0) next_ = cycle * kUnit;
    next_ += period_;
  }

 private:
  static constexpr std::uint64_t kUnit = 1000;
  std::uint64_t period_;
  std::uint64_t next_ = 0;
};

}  // namespace spikeloom::hw

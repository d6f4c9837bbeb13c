// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace spikeloom::hw {

/// A port that takes a packet every `millicycles` / 1000 cycles on average. Time is kept in
/// thousandths of a cycle, so that n packets in a row take n times the period, rounded up once.
class RateLimiter {
 public:
  explicit RateLimiter(std::uint32_t millicycles) : period_(millicycles) {}

  void clear() { next_ = 0; }
  /// Returns the first cycle in which the port takes the next packet.
  std::uint32_t free() const { return static_cast<std::uint32_t>((next_ + kUnit - 1) / kUnit); }
  /// Takes a packet in `cycle`, which must not be before free().
  void take(std::uint32_t cycle) {
    // Fractions accumulate while packets wait; after a pause, the count starts again at 0.
    if (cycle != free() || next_ == 0) next_ = cycle * kUnit;
    next_ += period_;
  }

 private:
  static constexpr std::uint64_t kUnit = 1000;
  std::uint64_t period_;
  std::uint64_t next_ = 0;
};

}  // namespace spikeloom::hw

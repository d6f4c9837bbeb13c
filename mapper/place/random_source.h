// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

namespace spikeloom::mapper {

/// Random numbers that are identical with every standard library and math library.
class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : engine_(seed) {}

  /// Returns an integer in 0..count-1; count > 0.
  int below(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  /// Returns an integer in min..max.
  int between(int min, int max) { return min + below(max - min + 1); }
  /// Returns a number in [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// From this x on `exponential` is false without a random number.
  static constexpr double kNever = 40.0;
  /// Returns true with probability exp(-x), x >= 0. Uses comparisons only (J. von Neumann, 1951):
  /// for x <= 1, the first k at which a uniform number is not below x/k is odd with that
  /// probability.
  bool exponential(double x) {
    if (x > kNever) return false;
    while (x > 1.0) {
      if (!below_one(1.0)) return false;
      x -= 1.0;
    }
    return below_one(x);
  }

 private:
  bool below_one(double x) {
    int k = 1;
    while (unit() < x / k) ++k;
    return k % 2 != 0;
  }

  std::mt19937_64 engine_;
};

}  // namespace spikeloom::mapper

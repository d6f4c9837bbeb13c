// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace spikeloom::test {

/// Draws the same numbers with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  /// Returns an integer from minimum to maximum, both included.
  int between(int minimum, int maximum) {
    const auto span = static_cast<std::uint64_t>(maximum - minimum + 1);
    return minimum + static_cast<int>(engine_() % span);
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  /// Returns one of 2^20 + 1 equidistant numbers from minimum to maximum.
  float real(float minimum, float maximum) {
    constexpr int kSteps = 1 << 20;
    const float share = static_cast<float>(between(0, kSteps)) / static_cast<float>(kSteps);
    return minimum + share * (maximum - minimum);
  }
  std::vector<float> reals(int count, float minimum, float maximum) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) values.push_back(real(minimum, maximum));
    return values;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace spikeloom::test

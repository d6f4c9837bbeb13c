// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace spikeloom::test {

/// Draws numbers the same way with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  /// least <= result <= most
  int between(int least, int most) {
    const auto span = static_cast<std::uint64_t>(most - least + 1);
    return least + static_cast<int>(engine_() % span);
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  /// One of 2^20 + 1 steps from least to most.
  float real(float least, float most) {
    constexpr int kSteps = 1 << 20;
    const float share = static_cast<float>(between(0, kSteps)) / static_cast<float>(kSteps);
    return least + share * (most - least);
  }
  std::vector<float> reals(int count, float least, float most) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) values.push_back(real(least, most));
    return values;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace spikeloom::test

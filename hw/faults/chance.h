// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace spikeloom::hw {

/// A Bernoulli trial on 64 random bits. The standard distributions are not used because their
/// results differ between libraries.
class Chance {
 public:
  explicit Chance(double probability);
  bool happens(std::uint64_t draw) const { return always_ || draw < limit_; }

 private:
  bool always_;
  std::uint64_t limit_;
};

/// 64 independent Bernoulli trials from few random numbers.
class ChanceMask {
 public:
  explicit ChanceMask(double probability);
  /// Returns a mask of the trials that happen. It depends on `seed` and `index` alone.
  std::uint64_t draw(std::uint64_t seed, std::uint64_t index) const;

 private:
  static constexpr int kBits = 64;
  bool never_;
  /// [k]: draws below it make at most k trials happen; the last one is reached by no draw.
  std::array<std::uint64_t, kBits> limits_;
};

/// A normally distributed number of mean 0 and deviation 1, to the 6 deviations of a sum of 12
/// uniform numbers: the same with every mathematical library. It depends on `seed` alone.
double normal_number(std::uint64_t seed);

}  // namespace spikeloom::hw

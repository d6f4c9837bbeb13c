// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace spikeloom::base {

/// Random words by number instead of in sequence: word `index` of stream `seed`. It is SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the
/// constants of its reference implementation) in the state that `index` + 1 steps from `seed` lead
/// to.
constexpr std::uint64_t mixed(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t word = seed + (index + 1) * 0x9e3779b97f4a7c15U;
  word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9U;
  word = (word ^ word >> 27) * 0x94d049bb133111ebU;
  return word ^ word >> 31;
}

/// The words of a stream one after the other.
class MixedStream {
 public:
  explicit MixedStream(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t next() { return mixed(seed_, index_++); }
  /// Returns a number of 0 .. count - 1; no number is more likely than another by more than
  /// count * 2^-32. `count` is at least 1.
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>((next() >> 32) * count >> 32);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t index_ = 0;
};

}  // namespace spikeloom::base

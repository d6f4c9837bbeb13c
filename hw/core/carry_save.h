// SPDX-License-Identifier: Apache-2.0
#pragma once

/// For the inner functions of hot loops, which must be compiled for the instruction set of the
/// function that calls them.
#define SPIKELOOM_INLINE inline __attribute__((always_inline))

namespace spikeloom::hw {

/// Carry-save adder on words or vectors of bits: high:low = a + b + low, bit by bit.
template <typename V>
SPIKELOOM_INLINE void add3(V& high, V& low, const V& a, const V& b) {
  const V half = a ^ b;
  high = (a & b) | (half & low);
  low = half ^ low;
}

}  // namespace spikeloom::hw

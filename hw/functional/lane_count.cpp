// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/functional/lane_count.h"

#include <cstring>

#include "spikeloom/hw/core/carry_save.h"

namespace spikeloom::hw {
namespace {

using Vector2 = std::uint64_t __attribute__((vector_size(16), may_alias));
using Vector4 = std::uint64_t __attribute__((vector_size(32), may_alias));
using Vector8 = std::uint64_t __attribute__((vector_size(64), may_alias));

/// Slices of a count: rows are numbered with 32 bits.
constexpr int kCountBits = 32;

/// Counts of rows in the lanes of one vector.
template <typename V>
struct Count {
  V ones{}, twos{}, fours{}, eights{};
  V slices[kCountBits];  ///< from bit 4 on
};

/// Adds eight rows. Returns the carry to bit 3 in `eight`.
template <typename V>
SPIKELOOM_INLINE void add_eight(Count<V>& count, const V* rows, V& eight) {
  V two_a, two_b, four_a, four_b;
  add3(two_a, count.ones, rows[0], rows[1]);
  add3(two_b, count.ones, rows[2], rows[3]);
  add3(four_a, count.twos, two_a, two_b);
  add3(two_a, count.ones, rows[4], rows[5]);
  add3(two_b, count.ones, rows[6], rows[7]);
  add3(four_b, count.twos, two_a, two_b);
  add3(eight, count.fours, four_a, four_b);
}

/// Adds rows to a count: where their lanes are set, or with `kClear` where they are not.
template <typename V, bool kClear>
SPIKELOOM_INLINE void count_rows(const std::uint64_t* masks, const std::uint32_t* rows,
                                 std::size_t row_count, int bits, Count<V>& count) {
  // Vectors are passed by reference, since how they are returned depends on the instruction set.
  const auto load = [&](V& row, std::size_t i) {
    std::memcpy(&row, masks + std::size_t{rows[i]} * Lanes::kWords, sizeof row);
    if (kClear) row = ~row;
  };
  constexpr std::size_t kBlock = 16;
  V block[kBlock];
  for (std::size_t begin = 0; begin < row_count; begin += kBlock) {
    if (row_count - begin >= kBlock) {
      // With a constant count, the compiler keeps the block in registers.
      for (std::size_t i = 0; i < kBlock; ++i) load(block[i], begin + i);
    } else {
      for (V& entry : block) entry = V{};
      for (std::size_t i = 0; i < row_count - begin; ++i) load(block[i], begin + i);
    }
    V low, high, carry;
    add_eight(count, block, low);
    add_eight(count, block + kBlock / 2, high);
    add3(carry, count.eights, low, high);
    for (int s = 4; s < bits; ++s) {
      const V sum = count.slices[s] ^ carry;
      carry = count.slices[s] & carry;
      count.slices[s] = sum;
    }
  }
}

/// Stores the counts of all rows in slices[0 .. bits - 1], a vector at a time.
template <typename V>
SPIKELOOM_INLINE void count_all(const Lanes* masks, const LaneRows& rows, int bits, Lanes* slices) {
  for (std::size_t word = 0; word < Lanes::kWords; word += sizeof(V) / sizeof(std::uint64_t)) {
    Count<V> count;
    for (int s = 4; s < bits; ++s) count.slices[s] = V{};
    const std::uint64_t* const from = masks->words.data() + word;
    count_rows<V, false>(from, rows.set.data(), rows.set.size(), bits, count);
    count_rows<V, true>(from, rows.clear.data(), rows.clear.size(), bits, count);
    const auto store = [&](int slice, const V& value) {
      if (slice < bits) std::memcpy(slices[slice].words.data() + word, &value, sizeof value);
    };
    store(0, count.ones);
    store(1, count.twos);
    store(2, count.fours);
    store(3, count.eights);
    for (int s = 4; s < bits; ++s) store(s, count.slices[s]);
  }
}

void count_portable(const Lanes* masks, const LaneRows& rows, int bits, Lanes* slices) {
  count_all<Vector2>(masks, rows, bits, slices);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) void count_avx2(const Lanes* masks, const LaneRows& rows, int bits,
                                                Lanes* slices) {
  count_all<Vector4>(masks, rows, bits, slices);
}

#ifndef SPIKELOOM_NO_AVX512
__attribute__((target("avx512f"))) void count_avx512(const Lanes* masks, const LaneRows& rows,
                                                     int bits, Lanes* slices) {
  count_all<Vector8>(masks, rows, bits, slices);
}
#endif
#endif

std::vector<LaneCount> available() {
  std::vector<LaneCount> result;
#if defined(__x86_64__) && defined(__GNUC__)
#ifndef SPIKELOOM_NO_AVX512
  if (__builtin_cpu_supports("avx512f")) result.push_back({"AVX-512", count_avx512});
#endif
  if (__builtin_cpu_supports("avx2")) result.push_back({"AVX2", count_avx2});
#endif
  result.push_back({"128-bit vectors", count_portable});
  return result;
}

}  // namespace

const std::vector<LaneCount>& lane_counts() {
  static const std::vector<LaneCount> kCounts = available();
  return kCounts;
}

}  // namespace spikeloom::hw

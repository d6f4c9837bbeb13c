// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/functional/lanes.h"

#include <algorithm>
#include <cstring>

namespace spikeloom::hw {
namespace {

using Vector2 = std::uint64_t __attribute__((vector_size(16), may_alias));
using Vector4 = std::uint64_t __attribute__((vector_size(32), may_alias));
using Vector8 = std::uint64_t __attribute__((vector_size(64), may_alias));

#define SPIKELOOM_INLINE inline __attribute__((always_inline))

/// Slices of a count: rows are numbered with 32 bits.
constexpr int kCountBits = 32;

/// Carry-save adder: high:low = a + b + low, bit by bit.
template <typename V>
SPIKELOOM_INLINE void add3(V& high, V& low, const V& a, const V& b) {
  const V half = a ^ b;
  high = (a & b) | (half & low);
  low = half ^ low;
}

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
      for (std::size_t i = 0; i < kBlock; ++i) block[i] = V{};
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

/// A list of rows that count.
struct Rows {
  const std::uint32_t* set;
  std::size_t sets;
  const std::uint32_t* clear;
  std::size_t clears;
};

/// Stores the counts of all rows in slices[0 .. bits - 1], a vector at a time.
template <typename V>
SPIKELOOM_INLINE void count_all(const Lanes* masks, const Rows& rows, int bits, Lanes* slices) {
  for (std::size_t word = 0; word < Lanes::kWords; word += sizeof(V) / sizeof(std::uint64_t)) {
    Count<V> count;
    for (int s = 4; s < bits; ++s) count.slices[s] = V{};
    const std::uint64_t* const from = masks->words.data() + word;
    count_rows<V, false>(from, rows.set, rows.sets, bits, count);
    count_rows<V, true>(from, rows.clear, rows.clears, bits, count);
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

using CountAll = void (*)(const Lanes*, const Rows&, int, Lanes*);

void count_portable(const Lanes* masks, const Rows& rows, int bits, Lanes* slices) {
  count_all<Vector2>(masks, rows, bits, slices);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) void count_avx2(const Lanes* masks, const Rows& rows, int bits,
                                                Lanes* slices) {
  count_all<Vector4>(masks, rows, bits, slices);
}

__attribute__((target("avx512f"))) void count_avx512(const Lanes* masks, const Rows& rows, int bits,
                                                     Lanes* slices) {
  count_all<Vector8>(masks, rows, bits, slices);
}

CountAll widest() {
  if (__builtin_cpu_supports("avx512f")) return count_avx512;
  if (__builtin_cpu_supports("avx2")) return count_avx2;
  return count_portable;
}
#else
CountAll widest() { return count_portable; }
#endif

void count_lanes(const Lanes* masks, const LaneRows& rows, int bits, Lanes* slices) {
  static const CountAll function = widest();
  function(masks, {rows.set.data(), rows.set.size(), rows.clear.data(), rows.clear.size()}, bits,
           slices);
}

/// Returns the bits of a number.
int bits_of(std::uint64_t number) {
  int bits = 0;
  while (number >> bits != 0) ++bits;
  return bits;
}

/// Adds a bit-sliced number to slices[0 .. bits - 1], modulo 2^bits.
void add_slices(const Lanes* number, int number_bits, Lanes* slices, int bits) {
  Lanes carry;
  for (int s = 0; s < bits; ++s) {
    const Lanes other = s < number_bits ? number[s] : Lanes{};
    for (std::size_t w = 0; w < Lanes::kWords; ++w) {
      std::uint64_t high;
      add3(high, slices[s].words[w], other.words[w], carry.words[w]);
      carry.words[w] = high;
    }
  }
}

}  // namespace

Lanes Lanes::first(std::size_t count) {
  Lanes lanes;
  for (std::size_t w = 0; w < kWords; ++w) {
    const std::size_t left = count > w * kWordBits ? count - w * kWordBits : 0;
    lanes.words[w] = left >= kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
  }
  return lanes;
}

bool Lanes::any() const {
  std::uint64_t all = 0;
  for (const std::uint64_t word : words) all |= word;
  return all != 0;
}

std::uint32_t Lanes::count() const {
  int count = 0;
  for (const std::uint64_t word : words) count += __builtin_popcountll(word);
  return static_cast<std::uint32_t>(count);
}

void LaneNumbers::add(const Lanes* masks, const LaneRows& rows, int shift) {
  if (rows.size() == 0) return;
  const int count_bits = bits_of(rows.size());
  if (bits_ == 0 && shift == 0) {
    bits_ = count_bits;
    count_lanes(masks, rows, count_bits, slices_.data());
    return;
  }
  std::array<Lanes, kCountBits> count;
  count_lanes(masks, rows, count_bits, count.data());
  const int bits = std::min(kBits, std::max(bits_, shift + count_bits) + 1);
  for (int s = bits_; s < bits; ++s) slices_[static_cast<std::size_t>(s)] = {};
  bits_ = bits;
  add_slices(count.data(), count_bits, &slices_[static_cast<std::size_t>(shift)], bits - shift);
}

Lanes LaneNumbers::reach(std::int64_t least) const {
  if (least <= 0) return Lanes::first(kLanes);
  if (least >> bits_ != 0) return {};
  // From the lowest bit on: a lane reaches the bits so far, or its higher bit decides.
  Lanes result = Lanes::first(kLanes);
  for (int s = 0; s < bits_; ++s) {
    const Lanes& slice = slices_[static_cast<std::size_t>(s)];
    const bool bit = (least >> s & 1) != 0;
    for (std::size_t w = 0; w < Lanes::kWords; ++w) {
      result.words[w] = bit ? result.words[w] & slice.words[w] : result.words[w] | slice.words[w];
    }
  }
  return result;
}

void LaneNumbers::add_to(std::array<std::uint64_t, kLanes>& sums) const {
  for (int s = 0; s < bits_; ++s) {
    const Lanes& slice = slices_[static_cast<std::size_t>(s)];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += (slice.words[lane / Lanes::kWordBits] >> lane % Lanes::kWordBits & 1) << s;
    }
  }
}

void LaneSum::add(const Lanes& mask, std::uint32_t weight) {
  for (; weight != 0; weight &= weight - 1) {
    const auto bit = static_cast<std::size_t>(__builtin_ctz(weight));
    waiting_[bit].push_back(mask);
    if (waiting_[bit].size() == kWaiting) flush(bit);
  }
}

void LaneSum::flush(std::size_t bit) {
  std::vector<Lanes>& waiting = waiting_[bit];
  rows_.erase();
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    rows_.set.push_back(static_cast<std::uint32_t>(i));
  }
  numbers_.add(waiting.data(), rows_, static_cast<int>(bit));
  waiting.clear();
}

void LaneSum::add(const Lanes* masks, const std::uint32_t* rows, const std::uint16_t* weights,
                  std::size_t count) {
  unsigned used = 0;
  for (std::size_t i = 0; i < count; ++i) used |= weights[i];
  for (; used != 0; used &= used - 1) {
    const unsigned bit = used & -used;
    rows_.erase();
    for (std::size_t i = 0; i < count; ++i) {
      if ((weights[i] & bit) != 0) rows_.set.push_back(rows[i]);
    }
    numbers_.add(masks, rows_, __builtin_ctz(bit));
  }
}

void LaneSum::add(const Lanes* masks, const std::uint32_t* rows, std::size_t count,
                  std::uint32_t weight) {
  rows_.erase();
  rows_.set.assign(rows, rows + count);
  for (; weight != 0; weight &= weight - 1) numbers_.add(masks, rows_, __builtin_ctz(weight));
}

std::array<std::uint64_t, kLanes> LaneSum::take() {
  for (std::size_t bit = 0; bit < kWeightBits; ++bit) {
    if (!waiting_[bit].empty()) flush(bit);
  }
  std::array<std::uint64_t, kLanes> sums{};
  numbers_.add_to(sums);
  numbers_.erase();
  return sums;
}

void transpose(std::array<std::uint64_t, 64>& square) {
  std::uint64_t mask = 0x00000000ffffffff;
  for (unsigned width = 32; width != 0; width /= 2, mask ^= mask << width) {
    for (std::size_t row = 0; row < 64; row = (row + width + 1) & ~std::size_t{width}) {
      const std::uint64_t change = (square[row] >> width ^ square[row + width]) & mask;
      square[row + width] ^= change;
      square[row] ^= change << width;
    }
  }
}

}  // namespace spikeloom::hw

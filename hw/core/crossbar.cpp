// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/crossbar.h"

#include <algorithm>
#include <cstring>

#include "spikeloom/base/vector_clones.h"
#include "spikeloom/hw/core/carry_save.h"

namespace spikeloom::hw {
namespace {

constexpr std::size_t kWordBits = 64;
constexpr std::size_t kWidestWords = 8;
/// Bits of a column's count of plus and not-minus bits: two of them for each of at most 65535
/// axons.
constexpr int kSlices = 18;

using Vector4 = std::uint64_t __attribute__((vector_size(32), aligned(8), may_alias));
using Vector8 = std::uint64_t __attribute__((vector_size(64), aligned(8), may_alias));

/// For one vector of columns, counts the plus and not-minus bits of all rows. slices[s] holds bit s
/// of the count of each column.
template <typename V>
SPIKELOOM_INLINE void count_columns(const std::uint64_t* plus, const std::uint64_t* minus,
                                    std::size_t stride, const int* rows, std::size_t row_count,
                                    int slice_count, V* slices) {
  constexpr std::size_t kBlock = 8;
  constexpr std::size_t kAhead = 2 * kBlock;
  V ones{}, twos{}, fours{}, eights{};
  for (int s = 4; s < slice_count; ++s) slices[s] = V{};
  for (std::size_t begin = 0; begin < row_count; begin += kBlock) {
    V p[kBlock], n[kBlock];
    const auto load = [&](std::size_t i) {
      const std::size_t at = static_cast<std::size_t>(rows[begin + i]) * stride;
      std::memcpy(&p[i], plus + at, sizeof(V));
      std::memcpy(&n[i], minus + at, sizeof(V));
      n[i] = ~n[i];
    };
    // The rows of a large chip are not in the cache, so they are prefetched.
    for (std::size_t i = begin + kAhead; i < std::min(begin + kAhead + kBlock, row_count); ++i) {
      const std::size_t at = static_cast<std::size_t>(rows[i]) * stride;
      __builtin_prefetch(plus + at);
      __builtin_prefetch(minus + at);
    }
    // With a constant count, the compiler keeps whole blocks in registers.
    if (row_count - begin >= kBlock) {
      for (std::size_t i = 0; i < kBlock; ++i) load(i);
    } else {
      for (std::size_t i = 0; i < kBlock; ++i) p[i] = n[i] = V{};
      for (std::size_t i = 0; i < row_count - begin; ++i) load(i);
    }
    V two_a, two_b, four_a, four_b, eight_a, eight_b, carry;
    add3(two_a, ones, p[0], n[0]);
    add3(two_b, ones, p[1], n[1]);
    add3(four_a, twos, two_a, two_b);
    add3(two_a, ones, p[2], n[2]);
    add3(two_b, ones, p[3], n[3]);
    add3(four_b, twos, two_a, two_b);
    add3(eight_a, fours, four_a, four_b);
    add3(two_a, ones, p[4], n[4]);
    add3(two_b, ones, p[5], n[5]);
    add3(four_a, twos, two_a, two_b);
    add3(two_a, ones, p[6], n[6]);
    add3(two_b, ones, p[7], n[7]);
    add3(four_b, twos, two_a, two_b);
    add3(eight_b, fours, four_a, four_b);
    add3(carry, eights, eight_a, eight_b);
    for (int s = 4; s < slice_count; ++s) {
      const V sum = slices[s] ^ carry;
      carry = slices[s] & carry;
      slices[s] = sum;
    }
  }
  slices[0] = ones;
  slices[1] = twos;
  slices[2] = fours;
  slices[3] = eights;
}

/// A range of columns of a vector, as bytes of its bitmaps; one byte is 8 columns.
struct Bytes {
  std::size_t begin;
  std::size_t end;
};

/// In each word, exchanges the bits `mask` << shift of a with the bits `mask` of b.
template <typename V>
SPIKELOOM_INLINE void exchange(V& a, V& b, unsigned shift, std::uint64_t mask) {
  const V change = ((a >> shift) ^ b) & mask;
  b ^= change;
  a ^= change << shift;
}

/// Treats eight rows as squares of eight by eight fields of `unit` bits, and transposes each
/// square.
template <typename V>
SPIKELOOM_INLINE void transpose(V* rows, unsigned unit, std::uint64_t halves,
                                std::uint64_t quarters, std::uint64_t eighths) {
  for (const unsigned i : {0U, 1U, 2U, 3U}) exchange(rows[i], rows[i + 4], 4 * unit, halves);
  for (const unsigned i : {0U, 1U, 4U, 5U}) exchange(rows[i], rows[i + 2], 2 * unit, quarters);
  for (const unsigned i : {0U, 2U, 4U, 6U}) exchange(rows[i], rows[i + 1], unit, eighths);
}

/// Writes the counts of the columns in `bytes`, minus `offset`, as integers.
template <typename V>
SPIKELOOM_INLINE void expand(const V* slices, int slice_count, std::int32_t offset, Bytes bytes,
                             std::int32_t* sums) {
  using Counts = std::uint8_t __attribute__((vector_size(8)));
  using Integers = std::int32_t __attribute__((vector_size(32), aligned(4), may_alias));
  // Eight slices hold one byte of each count. The first transposition collects the bits of these
  // bytes, with every eighth column in the same row; the second one puts the bytes of eight
  // adjacent columns side by side in a row.
  for (int first = 0; first < slice_count; first += 8) {
    V rows[8];
    for (int i = 0; i < 8; ++i) rows[i] = first + i < slice_count ? slices[first + i] : V{};
    transpose(rows, 1, 0x0f0f0f0f0f0f0f0f, 0x3333333333333333, 0x5555555555555555);
    transpose(rows, 8, 0x00000000ffffffff, 0x0000ffff0000ffff, 0x00ff00ff00ff00ff);
    for (std::size_t at = bytes.begin; at < bytes.end; ++at) {
      Counts counts;
      std::memcpy(&counts, reinterpret_cast<const char*>(&rows[at % 8]) + at / 8 * sizeof counts,
                  sizeof counts);
      const Integers part = __builtin_convertvector(counts, Integers) << first;
      auto* const columns = reinterpret_cast<Integers*>(sums + at * 8);
      *columns = first == 0 ? part - offset : *columns + part;
    }
  }
}

template <typename V>
SPIKELOOM_INLINE void sum_columns(const std::uint64_t* plus, const std::uint64_t* minus,
                                  std::size_t stride, const int* rows, std::size_t row_count,
                                  int slice_count, Bytes bytes, std::int32_t* sums) {
  V slices[kSlices];
  count_columns<V>(plus, minus, stride, rows, row_count, slice_count, slices);
  expand<V>(slices, slice_count, static_cast<std::int32_t>(row_count), bytes, sums);
}

/// Sums `words` (1..8) words of columns from `plus` and `minus`. Writes whole vectors of 1, 4 or 8
/// words.
SPIKELOOM_VECTOR_CLONES
void sum_words(const std::uint64_t* plus, const std::uint64_t* minus, std::size_t stride,
               const int* rows, std::size_t row_count, int slice_count, std::size_t words,
               Bytes bytes, std::int32_t* sums) {
  if (words == 1) {
    sum_columns<std::uint64_t>(plus, minus, stride, rows, row_count, slice_count, bytes, sums);
  } else if (words <= 4) {
    sum_columns<Vector4>(plus, minus, stride, rows, row_count, slice_count, bytes, sums);
  } else {
    sum_columns<Vector8>(plus, minus, stride, rows, row_count, slice_count, bytes, sums);
  }
}

/// Returns the even bits of a word, packed into its low half.
std::uint64_t even_bits(std::uint64_t word) {
  word &= 0x5555555555555555;
  word = (word | word >> 1) & 0x3333333333333333;
  word = (word | word >> 2) & 0x0f0f0f0f0f0f0f0f;
  word = (word | word >> 4) & 0x00ff00ff00ff00ff;
  word = (word | word >> 8) & 0x0000ffff0000ffff;
  return (word | word >> 16) & 0x00000000ffffffff;
}

std::size_t words_for(int bits) {
  return (static_cast<std::size_t>(bits) + kWordBits - 1) / kWordBits;
}

/// Returns the number of columns from `first` to `end` - 1 with a bit in one of the rows.
SPIKELOOM_VECTOR_CLONES
int count_nonzeros(const std::uint64_t* plus, const std::uint64_t* minus, int first, int end) {
  const auto word_of = [](int column) { return static_cast<std::size_t>(column) / kWordBits; };
  const std::uint64_t from = ~std::uint64_t{0} << static_cast<unsigned>(first) % kWordBits;
  const std::uint64_t to =
      ~std::uint64_t{0} >> (kWordBits - 1 - static_cast<unsigned>(end - 1) % kWordBits);
  int result = 0;
  for (std::size_t word = word_of(first); word <= word_of(end - 1); ++word) {
    std::uint64_t columns = plus[word] | minus[word];
    if (word == word_of(first)) columns &= from;
    if (word == word_of(end - 1)) columns &= to;
    result += __builtin_popcountll(columns);
  }
  return result;
}

/// Returns the even or the odd columns of a plane of pairs.
MemoryBytes columns_of_pairs(const arch::CoreDescription& core, const MemoryBytes& pairs,
                             unsigned odd) {
  const std::size_t pair_words = words_for(core.dendrites);
  const std::size_t stride = words_for(core.ternary_dendrites());
  const auto rows = static_cast<std::size_t>(core.axons);
  MemoryBytes plane(stride * rows * sizeof(std::uint64_t));
  auto* const to = reinterpret_cast<std::uint64_t*>(plane.writable());
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t* const from = pairs.words() + row * pair_words;
    for (std::size_t i = 0; i < words_for(core.ternary_dendrites() * 2); ++i) {
      to[row * stride + i / 2] |= even_bits(from[i] >> odd) << (32 * (i % 2));
    }
  }
  return plane;
}

}  // namespace

Crossbar::Crossbar(const arch::CoreDescription& core, const MemoryBytes& plus,
                   const MemoryBytes& minus)
    : stride_(words_for(core.ternary_dendrites())) {
  switch (core.synapse) {
    case arch::Synapse::kTernary:
      plus_ = plus;
      minus_ = minus;
      break;
    case arch::Synapse::kBinaryPair:
      plus_ = columns_of_pairs(core, plus, 0);
      minus_ = columns_of_pairs(core, plus, 1);
      break;
  }
}

const std::uint64_t* Crossbar::plus_row(int axon) const {
  return plus_.words() + static_cast<std::size_t>(axon) * stride_;
}

const std::uint64_t* Crossbar::minus_row(int axon) const {
  return minus_.words() + static_cast<std::size_t>(axon) * stride_;
}

void Crossbar::accumulate(const std::vector<int>& rows, int first, int count,
                          std::int32_t* sums) const {
  int slice_count = 4;
  while (rows.size() * 2 >> slice_count != 0) ++slice_count;
  const std::size_t begin = static_cast<std::size_t>(first) / kWordBits;
  const std::size_t end = words_for(first + count);
  alignas(64) std::int32_t columns[kWidestWords * kWordBits];
  for (std::size_t word = begin; word < end; word += kWidestWords) {
    const std::size_t words = std::min(kWidestWords, end - word);
    const int base = static_cast<int>(word * kWordBits);
    const int from = std::max(first, base);
    const int to = std::min(first + count, static_cast<int>((word + words) * kWordBits));
    const Bytes bytes{static_cast<std::size_t>(from - base) / 8,
                      static_cast<std::size_t>(to - base + 7) / 8};
    sum_words(plus_row(0) + word, minus_row(0) + word, stride_, rows.data(), rows.size(),
              slice_count, words, bytes, columns);
    for (int d = from; d < to; ++d) sums[d - first] += columns[d - base];
  }
}

int Crossbar::nonzeros(int axon, int first, int count) const {
  return count == 0 ? 0 : count_nonzeros(plus_row(axon), minus_row(axon), first, first + count);
}

int Crossbar::weight(int axon, int dendrite) const {
  const auto word = static_cast<std::size_t>(dendrite) / kWordBits;
  const auto bit = static_cast<unsigned>(dendrite) % kWordBits;
  return static_cast<int>(plus_row(axon)[word] >> bit & 1) -
         static_cast<int>(minus_row(axon)[word] >> bit & 1);
}

}  // namespace spikeloom::hw

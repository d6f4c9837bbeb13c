// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/functional/lanes.h"

#include <algorithm>

#include "spikeloom/hw/core/carry_save.h"
#include "spikeloom/hw/functional/lane_count.h"

namespace spikeloom::hw {
namespace {

/// Slices of a count: rows are numbered with 32 bits.
constexpr int kCountBits = 32;

void count_lanes(const Lanes* masks, const LaneRows& rows, int bits, Lanes* slices) {
  static const LaneCount::Function kFunction = lane_counts().front().function;
  kFunction(masks, rows, bits, slices);
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
  // Without a carry the numbers need no further slice, which each later addition would pass.
  if (!slices_[static_cast<std::size_t>(bits_ - 1)].any()) --bits_;
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

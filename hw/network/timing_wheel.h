// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace spikeloom::hw {

/// A calendar queue of small numbers by cycle: a wheel for the near future, a heap for the rest.
/// The entries of a cycle come out in no particular order.
class TimingWheel {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  void clear();
  /// `cycle` must not be before the last one taken.
  [[gnu::always_inline]] void add(std::int64_t cycle, std::uint32_t item) {
    ++size_;
    // The wheel's slot of now_ may still be in use by the caller of `take`.
    if (static_cast<std::uint64_t>(cycle - now_ - 1) >= kSlots - 1) {
      later_.push_back({cycle, item});
      std::push_heap(later_.begin(), later_.end(), std::greater<>());
      return;
    }
    const std::size_t slot = slot_of(cycle);
    wheel_[slot].push_back(item);
    filled_[slot / kWordBits] |= std::uint64_t{1} << slot % kWordBits;
    filled_words_ |= 1U << slot / kWordBits;
  }
  std::size_t size() const { return size_; }
  /// Returns the earliest cycle with entries, or kNever.
  std::int64_t next() const {
    const std::size_t start = slot_of(now_);
    const std::uint64_t word = filled_[start / kWordBits] >> start % kWordBits;
    if (word != 0 && later_.empty()) return now_ + __builtin_ctzll(word);
    return search();
  }
  /// Takes out the entries of `cycle`, which must be next(). They are valid until the next call of
  /// `take` or `clear`.
  const std::vector<std::uint32_t>& take(std::int64_t cycle);

 private:
  static std::size_t slot_of(std::int64_t cycle) {
    return static_cast<std::size_t>(cycle) % kSlots;
  }
  std::int64_t search() const;

  static constexpr std::uint64_t kSlots = 1024;
  static constexpr unsigned kWordBits = 64;
  static constexpr unsigned kWords = kSlots / kWordBits;

  struct Entry {
    std::int64_t cycle;
    std::uint32_t item;
    bool operator>(const Entry& other) const { return cycle > other.cycle; }
  };

  std::size_t size_ = 0;  ///< entries
  std::int64_t now_ = 0;  ///< the wheel holds cycles now_ + 1 .. now_ + kSlots - 1
  std::vector<std::uint32_t>* taken_ = nullptr;
  std::array<std::vector<std::uint32_t>, kSlots> wheel_;
  std::array<std::uint64_t, kWords> filled_{};  ///< a bit for each slot with entries
  std::uint32_t filled_words_ = 0;              ///< a bit for each nonzero word of filled_
  std::vector<Entry> later_;                    ///< heap, earliest first
};

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::hw {

/// A set of routers or cores, by number. They come out in ascending order, which improves cache
/// hits if many are busy.
class NumberSet {
 public:
  explicit NumberSet(std::size_t numbers)
      : words_((numbers + kWordBits - 1) / kWordBits),
        summary_((words_.size() + kWordBits - 1) / kWordBits) {}

  void clear() {
    std::fill(words_.begin(), words_.end(), 0);
    std::fill(summary_.begin(), summary_.end(), 0);
    empty_ = true;
  }
  bool empty() const { return empty_; }
  /// Inserts a number if `wanted`; not by a branch, which could not be predicted.
  [[gnu::always_inline]] void insert(std::uint32_t number, bool wanted = true) {
    const std::size_t word = number / kWordBits;
    words_[word] |= static_cast<std::uint64_t>(wanted) << number % kWordBits;
    summary_[word / kWordBits] |= static_cast<std::uint64_t>(wanted) << word % kWordBits;
    empty_ &= !wanted;
  }
  /// Takes out all numbers, and calls `visit` with each. `visit` must not insert into this set.
  template <class Visit>
  void take(const Visit& visit) {
    empty_ = true;
    for (std::size_t s = 0; s < summary_.size(); ++s) {
      std::uint64_t summary = summary_[s];
      summary_[s] = 0;
      // A single loop over words and bits: with nested loops, the end of the inner one would be
      // mispredicted if a word has few numbers.
      while (summary != 0) {
        const auto bit = static_cast<unsigned>(__builtin_ctzll(summary));
        const std::size_t word = s * kWordBits + bit;
        const std::uint64_t set = words_[word];
        const std::uint64_t left = set & (set - 1);
        words_[word] = left;
        summary &= ~(static_cast<std::uint64_t>(left == 0) << bit);
        visit(static_cast<std::uint32_t>(word * kWordBits) +
              static_cast<std::uint32_t>(__builtin_ctzll(set)));
      }
    }
  }

 private:
  static constexpr std::size_t kWordBits = 64;

  std::vector<std::uint64_t> words_;    ///< a bit for each number
  std::vector<std::uint64_t> summary_;  ///< a bit for each nonzero word
  bool empty_ = true;
};

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace spikeloom::hw {

/// A calendar of routers by cycle: a bitmap for each of the next cycles, and a heap for later ones.
/// The routers of a cycle come out in ascending order, which improves cache hits if many are busy.
class VisitWheel {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  explicit VisitWheel(std::size_t routers)
      : words_((routers + kWordBits - 1) / kWordBits),
        summary_words_((words_ + kWordBits - 1) / kWordBits),
        sets_(kSlots * words_),
        summaries_(kSlots * summary_words_) {}

  void clear();
  /// `cycle` must not be before the last one taken.
  void add(std::int64_t cycle, std::uint32_t router) {
    if (static_cast<std::uint64_t>(cycle - now_ - 1) >= kSlots - 1) {
      later_.push_back({cycle, router});
      std::push_heap(later_.begin(), later_.end(), std::greater<>());
      return;
    }
    insert(slot_of(cycle), router);
  }
  /// Adds a router for `cycle`, which must be the next one taken and not after next().
  void add_now(std::int64_t cycle, std::uint32_t router) { insert(slot_of(cycle), router); }
  /// Returns the earliest cycle with routers, or kNever.
  std::int64_t next() const {
    const std::int64_t later = later_.empty() ? kNever : later_.front().cycle;
    if (filled_ == 0) return later;
    // The slots from now_ on, in order.
    const std::size_t start = slot_of(now_);
    const std::uint64_t turned = filled_ >> start | filled_ << (kSlots - start) % kSlots;
    return std::min(later, now_ + __builtin_ctzll(turned));
  }
  /// Takes out the routers of `cycle`, which must not be after next(), and calls `visit` with each.
  /// Routers that `visit` adds must be for later cycles.
  template <class Visit>
  void take(std::int64_t cycle, const Visit& visit) {
    now_ = cycle;
    const std::size_t slot = slot_of(cycle);
    while (!later_.empty() && later_.front().cycle == cycle) {
      std::pop_heap(later_.begin(), later_.end(), std::greater<>());
      insert(slot, later_.back().router);
      later_.pop_back();
    }
    filled_ &= ~(std::uint64_t{1} << slot);
    for (std::size_t s = 0; s < summary_words_; ++s) {
      std::uint64_t summary = summaries_[slot * summary_words_ + s];
      summaries_[slot * summary_words_ + s] = 0;
      // A single loop over words and bits: with nested loops, the end of the inner one would be
      // mispredicted if a word has few routers.
      while (summary != 0) {
        const auto bit = static_cast<unsigned>(__builtin_ctzll(summary));
        const std::size_t word = s * kWordBits + bit;
        const std::uint64_t set = sets_[slot * words_ + word];
        const std::uint64_t left = set & (set - 1);
        sets_[slot * words_ + word] = left;
        summary &= ~(static_cast<std::uint64_t>(left == 0) << bit);
        visit(static_cast<std::uint32_t>(word * kWordBits) +
              static_cast<std::uint32_t>(__builtin_ctzll(set)));
      }
    }
  }

 private:
  static constexpr std::size_t kSlots = 64;  ///< bits of filled_
  static constexpr std::size_t kWordBits = 64;

  struct Entry {
    std::int64_t cycle;
    std::uint32_t router;
    bool operator>(const Entry& other) const { return cycle > other.cycle; }
  };

  static std::size_t slot_of(std::int64_t cycle) {
    return static_cast<std::size_t>(cycle) % kSlots;
  }
  void insert(std::size_t slot, std::uint32_t router) {
    const std::size_t word = router / kWordBits;
    sets_[slot * words_ + word] |= std::uint64_t{1} << router % kWordBits;
    summaries_[slot * summary_words_ + word / kWordBits] |= std::uint64_t{1} << word % kWordBits;
    filled_ |= std::uint64_t{1} << slot;
  }

  std::int64_t now_ = 0;  ///< the slots hold cycles now_ + 1 .. now_ + kSlots - 1
  std::size_t words_;     ///< words of a bitmap
  std::size_t summary_words_;
  std::vector<std::uint64_t> sets_;       ///< [slot]: a bit for each router
  std::vector<std::uint64_t> summaries_;  ///< [slot]: a bit for each nonzero word of the bitmap
  std::uint64_t filled_ = 0;              ///< slots that hold routers
  std::vector<Entry> later_;              ///< heap, earliest first
};

}  // namespace spikeloom::hw

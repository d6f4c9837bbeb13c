// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace spikeloom::hw {

/// A calendar queue of small numbers by cycle: a wheel for the near future, a heap for the rest.
/// Entries of one cycle come out in no particular order.
class Calendar {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  void clear();
  /// `cycle` is not before the last one taken.
  void add(std::int64_t cycle, std::uint32_t item) {
    if (cycle - now_ >= kSlots) {
      later_.push({cycle, item});
      return;
    }
    const auto slot = static_cast<std::size_t>(cycle) % kSlots;
    wheel_[slot].push_back(item);
    filled_[slot / kWordBits] |= std::uint64_t{1} << slot % kWordBits;
  }
  /// The earliest cycle with entries, or kNever.
  std::int64_t next() const;
  /// Moves the entries of `cycle`, which is next(), to `items`.
  void take(std::int64_t cycle, std::vector<std::uint32_t>& items);

 private:
  static constexpr std::int64_t kSlots = 1024;
  static constexpr unsigned kWordBits = 64;

  struct Entry {
    std::int64_t cycle;
    std::uint32_t item;
    bool operator>(const Entry& other) const { return cycle > other.cycle; }
  };

  std::int64_t now_ = 0;  ///< the wheel holds cycles now_ .. now_ + kSlots - 1
  std::array<std::vector<std::uint32_t>, kSlots> wheel_;
  std::array<std::uint64_t, kSlots / kWordBits> filled_{};
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> later_;
};

}  // namespace spikeloom::hw

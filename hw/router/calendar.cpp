// SPDX-License-Identifier: Apache-2.0
#include "hw/router/calendar.h"

#include <algorithm>

namespace spikeloom::hw {
void Calendar::clear() {
  for (auto& slot : wheel_) slot.clear();
  filled_.fill(0);
  later_ = {};
  now_ = 0;
}

std::int64_t Calendar::next() const {
  // From now_'s slot to the end of its word, the words after it, and round to its beginning.
  const auto start = static_cast<std::size_t>(now_ % kSlots);
  std::int64_t near = kNever;
  for (std::size_t step = 0; step <= filled_.size(); ++step) {
    const std::size_t index = (start / kWordBits + step) % filled_.size();
    std::uint64_t word = filled_[index];
    if (step == 0) word &= ~std::uint64_t{0} << start % kWordBits;
    if (step == filled_.size()) word &= ~(~std::uint64_t{0} << start % kWordBits);
    if (word == 0) continue;
    const auto slot = static_cast<std::int64_t>(index * kWordBits) +
                      static_cast<std::int64_t>(__builtin_ctzll(word));
    near = now_ + (slot - static_cast<std::int64_t>(start) + kSlots) % kSlots;
    break;
  }
  return later_.empty() ? near : std::min(near, later_.top().cycle);
}

void Calendar::take(std::int64_t cycle, std::vector<std::uint32_t>& items) {
  items.clear();
  now_ = cycle;
  const auto slot = static_cast<std::size_t>(cycle % kSlots);
  items.swap(wheel_[slot]);
  filled_[slot / kWordBits] &= ~(std::uint64_t{1} << slot % kWordBits);
  while (!later_.empty() && later_.top().cycle == cycle) {
    items.push_back(later_.top().item);
    later_.pop();
  }
}

}  // namespace spikeloom::hw

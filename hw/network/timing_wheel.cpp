// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/timing_wheel.h"

namespace spikeloom::hw {

void TimingWheel::clear() {
  for (auto& slot : wheel_) slot.clear();
  filled_.fill(0);
  later_.clear();
  now_ = 0;
  taken_ = nullptr;
}

std::int64_t TimingWheel::search() const {
  // Search from the slot of now_ to the end of its word, through the other words, and then from the
  // beginning of the first word.
  const auto start = static_cast<std::size_t>(static_cast<std::uint64_t>(now_) % kSlots);
  constexpr auto kWheel = static_cast<std::int64_t>(kSlots);
  std::int64_t near = kNever;
  for (std::size_t step = 0; step <= filled_.size(); ++step) {
    const std::size_t index = (start / kWordBits + step) % filled_.size();
    std::uint64_t word = filled_[index];
    if (step == 0) word &= ~std::uint64_t{0} << start % kWordBits;
    if (step == filled_.size()) word &= ~(~std::uint64_t{0} << start % kWordBits);
    if (word == 0) continue;
    const auto slot = static_cast<std::int64_t>(index * kWordBits) +
                      static_cast<std::int64_t>(__builtin_ctzll(word));
    near = now_ + (slot - static_cast<std::int64_t>(start) + kWheel) % kWheel;
    break;
  }
  return later_.empty() ? near : std::min(near, later_.front().cycle);
}

const std::vector<std::uint32_t>& TimingWheel::take(std::int64_t cycle) {
  if (taken_ != nullptr) taken_->clear();
  now_ = cycle;
  const std::size_t slot = static_cast<std::uint64_t>(cycle) % kSlots;
  filled_[slot / kWordBits] &= ~(std::uint64_t{1} << slot % kWordBits);
  taken_ = &wheel_[slot];
  while (!later_.empty() && later_.front().cycle == cycle) {
    std::pop_heap(later_.begin(), later_.end(), std::greater<>());
    taken_->push_back(later_.back().item);
    later_.pop_back();
  }
  return *taken_;
}

}  // namespace spikeloom::hw

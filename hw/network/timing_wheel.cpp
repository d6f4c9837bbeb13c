// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/timing_wheel.h"

namespace spikeloom::hw {

void TimingWheel::clear() {
  for (auto& slot : wheel_) slot.clear();
  filled_.fill(0);
  filled_words_ = 0;
  later_.clear();
  size_ = 0;
  now_ = 0;
  taken_ = nullptr;
}

std::int64_t TimingWheel::search() const {
  const std::int64_t later = later_.empty() ? kNever : later_.front().cycle;
  if (filled_words_ == 0) return later;
  const std::size_t start = slot_of(now_);
  const std::size_t first = start / kWordBits;
  const std::uint64_t rest = filled_[first] >> start % kWordBits;
  if (rest != 0) return std::min(later, now_ + __builtin_ctzll(rest));
  // The words after the first one, in order. The first one is the last, with its slots before
  // now_, which are those of the wheel's last cycles.
  const std::uint32_t turned = filled_words_ >> (first + 1) | filled_words_ << (kWords - 1 - first);
  const std::size_t word = (first + 1 + static_cast<std::size_t>(__builtin_ctz(turned))) % kWords;
  const std::size_t slot =
      word * kWordBits + static_cast<std::size_t>(__builtin_ctzll(filled_[word]));
  return std::min(later, now_ + static_cast<std::int64_t>((slot + kSlots - start) % kSlots));
}

const std::vector<std::uint32_t>& TimingWheel::take(std::int64_t cycle) {
  if (taken_ != nullptr) taken_->clear();
  now_ = cycle;
  const std::size_t slot = slot_of(cycle);
  std::uint64_t& word = filled_[slot / kWordBits];
  word &= ~(std::uint64_t{1} << slot % kWordBits);
  filled_words_ &= ~(static_cast<std::uint32_t>(word == 0) << slot / kWordBits);
  taken_ = &wheel_[slot];
  while (!later_.empty() && later_.front().cycle == cycle) {
    std::pop_heap(later_.begin(), later_.end(), std::greater<>());
    taken_->push_back(later_.back().item);
    later_.pop_back();
  }
  size_ -= taken_->size();
  return *taken_;
}

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/memory_bytes.h"

#include <cstring>
#include <functional>
#include <string_view>

namespace spikeloom::hw {

MemoryBytes::MemoryBytes(std::uint64_t size)
    : size_(size), lines_(std::make_shared<Lines>(lines(size))) {}

const std::uint64_t* MemoryBytes::words() const {
  return lines_ == nullptr ? nullptr : lines_->data()->words;
}

const std::uint8_t* MemoryBytes::data() const {
  return reinterpret_cast<const std::uint8_t*>(words());
}

std::uint8_t* MemoryBytes::writable() {
  if (lines_.use_count() > 1) lines_ = std::make_shared<Lines>(*lines_);
  return reinterpret_cast<std::uint8_t*>(lines_->data()->words);
}

void MemoryBytes::extend(std::uint64_t size) {
  if (size <= size_) return;
  const auto larger = std::make_shared<Lines>(lines(size));
  if (size_ != 0) std::memcpy(larger->data(), lines_->data(), size_);
  lines_ = larger;
  size_ = size;
}

void MemoryPool::share(MemoryBytes& bytes) {
  if (bytes.size() == 0) return;
  const std::size_t hash =
      std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  auto [next, last] = by_hash_.equal_range(hash);
  while (next != last) {
    const std::shared_ptr<MemoryBytes::Lines> other = next->second.lock();
    if (other == nullptr) {
      next = by_hash_.erase(next);
      continue;
    }
    if (other->size() == bytes.lines_->size() &&
        std::memcmp(other->data(), bytes.data(), bytes.size()) == 0) {
      bytes.lines_ = other;
      return;
    }
    ++next;
  }
  by_hash_.emplace(hash, bytes.lines_);
}

}  // namespace spikeloom::hw

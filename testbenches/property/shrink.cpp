// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/shrink.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace spikeloom::property {
namespace {

using test::Choices;

/// Numbers from here on are seeds, of which no one is nearer to another.
constexpr std::uint64_t kSeed = std::uint64_t{1} << 32;

class Shrinker {
 public:
  Shrinker(Choices failing, const Try& fails, const std::function<bool()>& stop)
      : best_(std::move(failing)), fails_(fails), stop_(stop) {}

  Choices run() {
    Choices before;
    do {
      before = best_;
      for (std::size_t size = largest(); size > 0; size /= 2) leave_out(size);
      for (std::size_t size = largest(); size > 1; size /= 2) set_to_zero(size);
      lower();
    } while (simpler(best_, before) && !stop_());
    return best_;
  }

 private:
  /// Returns the largest power of two that is at most half of all choices, or 1.
  std::size_t largest() const {
    std::size_t size = 1;
    while (4 * size <= best_.size()) size *= 2;
    return size;
  }

  /// Takes `candidate` if it is simpler and fails.
  bool take(const Choices& candidate) {
    if (stop_() || !simpler(candidate, best_) || !tried_.insert(candidate).second) return false;
    const std::optional<Choices> made = fails_(candidate);
    if (!made || !simpler(*made, best_)) return false;
    best_ = *made;
    return true;
  }

  void leave_out(std::size_t size) {
    for (std::size_t end = best_.size(); end >= size; --end) {
      if (end > best_.size()) continue;
      Choices candidate = best_;
      const auto first = candidate.begin() + static_cast<std::ptrdiff_t>(end - size);
      candidate.erase(first, first + static_cast<std::ptrdiff_t>(size));
      take(candidate);
    }
  }

  void set_to_zero(std::size_t size) {
    for (std::size_t i = 0; i + size <= best_.size(); i += size) {
      Choices candidate = best_;
      std::fill_n(candidate.begin() + static_cast<std::ptrdiff_t>(i), size, 0);
      take(candidate);
    }
  }

  void lower() {
    for (std::size_t i = 0; i < best_.size(); ++i) {
      // The highest number that is known not to fail.
      std::uint64_t low = 0;
      if (best_[i] == 0 || try_number(i, 0)) continue;
      if (best_[i] >= kSeed) {
        try_number(i, 1);
        continue;
      }
      while (i < best_.size() && best_[i] - low > 1) {
        const std::uint64_t middle = low + (best_[i] - low) / 2;
        if (!try_number(i, middle)) low = middle;
        if (stop_()) return;
      }
    }
  }

  bool try_number(std::size_t i, std::uint64_t number) {
    Choices candidate = best_;
    candidate[i] = number;
    return take(candidate);
  }

  Choices best_;
  const Try& fails_;
  const std::function<bool()>& stop_;
  std::set<Choices> tried_;
};

}  // namespace

bool simpler(const Choices& a, const Choices& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

Choices shrink(Choices failing, const Try& fails, const std::function<bool()>& stop) {
  return Shrinker(std::move(failing), fails, stop).run();
}

}  // namespace spikeloom::property

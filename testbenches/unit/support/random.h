// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace spikeloom::test {

/// What was drawn, one number for each draw: 0 is the simplest of its values, the lowest one or
/// "no". Whatever is made from choices becomes simpler as numbers are lowered or taken away.
using Choices = std::vector<std::uint64_t>;

/// How much of what is possible is drawn.
enum class Range {
  kUsual,  ///< small numbers and common forms
  kAll,    ///< everything that the product accepts, as far as it is quickly simulated
};

/// Draws the same numbers with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// Appends what is drawn to `made`, which outlives this object.
  Random(std::uint64_t seed, Choices& made) : engine_(seed), made_(&made) {}
  /// Draws what `given` says: the highest possible value where its number is too high, and the
  /// simplest ones after its end.
  Random(Choices given, Choices& made) : given_(std::move(given)), replays_(true), made_(&made) {}

  std::uint64_t bits() {
    return draw(std::numeric_limits<std::uint64_t>::max(), [](std::uint64_t word) { return word; });
  }
  /// Returns an integer from minimum to maximum, both included.
  int between(int minimum, int maximum) {
    const auto span = static_cast<std::uint64_t>(maximum - minimum + 1);
    const auto number = draw(span - 1, [span](std::uint64_t word) { return word % span; });
    return minimum + static_cast<int>(number);
  }
  bool chance(int percent) {
    const std::uint64_t yes = percent <= 0 ? 0 : 1;
    const auto share = static_cast<std::uint64_t>(percent);
    return draw(yes, [=](std::uint64_t word) {
             return yes != 0 && word % 100 < share ? std::uint64_t{1} : 0;
           }) != 0;
  }
  /// Returns one of 2^20 + 1 equidistant numbers from minimum to maximum.
  float real(float minimum, float maximum) {
    constexpr int kSteps = 1 << 20;
    const float share = static_cast<float>(between(0, kSteps)) / static_cast<float>(kSteps);
    return minimum + share * (maximum - minimum);
  }
  std::vector<float> reals(int count, float minimum, float maximum) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) values.push_back(real(minimum, maximum));
    return values;
  }

 private:
  /// Returns a number of 0..maximum: what `make` makes of a random word, or the next one given.
  template <typename Make>
  std::uint64_t draw(std::uint64_t maximum, Make make) {
    std::uint64_t number = 0;
    if (!replays_) {
      number = make(engine_());
    } else if (next_ < given_.size()) {
      number = std::min(given_[next_++], maximum);
    }
    if (made_ != nullptr) made_->push_back(number);
    return number;
  }

  std::mt19937_64 engine_;
  Choices given_;
  std::size_t next_ = 0;
  bool replays_ = false;
  Choices* made_ = nullptr;
};

}  // namespace spikeloom::test

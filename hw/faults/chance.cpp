// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/faults/chance.h"

#include <algorithm>
#include <cmath>

#include "spikeloom/base/mix.h"

namespace spikeloom::hw {
namespace {

/// Returns the number of the draws that have this probability.
std::uint64_t limit_of(double probability) {
  return probability >= 1.0 ? UINT64_MAX : static_cast<std::uint64_t>(std::ldexp(probability, 64));
}

}  // namespace

Chance::Chance(double probability)
    : always_(probability >= 1.0), limit_(always_ ? 0 : limit_of(probability)) {}

ChanceMask::ChanceMask(double probability) : never_(probability <= 0.0) {
  // The binomial distribution, term by term. Rare trials are counted, frequent ones would make the
  // first terms vanish, but not together with all others.
  const double p = std::min(probability, 1.0);
  std::array<double, kBits + 1> terms{};
  for (int k = 0; k <= kBits; ++k) {
    double term = 1.0;
    for (int i = 0; i < k; ++i) term *= p * (kBits - i) / (i + 1);
    for (int i = k; i < kBits; ++i) term *= 1.0 - p;
    terms[static_cast<std::size_t>(k)] = term;
  }
  double sum = 0.0;
  for (std::size_t k = 0; k < limits_.size(); ++k) {
    sum += terms[k];
    limits_[k] = limit_of(sum);
  }
}

std::uint64_t ChanceMask::draw(std::uint64_t seed, std::uint64_t index) const {
  if (never_) return 0;
  const std::uint64_t number = base::mixed(seed, index);
  if (number < limits_.front()) return 0;
  const auto count =
      static_cast<int>(std::upper_bound(limits_.begin(), limits_.end(), number) - limits_.begin());
  // A sample without replacement (R. Floyd, 1987).
  base::MixedStream stream(number);
  std::uint64_t mask = 0;
  for (int last = kBits - count; last < kBits; ++last) {
    const std::uint64_t bit = std::uint64_t{1}
                              << stream.below(static_cast<std::uint32_t>(last) + 1);
    mask |= (mask & bit) == 0 ? bit : std::uint64_t{1} << last;
  }
  return mask;
}

double normal_number(std::uint64_t seed) {
  constexpr int kNumbers = 12;
  base::MixedStream stream(seed);
  double sum = -kNumbers / 2.0;
  for (int i = 0; i < kNumbers; ++i) sum += std::ldexp(static_cast<double>(stream.next()), -64);
  return sum;
}

}  // namespace spikeloom::hw

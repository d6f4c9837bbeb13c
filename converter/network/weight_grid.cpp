// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/weight_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>

namespace spikeloom::converter {
namespace {

Rational greatest_common_divisor(const Rational& a, const Rational& b) {
  return {gcd(Integer(a.numerator() * b.denominator()), Integer(b.numerator() * a.denominator())),
          Integer(a.denominator() * b.denominator())};
}

/// Returns the largest number of which all of `magnitudes` (positive, ascending) are multiples up
/// to kMaxCode; 0 if there is none.
Rational exact_scale(const std::vector<float>& magnitudes) {
  Rational scale;
  for (const float magnitude : magnitudes) {
    const Rational value = Rational::from_double(static_cast<double>(magnitude));
    scale = scale.sign() == 0 ? value : greatest_common_divisor(scale, value);
    if (Rational(kMaxCode) * scale < value) return {};
  }
  const Rational top = Rational::from_double(static_cast<double>(magnitudes.back()));
  return Rational(kMaxCode) * scale < top ? Rational() : scale;
}

/// Whether all of `magnitudes` are multiples of `scale` after rounding to float32.
bool rounds_to(const std::vector<float>& magnitudes, float scale) {
  return std::all_of(magnitudes.begin(), magnitudes.end(), [scale](float magnitude) {
    const double code = std::nearbyint(static_cast<double>(magnitude) / static_cast<double>(scale));
    return code <= kMaxCode && static_cast<float>(code) * scale == magnitude;
  });
}

/// Returns the largest float32 number of which all of `magnitudes` are multiples up to kMaxCode
/// after rounding to float32; 0 if there is none.
float rounded_scale(const std::vector<float>& magnitudes) {
  const double smallest = static_cast<double>(magnitudes.front());
  const double largest = static_cast<double>(magnitudes.back());
  for (int code = 1; code <= kMaxCode && largest <= (kMaxCode + 0.5) * smallest / code; ++code) {
    // The largest magnitude, with the largest code, leaves the smallest interval of scales.
    const double top = std::nearbyint(largest / (smallest / code));
    const auto estimate = static_cast<float>(largest / top);
    for (const float scale :
         {estimate, std::nextafter(estimate, 0.0F), std::nextafter(estimate, 2.0F * estimate)}) {
      if (rounds_to(magnitudes, scale)) return scale;
    }
  }
  return 0;
}

/// Divides the codes of a channel by their common divisor.
void reduce(std::int16_t* codes, std::size_t count, Rational& scale) {
  int divisor = 0;
  for (std::size_t i = 0; i < count; ++i) divisor = std::gcd(divisor, static_cast<int>(codes[i]));
  if (divisor == 0) scale = Rational();
  if (divisor <= 1) return;
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = static_cast<std::int16_t>(codes[i] / divisor);
  }
  scale = scale * Rational(divisor);
}

/// Representations of numbers as sums of +-2^b with the bits b of a mask.
class SignedDigits {
 public:
  static constexpr int kBits = 9;
  struct Digits {
    int count = 0;  ///< nonzero ones
    std::array<std::int8_t, kBits> values{};
  };

  explicit SignedDigits(unsigned mask) : mask_(mask), best_{{0, {}}} {
    for (int bit = 0; bit < kBits; ++bit) {
      if ((mask & 1U << bit) == 0) continue;
      const std::map<int, Digits> shorter = best_;
      for (const auto& [value, digits] : shorter) {
        for (const int sign : {1, -1}) {
          Digits longer = digits;
          ++longer.count;
          longer.values[static_cast<std::size_t>(bit)] = static_cast<std::int8_t>(sign);
          keep(value + sign * (1 << bit), longer);
        }
      }
    }
  }

  unsigned mask() const { return mask_; }
  /// Returns the digits of `value` with the fewest nonzero ones; null if it has none.
  const Digits* find(int value) const {
    const auto found = best_.find(value);
    return found == best_.end() ? nullptr : &found->second;
  }

 private:
  void keep(int value, const Digits& digits) {
    const auto [entry, added] = best_.try_emplace(value, digits);
    if (!added && digits.count < entry->second.count) entry->second = digits;
  }

  unsigned mask_;
  std::map<int, Digits> best_;
};

unsigned bits_of(unsigned mask) {
  unsigned count = 0;
  for (; mask != 0; mask &= mask - 1) ++count;
  return count;
}

/// Returns the masks of bits in ascending order of the number of bits, then of the mask.
std::vector<unsigned> masks() {
  std::vector<unsigned> result;
  for (unsigned mask = 1; mask < 1U << SignedDigits::kBits; ++mask) result.push_back(mask);
  std::stable_sort(result.begin(), result.end(),
                   [](unsigned a, unsigned b) { return bits_of(a) < bits_of(b); });
  return result;
}

SignedDigits best_digits(const std::map<int, std::int64_t>& counts) {
  std::optional<SignedDigits> best;
  std::int64_t best_synapses = 0;
  for (const unsigned mask : masks()) {
    if (best && bits_of(mask) > bits_of(best->mask())) break;
    if (!counts.empty() && static_cast<int>(mask) * 2 < counts.rbegin()->first) continue;
    const SignedDigits digits(mask);
    std::int64_t synapses = 0;
    bool all = true;
    for (auto count = counts.begin(); all && count != counts.end(); ++count) {
      const SignedDigits::Digits* found = digits.find(count->first);
      all = found != nullptr;
      if (all) synapses += count->second * found->count;
    }
    if (!all || (best && synapses >= best_synapses)) continue;
    best = digits;
    best_synapses = synapses;
  }
  return *best;
}

}  // namespace

std::optional<WeightGrid> find_grid(const GraphWeights& weights, std::size_t channels,
                                    WeightConflict& conflict) {
  WeightGrid grid;
  grid.codes.reserve(weights.values.size());
  grid.scales.assign(channels, Rational());
  const std::size_t fan_in = weights.values.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const auto begin = weights.values.begin() + static_cast<std::ptrdiff_t>(c * fan_in);
    Rational& scale = grid.scales[c];
    if (!weights.codes.empty()) {
      const auto codes = weights.codes.begin() + static_cast<std::ptrdiff_t>(c * fan_in);
      int divisor = 0;
      for (std::size_t i = 0; i < fan_in; ++i) {
        divisor = std::gcd(divisor, codes[static_cast<std::ptrdiff_t>(i)]);
      }
      divisor = std::max(divisor, 1);
      for (std::size_t i = 0; i < fan_in; ++i) {
        const int code = codes[static_cast<std::ptrdiff_t>(i)] / divisor;
        if (std::abs(code) > kMaxCode) {
          const auto smallest = std::min_element(
              begin, begin + static_cast<std::ptrdiff_t>(fan_in),
              [](float a, float b) { return a != 0 && (b == 0 || std::abs(a) < std::abs(b)); });
          conflict = {c, *smallest, begin[static_cast<std::ptrdiff_t>(i)]};
          return std::nullopt;
        }
        grid.codes.push_back(static_cast<std::int16_t>(code));
      }
      scale = Rational::from_double(weights.scales[c]) * Rational(divisor);
    } else {
      std::set<float> distinct;
      for (std::size_t i = 0; i < fan_in; ++i) {
        const float magnitude = std::abs(begin[static_cast<std::ptrdiff_t>(i)]);
        if (magnitude != 0) distinct.insert(magnitude);
        if (distinct.size() > kMaxCode) break;
      }
      const std::vector<float> magnitudes(distinct.begin(), distinct.end());
      if (!magnitudes.empty() && magnitudes.size() <= kMaxCode) scale = exact_scale(magnitudes);
      if (!magnitudes.empty() && scale.sign() == 0 && magnitudes.size() <= kMaxCode) {
        scale = Rational::from_double(static_cast<double>(rounded_scale(magnitudes)));
        grid.rounded = grid.rounded || scale.sign() != 0;
      }
      if (!magnitudes.empty() && scale.sign() == 0) {
        conflict = {c, magnitudes.front(), magnitudes.back()};
        return std::nullopt;
      }
      const double step = scale.to_double();
      for (std::size_t i = 0; i < fan_in; ++i) {
        const auto weight = static_cast<double>(begin[static_cast<std::ptrdiff_t>(i)]);
        grid.codes.push_back(weight == 0
                                 ? std::int16_t{0}
                                 : static_cast<std::int16_t>(std::nearbyint(weight / step)));
      }
    }
    reduce(grid.codes.data() + c * fan_in, fan_in, scale);
  }
  return grid;
}

std::vector<WeightPlane> split_planes(const std::vector<std::int16_t>& codes) {
  std::map<int, std::int64_t> counts;  // of nonzero magnitudes
  for (const std::int16_t code : codes) {
    if (code != 0) ++counts[std::abs(code)];
  }
  const SignedDigits digits = best_digits(counts);
  std::vector<WeightPlane> planes;
  for (int bit = 0; bit < SignedDigits::kBits; ++bit) {
    if ((digits.mask() & 1U << bit) == 0) continue;
    WeightPlane& plane = planes.emplace_back();
    plane.shift = bit;
    plane.weights.assign(codes.size(), 0);
    bool used = false;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] == 0) continue;
      const std::int8_t digit =
          digits.find(std::abs(codes[i]))->values[static_cast<std::size_t>(bit)];
      plane.weights[i] = static_cast<std::int8_t>(codes[i] < 0 ? -digit : digit);
      used = used || digit != 0;
    }
    if (!used && (planes.size() > 1 || !counts.empty())) planes.pop_back();
  }
  return planes;
}

}  // namespace spikeloom::converter

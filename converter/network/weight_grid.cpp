// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/weight_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>

namespace spikeloom::converter {
namespace {

/// Returns the largest number of which all of `magnitudes` (positive, ascending) are multiples up
/// to kMaxCode; 0 if there is none.
Rational exact_scale(const std::vector<float>& magnitudes) {
  Rational scale;
  for (const float magnitude : magnitudes) {
    const Rational value = Rational::from_double(static_cast<double>(magnitude));
    scale = greatest_common_divisor(scale, value);
    if (Rational(kMaxCode) * scale < value) return {};
  }
  const Rational top = Rational::from_double(static_cast<double>(magnitudes.back()));
  return Rational(kMaxCode) * scale < top ? Rational() : scale;
}

/// Whether all of `magnitudes` are multiples of `scale` after rounding to float32, once or, as by a
/// tool that multiplies weights by factors of their channel, a few times.
bool rounds_to(const std::vector<float>& magnitudes, double scale) {
  constexpr double kTolerance = 0x1p-22;
  return std::all_of(magnitudes.begin(), magnitudes.end(), [scale](float magnitude) {
    const double code = std::nearbyint(static_cast<double>(magnitude) / scale);
    return code <= kMaxCode &&
           std::abs(static_cast<double>(magnitude) / (code * scale) - 1) <= kTolerance;
  });
}

/// Whether all of `magnitudes` are multiples of `scale` after rounding to float32 once.
bool rounds_once_to(const std::vector<float>& magnitudes, float scale) {
  return std::all_of(magnitudes.begin(), magnitudes.end(), [scale](float magnitude) {
    const double code = std::nearbyint(static_cast<double>(magnitude) / static_cast<double>(scale));
    return code <= kMaxCode && static_cast<float>(code) * scale == magnitude;
  });
}

/// Returns a scale of which all of `magnitudes` are multiples up to kMaxCode after rounding to
/// float32, as few times the smallest as possible; 0 if there is none.
double rounded_scale(const std::vector<float>& magnitudes) {
  const auto smallest = static_cast<double>(magnitudes.front());
  const auto largest = static_cast<double>(magnitudes.back());
  for (int code = 1; code <= kMaxCode && largest <= (kMaxCode + 0.5) * smallest / code; ++code) {
    // The largest magnitude, with the largest code, tells the scale best.
    const double scale = largest / std::nearbyint(largest / (smallest / code));
    // The scale itself is a float32 number next to it, unless products of several were rounded. If
    // it is found exactly, tensors of one scale get the same one.
    const auto single = static_cast<float>(scale);
    for (const float candidate :
         {single, std::nextafter(single, 0.0F), std::nextafter(single, 2.0F * single)}) {
      if (rounds_once_to(magnitudes, candidate)) return static_cast<double>(candidate);
    }
    if (rounds_to(magnitudes, scale)) return scale;
  }
  return 0;
}

/// Divides the codes of a channel by their common divisor.
void reduce(std::int16_t* codes, std::size_t count, Rational& scale) {
  int divisor = 0;
  for (std::size_t i = 0; i < count && divisor != 1; ++i) {
    divisor = std::gcd(divisor, static_cast<int>(codes[i]));
  }
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

/// Returns the distinct magnitudes of the nonzero weights of a channel, ascending; empty if there
/// are more than any grid has.
std::vector<float> magnitudes_of(const float* weights, std::size_t count) {
  std::vector<float> magnitudes;
  for (std::size_t i = 0; i < count; ++i) {
    const float magnitude = std::abs(weights[i]);
    if (magnitude == 0 || (!magnitudes.empty() && magnitude == magnitudes.back())) continue;
    const auto place = std::lower_bound(magnitudes.begin(), magnitudes.end(), magnitude);
    if (place != magnitudes.end() && *place == magnitude) continue;
    if (magnitudes.size() == kMaxCode) return {};
    magnitudes.insert(place, magnitude);
  }
  return magnitudes;
}

/// One channel of a grid. Each function returns false if the channel has none.
struct ChannelGrid {
  std::int16_t* codes;
  Rational* scale;
  std::size_t fan_in;

  /// By the integers that the file gives.
  bool set_codes(const std::int32_t* given, double given_scale) const {
    int divisor = 0;
    for (std::size_t i = 0; i < fan_in && divisor != 1; ++i) divisor = std::gcd(divisor, given[i]);
    divisor = std::max(divisor, 1);
    for (std::size_t i = 0; i < fan_in; ++i) {
      const int code = given[i] / divisor;
      if (std::abs(code) > kMaxCode) return false;
      codes[i] = static_cast<std::int16_t>(code);
    }
    *scale = Rational::from_double(given_scale) * Rational(divisor);
    return true;
  }

  /// By a common scale of the values.
  bool set_values(const float* values, bool& rounded) const {
    const std::vector<float> magnitudes = magnitudes_of(values, fan_in);
    if (magnitudes.size() == 1) {
      *scale = Rational::from_double(static_cast<double>(magnitudes.front()));
      for (std::size_t i = 0; i < fan_in; ++i) {
        codes[i] = static_cast<std::int16_t>((values[i] > 0) - (values[i] < 0));
      }
      return true;
    }
    if (magnitudes.empty()) {
      return std::all_of(values, values + fan_in, [](float value) { return value == 0; });
    }
    *scale = exact_scale(magnitudes);
    if (scale->sign() == 0) {
      *scale = Rational::from_double(rounded_scale(magnitudes));
      if (scale->sign() == 0) return false;
      rounded = true;
    }
    const double step = scale->to_double();
    for (std::size_t i = 0; i < fan_in; ++i) {
      codes[i] = static_cast<std::int16_t>(std::nearbyint(static_cast<double>(values[i]) / step));
    }
    return true;
  }
};

/// Returns the smallest nonzero and the largest magnitude of a channel, for messages.
WeightConflict conflict_of(std::size_t channel, const float* values, std::size_t count) {
  WeightConflict conflict{channel, 0, 0};
  for (std::size_t i = 0; i < count; ++i) {
    const float value = values[i];
    if (value == 0) continue;
    if (conflict.first == 0 || std::abs(value) < std::abs(conflict.first)) conflict.first = value;
    if (std::abs(value) > std::abs(conflict.second)) conflict.second = value;
  }
  return conflict;
}

}  // namespace

std::optional<WeightGrid> find_grid(const GraphWeights& weights, std::size_t channels,
                                    WeightConflict& conflict) {
  WeightGrid grid;
  grid.codes.resize(weights.values.size());
  grid.scales.resize(channels);
  const std::size_t fan_in = weights.values.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const float* values = weights.values.data() + c * fan_in;
    const ChannelGrid channel{grid.codes.data() + c * fan_in, &grid.scales[c], fan_in};
    const bool found = weights.codes.empty() ? channel.set_values(values, grid.rounded)
                                             : channel.set_codes(weights.codes.data() + c * fan_in,
                                                                 weights.scales[c]);
    if (!found) {
      conflict = conflict_of(c, values, fan_in);
      return std::nullopt;
    }
    reduce(channel.codes, fan_in, grid.scales[c]);
  }
  return grid;
}

std::vector<WeightPlane> split_planes(const std::vector<std::int16_t>& codes) {
  const bool ternary = std::all_of(codes.begin(), codes.end(),
                                   [](std::int16_t code) { return code >= -1 && code <= 1; });
  if (ternary) return {{0, std::vector<std::int8_t>(codes.begin(), codes.end())}};
  std::array<std::int64_t, kMaxCode + 1> histogram{};
  for (const std::int16_t code : codes) ++histogram[static_cast<std::size_t>(std::abs(code))];
  std::map<int, std::int64_t> counts;  // of nonzero magnitudes
  for (int code = 1; code <= kMaxCode; ++code) {
    const std::int64_t count = histogram[static_cast<std::size_t>(code)];
    if (count != 0) counts[code] = count;
  }
  const SignedDigits digits = best_digits(counts);
  std::vector<WeightPlane> planes;
  for (int bit = 0; bit < SignedDigits::kBits; ++bit) {
    if ((digits.mask() & 1U << bit) == 0) continue;
    std::array<std::int8_t, kMaxCode + 1> digit_of{};  // [magnitude]
    bool used = false;
    for (const auto& [code, count] : counts) {
      const std::int8_t digit = digits.find(code)->values[static_cast<std::size_t>(bit)];
      digit_of[static_cast<std::size_t>(code)] = digit;
      used = used || digit != 0;
    }
    if (!used) continue;
    WeightPlane& plane = planes.emplace_back();
    plane.shift = bit;
    plane.weights.reserve(codes.size());
    for (const std::int16_t code : codes) {
      const std::int8_t digit = digit_of[static_cast<std::size_t>(std::abs(code))];
      plane.weights.push_back(static_cast<std::int8_t>(code < 0 ? -digit : digit));
    }
  }
  return planes;
}

}  // namespace spikeloom::converter

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/known_levels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "spikeloom/base/index.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;
using Lists = std::vector<std::vector<LevelThreshold>>;

using base::at;

Integer bounded_level(const QuantizerSpec& spec, Integer integer) {
  if (spec.lowest && integer < *spec.lowest) return *spec.lowest;
  if (spec.highest && *spec.highest < integer) return *spec.highest;
  return integer;
}

/// Adds the steps from `first` on to those on a number. Returns false if their results are not
/// known.
bool append(const std::vector<ChannelStep>& steps, std::size_t first, std::size_t channel,
            NumberSteps& known) {
  return std::all_of(
      steps.begin() + static_cast<std::ptrdiff_t>(first), steps.end(),
      [&known, channel](const ChannelStep& step) { return known.append(step, channel); });
}

/// Returns the result of a step without rounding. Not for a normalization.
Rational result_of(const ChannelStep& step, std::size_t channel, const Rational& number) {
  switch (step.kind) {
    case Kind::kMultiply:
      return number * Rational::from_double(step.values[channel]);
    case Kind::kDivide:
      return number / Rational::from_double(step.values[channel]);
    case Kind::kAdd:
      return number + Rational::from_double(step.values[channel]);
    case Kind::kClamp:
      if (step.lower && number < *step.lower) return *step.lower;
      if (step.upper && *step.upper < number) return *step.upper;
      break;
    case Kind::kLeakyRelu:
      if (number.sign() < 0) return number * Rational::from_double(step.values[channel]);
      break;
    case Kind::kNormalize:
      break;
  }
  return number;
}

/// A level of the input: the result of the steps without rounding, and the integer that it gets.
struct KnownLevel {
  Rational exact;
  Integer integer;
};

/// Returns the levels of a channel in the order of their results; none if they are not known.
/// `differs` is set if one gets another integer than without rounding.
std::vector<KnownLevel> levels_of(const LevelsPart& part, const std::vector<ChannelStep>& steps,
                                  std::size_t channel, const QuantizerSpec& spec, bool& differs) {
  NumberSteps known = part.values;
  if (!append(steps, 0, channel, known)) return {};
  std::vector<KnownLevel> levels;
  for (Integer q = *part.lowest; q <= *part.highest; ++q) {
    Rational exact = part.decoding.offset + part.decoding.step * to_rational(q);
    for (const ChannelStep& step : steps) exact = result_of(step, channel, exact);
    Integer integer = integer_of_known(spec, channel, known(q.convert_to<double>()), exact);
    differs = differs || integer != integer_of(spec, channel, exact);
    levels.push_back({std::move(exact), std::move(integer)});
  }
  if (levels.back().exact < levels.front().exact) std::reverse(levels.begin(), levels.end());
  return levels;
}

}  // namespace

Integer integer_of(const QuantizerSpec& spec, std::size_t channel, const Rational& number) {
  if (const auto* rounding = std::get_if<UniformRounding>(&spec.function)) {
    return bounded_level(spec, (*rounding)(number));
  }
  const auto& lists = std::get<Lists>(spec.function);
  Integer count;
  for (const LevelThreshold& threshold : lists[lists.size() == 1 ? 0 : channel]) {
    const bool reached = threshold.strict ? threshold.value < number : threshold.value <= number;
    if (reached) ++count;
  }
  return bounded_level(spec, count);
}

Integer integer_of_known(const QuantizerSpec& spec, std::size_t channel, double number,
                         const Rational& exact) {
  const auto* rounding = std::get_if<UniformRounding>(&spec.function);
  const bool in_integers = rounding != nullptr && rounding->in_integers;
  if (!std::isfinite(number) || in_integers) return integer_of(spec, channel, exact);
  if (rounding != nullptr) return bounded_level(spec, rounding->of_known(number));
  return integer_of(spec, channel, Rational::from_double(number));
}

std::map<std::size_t, BoundLevels> bound_levels(const QuantizedLayer& layer,
                                                const QuantizerSpec& spec) {
  const std::vector<ChannelStep>& steps = layer.steps;
  std::map<std::size_t, BoundLevels> result;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    if (steps[s].kind != Kind::kClamp) continue;
    BoundLevels levels;
    bool differs = false;
    for (std::size_t c = 0; c < at(layer.output.channels); ++c) {
      NumberSteps after;
      const bool known = append(steps, s + 1, c, after);
      const auto integer = [&](const std::optional<Rational>& bound) {
        if (!known || !bound) return std::optional<Integer>();
        Rational exact = *bound;
        for (std::size_t i = s + 1; i < steps.size(); ++i) exact = result_of(steps[i], c, exact);
        std::optional<Integer> level = integer_of_known(spec, c, after(bound->to_double()), exact);
        differs = differs || *level != integer_of(spec, c, exact);
        return level;
      };
      levels.lower.push_back(integer(steps[s].lower));
      levels.upper.push_back(integer(steps[s].upper));
    }
    if (differs) result[s] = std::move(levels);
  }
  return result;
}

void use_known_levels(const SumValue& sum, QuantizerSpec& spec) {
  std::vector<std::vector<KnownLevel>> channels;
  bool differs = false;
  for (const LevelsPart& part : sum.passed_on) {
    for (int c = 0; c < part.shape.channels; ++c) {
      channels.push_back(levels_of(part, sum.layer.steps, channels.size(), spec, differs));
      if (channels.back().empty()) return;
    }
  }
  if (!differs) return;
  Integer lowest = channels.front().front().integer;
  Integer highest = lowest;
  for (const std::vector<KnownLevel>& levels : channels) {
    if (levels.front().integer < lowest) lowest = levels.front().integer;
    if (highest < levels.back().integer) highest = levels.back().integer;
  }
  if (highest - lowest > Quantizer::kMaxLevels) return;
  Lists lists;
  for (const std::vector<KnownLevel>& levels : channels) {
    std::vector<LevelThreshold>& list = lists.emplace_back();
    for (Integer q = lowest + 1; q <= highest; ++q) {
      const auto first = std::find_if(levels.begin(), levels.end(),
                                      [&q](const KnownLevel& level) { return q <= level.integer; });
      list.push_back({first == levels.end() ? Rational::power_of_two(1000) : first->exact, false});
    }
  }
  spec.function = std::move(lists);
  spec.decoding.offset = spec.decoding.offset + spec.decoding.step * to_rational(lowest);
  NumberSteps values;
  values.add(lowest.convert_to<double>());
  values.append(spec.values);
  spec.values = std::move(values);
  spec.lowest = 0;
  spec.highest = highest - lowest;
}

}  // namespace spikeloom::converter

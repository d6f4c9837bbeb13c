// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/sum_builder.h"

#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/converter/network/refusal.h"
#include "spikeloom/converter/network/ternary.h"
#include "spikeloom/converter/network/threshold.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Returns the largest number of which both are integer multiples; if one is 0, the other one.
Rational greatest_common_divisor(const Rational& a, const Rational& b) {
  if (a.sign() == 0) return b;
  if (b.sign() == 0) return a;
  return Rational(
      gcd(Integer(a.numerator() * b.denominator()), Integer(b.numerator() * a.denominator())),
      Integer(a.denominator() * b.denominator()));
}

/// A term with integer weights, and the value that one unit of its sum has.
struct IntegerTerm {
  const QuantizedTerm* origin = nullptr;
  std::vector<std::int8_t> codes;
  std::vector<Rational> units;  ///< [output of the term]: value of code 1 times level 1
  std::vector<int> repeats;     ///< [output of the term]: that value in units of the channel

  std::size_t fan_in() const { return codes.size() / at(origin->outputs); }
};

/// Returns the function of a channel whose potential is in multiples of `unit`.
ChannelFunction function(const QuantizedLayer& layer, std::size_t channel, const Rational& unit,
                         const std::string& file) {
  const auto exact = [channel](const std::vector<float>& values) {
    return Rational::from_double(values[channel]);
  };
  ChannelFunction f;
  f.slope = unit;
  f.offset = exact(layer.bias);
  if (!layer.offset.empty()) f.offset = f.offset + layer.offset[channel];
  bool normalized = false;
  const auto multiply = [&f](const Rational& factor) {
    f.slope = f.slope * factor;
    f.offset = f.offset * factor;
    f.shift = f.shift * factor;
  };
  for (const ChannelStep& step : layer.steps) {
    const Rational value = exact(step.values);
    switch (step.kind) {
      case Kind::kAdd:
        f.shift = f.shift + value;
        break;
      case Kind::kMultiply:
        multiply(value);
        break;
      case Kind::kDivide:
        multiply(Rational(1) / value);
        break;
      case Kind::kNormalize:
        if (normalized) {
          refuse(file, step.label, "a second normalization of the same layer",
                 "one before a quantizer");
        }
        normalized = true;
        f.slope = f.slope * value;
        f.offset = (f.offset + f.shift - exact(step.mean)) * value;
        f.variance = exact(step.variance) + Rational::from_double(step.epsilon);
        f.shift = exact(step.beta);
        break;
    }
  }
  multiply(Rational::power_of_two(layer.exponent));
  return f;
}

class SumBuilder {
 public:
  SumBuilder(const QuantizedLayer& layer, const std::vector<Quantizer>& quantizers,
             const std::string& file)
      : layer_(layer), quantizers_(quantizers), file_(file) {}

  SpikingLayer build() {
    for (const QuantizedTerm& term : layer_.terms) terms_.push_back(integer_term(term));
    find_units();
    result_.name = layer_.name;
    result_.output = layer_.output;
    result_.quantizer = layer_.quantizer;
    for (std::size_t c = 0; c < units_.size(); ++c) add_thresholds(c);
    for (const IntegerTerm& term : terms_) add_terms(term);
    return std::move(result_);
  }

 private:
  IntegerTerm integer_term(const QuantizedTerm& term) const {
    TernaryConflict conflict{};
    auto ternary = find_ternary(term.weights, at(term.outputs), conflict);
    if (!ternary) {
      refuse(file_, term.label,
             fmt::format("its weights are not ternary: output channel {} holds {} and {}",
                         conflict.channel + at(term.first_output), conflict.first, conflict.second),
             "-s, 0 and +s, with one s for all or one per output channel, on all layers but the "
             "first and the last");
    }
    IntegerTerm result;
    result.origin = &term;
    result.codes = std::move(ternary->codes);
    const Rational step = Rational::power_of_two(-quantizers_[at(term.source)].k);
    for (std::size_t o = 0; o < at(term.outputs); ++o) {
      Rational unit = Rational::from_double(ternary->scales[o]) * step;
      if (!term.factors.empty()) unit = unit * term.factors[o];
      result.units.push_back(unit.sign() < 0 ? -unit : unit);
      if (unit.sign() < 0) negate(result, o);
    }
    return result;
  }

  static void negate(IntegerTerm& term, std::size_t output) {
    for (std::size_t i = output * term.fan_in(); i < (output + 1) * term.fan_in(); ++i) {
      term.codes[i] = static_cast<std::int8_t>(-term.codes[i]);
    }
  }

  void find_units() {
    units_.assign(at(layer_.output.channels), Rational());
    for (const IntegerTerm& term : terms_) {
      for (std::size_t o = 0; o < term.units.size(); ++o) {
        Rational& unit = units_[at(term.origin->first_output) + o];
        unit = greatest_common_divisor(unit, term.units[o]);
      }
    }
    for (IntegerTerm& term : terms_) {
      for (std::size_t o = 0; o < term.units.size(); ++o) {
        const std::size_t channel = at(term.origin->first_output) + o;
        term.repeats.push_back(repeats(term, o, channel));
      }
    }
  }

  /// Returns the number of synapses per weight, 0 if all weights are 0.
  int repeats(const IntegerTerm& term, std::size_t output, std::size_t channel) const {
    if (term.units[output].sign() == 0) return 0;
    const Integer ratio = Rational(term.units[output] / units_[channel]).numerator();
    if (ratio <= kMaxRepeats) return ratio.convert_to<int>();
    refuse(file_, layer_.label,
           fmt::format("in output channel {} a level counts {}", channel, scales(channel)),
           fmt::format("terms whose scales (of weights, times 2^-k of their input) are each 1..{} "
                       "times one number",
                       kMaxRepeats));
  }

  /// For messages: "0.25 from node "a" (Conv), 0.5 from node "b" (Conv)".
  std::string scales(std::size_t channel) const {
    std::string text;
    for (const IntegerTerm& term : terms_) {
      const auto first = at(term.origin->first_output);
      if (channel < first || channel >= first + term.units.size()) continue;
      const Rational& unit = term.units[channel - first];
      const double value =
          unit.numerator().convert_to<double>() / unit.denominator().convert_to<double>();
      text += fmt::format("{}{:.6g} from {}", text.empty() ? "" : ", ", value, term.origin->label);
    }
    return text;
  }

  void add_thresholds(std::size_t channel) {
    std::int64_t max_potential = 0;
    for (const IntegerTerm& term : terms_) {
      const auto first = at(term.origin->first_output);
      if (channel < first || channel >= first + term.units.size()) continue;
      const int levels = quantizers_[at(term.origin->source)].levels;
      const int repeat = std::max(1, term.repeats[channel - first]);
      max_potential += static_cast<std::int64_t>(term.fan_in()) * levels * repeat;
    }
    if (max_potential >= std::numeric_limits<std::int32_t>::max()) {
      refuse(file_, layer_.label, "its potentials do not fit into 32 bits", "a smaller window");
    }
    const ChannelThresholds thresholds =
        find_thresholds(function(layer_, channel, units_[channel], file_), layer_.quantizer,
                        static_cast<std::int32_t>(max_potential));
    result_.thresholds.insert(result_.thresholds.end(), thresholds.values.begin(),
                              thresholds.values.end());
    if (!thresholds.flipped) return;
    for (IntegerTerm& term : terms_) {
      const auto first = at(term.origin->first_output);
      if (channel >= first && channel < first + term.units.size()) negate(term, channel - first);
    }
  }

  /// Adds one term for each number of repeats, with weights 0 in the channels of other repeats.
  void add_terms(const IntegerTerm& from) {
    std::set<int> repeats(from.repeats.begin(), from.repeats.end());
    if (repeats.size() > 1) repeats.erase(0);
    for (const int repeat : repeats) {
      const QuantizedTerm& origin = *from.origin;
      Term& term = result_.terms.emplace_back();
      term.source = origin.source;
      term.input = origin.input;
      term.input_levels = quantizers_[at(origin.source)].levels;
      term.window = origin.window;
      term.groups = origin.groups;
      term.repeat = std::max(1, repeat);
      term.first_output = origin.first_output;
      term.outputs = origin.outputs;
      term.weights = from.codes;
      for (std::size_t i = 0; i < term.weights.size(); ++i) {
        if (from.repeats[i / from.fan_in()] != repeat) term.weights[i] = 0;
      }
    }
  }

  const QuantizedLayer& layer_;
  const std::vector<Quantizer>& quantizers_;
  const std::string& file_;
  std::vector<IntegerTerm> terms_;
  std::vector<Rational> units_;  ///< [channel]: value of potential 1
  SpikingLayer result_;
};

}  // namespace

SpikingLayer build_sum(const QuantizedLayer& layer, const std::vector<Quantizer>& quantizers,
                       const std::string& file) {
  return SumBuilder(layer, quantizers, file).build();
}

}  // namespace spikeloom::converter

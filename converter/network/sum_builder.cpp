// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/sum_builder.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/refusal.h"
#include "spikeloom/converter/network/threshold.h"
#include "spikeloom/converter/network/weight_grid.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

using base::at;

/// Which taps of a kernel lie inside the input, along one axis: tap k of output o is present iff
/// taps[o][k].
using Presence = std::vector<std::vector<bool>>;

Presence presence(int outputs, int inputs, int kernel, int stride, int pad, int dilation) {
  Presence taps;
  for (int o = 0; o < outputs; ++o) {
    std::vector<bool>& present = taps.emplace_back();
    for (int k = 0; k < kernel; ++k) {
      const int i = o * stride - pad + k * dilation;
      present.push_back(i >= 0 && i < inputs);
    }
  }
  return taps;
}

/// A term with integer weights, and the value that one unit of its sum has.
struct IntegerTerm {
  const QuantizedTerm* origin = nullptr;
  std::vector<std::int16_t> codes;
  std::vector<Rational> units;  ///< [output of the term]: value of code 1 times one level, >= 0
  std::vector<int> ratios;      ///< [output of the term]: that value in units of the channel
  Rational zero;                ///< value of level 0 in levels: offset / step

  std::size_t fan_in() const { return codes.size() / at(origin->outputs); }
  bool has(std::size_t channel) const {
    return channel >= at(origin->first_output) && channel < at(origin->first_output) + units.size();
  }
};

class SumBuilder {
 public:
  SumBuilder(const QuantizedLayer& layer, const std::vector<Quantizer>& quantizers,
             const std::string& file)
      : layer_(layer), quantizers_(quantizers), file_(file) {}

  SpikingLayer build() {
    check_normalizations();
    for (const QuantizedTerm& term : layer_.terms) terms_.push_back(integer_term(term));
    find_units();
    result_.name = layer_.name;
    result_.output = layer_.output;
    result_.quantizer = quantizer_of(*layer_.quantizer);
    find_borders();
    for (IntegerTerm& term : terms_) planes_.push_back(ratio_planes(term));
    for (std::size_t c = 0; c < units_.size(); ++c) add_thresholds(c);
    for (std::size_t t = 0; t < terms_.size(); ++t) add_terms(terms_[t], planes_[t]);
    return std::move(result_);
  }

 private:
  /// The planes of the outputs of a term that have one ratio.
  struct RatioPlanes {
    int ratio = 1;
    std::vector<WeightPlane> planes;
  };

  void check_normalizations() const {
    bool normalized = false;
    for (const ChannelStep& step : layer_.steps) {
      if (step.kind != Kind::kNormalize) continue;
      if (normalized) {
        refuse(file_, step.label, "a second normalization of the same layer",
               "one before a quantizer");
      }
      normalized = true;
    }
  }

  IntegerTerm integer_term(const QuantizedTerm& term) const {
    WeightConflict conflict{};
    auto grid = find_grid(*term.weights, at(term.outputs), conflict);
    if (!grid) {
      refuse(file_, term.label,
             fmt::format("its weights have no common scale: output channel {} holds {} and {}",
                         conflict.channel + at(term.first_output), conflict.first, conflict.second),
             fmt::format("multiples of up to {} of one scale per output channel, on all layers but "
                         "the first and the last",
                         kMaxCode));
    }
    IntegerTerm result;
    result.origin = &term;
    result.codes = std::move(grid->codes);
    result.zero = term.decoding.offset / term.decoding.step;
    for (std::size_t o = 0; o < at(term.outputs); ++o) {
      Rational unit = grid->scales[o] * term.decoding.step;
      if (!term.factors.empty()) unit = unit * term.factors[o];
      result.units.push_back(unit.sign() < 0 ? -unit : unit);
      if (unit.sign() <= 0) multiply(result, o, unit.sign());
    }
    return result;
  }

  static void multiply(IntegerTerm& term, std::size_t output, int factor) {
    for (std::size_t i = output * term.fan_in(); i < (output + 1) * term.fan_in(); ++i) {
      term.codes[i] = static_cast<std::int16_t>(term.codes[i] * factor);
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
        term.ratios.push_back(ratio(term, o, channel));
      }
    }
  }

  /// Multiplies the weights of an output. Returns false if they would exceed kMaxCode.
  static bool enlarge(IntegerTerm& term, std::size_t output, const Integer& factor) {
    int largest = 0;
    for (std::size_t i = output * term.fan_in(); i < (output + 1) * term.fan_in(); ++i) {
      largest = std::max(largest, std::abs(term.codes[i]));
    }
    if (factor * largest > kMaxCode) return false;
    multiply(term, output, factor.convert_to<int>());
    return true;
  }

  /// Returns the unit of the term in units of the channel, 0 if all weights are 0.
  int ratio(IntegerTerm& term, std::size_t output, std::size_t channel) const {
    if (term.units[output].sign() == 0) return 0;
    const Integer ratio = Rational(term.units[output] / units_[channel]).numerator();
    if (ratio <= kMaxRatio) return ratio.convert_to<int>();
    if (enlarge(term, output, ratio)) {
      term.units[output] = units_[channel];
      return 1;
    }
    refuse(file_, layer_.label,
           fmt::format("in output channel {} a level counts {}", channel, scales(channel)),
           fmt::format("terms whose scales (of weights, times the step of their input) are each "
                       "1..{} times one number, or whose weights stay below {} if multiplied by it",
                       kMaxRatio, kMaxCode + 1));
  }

  /// For messages: "0.25 from node "a" (Conv), 0.5 from node "b" (Conv)".
  std::string scales(std::size_t channel) const {
    std::string text;
    for (const IntegerTerm& term : terms_) {
      if (!term.has(channel)) continue;
      const Rational& unit = term.units[channel - at(term.origin->first_output)];
      text += fmt::format("{}{:.6g} from {}", text.empty() ? "" : ", ", unit.to_double(),
                          term.origin->label);
    }
    return text;
  }

  /// Outputs need classes if an offset counts for taps that some windows have in the padding.
  void find_borders() {
    std::vector<Presence> rows;
    std::vector<Presence> columns;
    for (const IntegerTerm& term : terms_) {
      const QuantizedTerm& t = *term.origin;
      const Window& w = t.window;
      rows.push_back(presence(layer_.output.height, t.input.height, w.kernel_height, w.stride_y,
                              w.pad_top, w.dilation_y));
      columns.push_back(presence(layer_.output.width, t.input.width, w.kernel_width, w.stride_x,
                                 w.pad_left, w.dilation_x));
    }
    classify(rows, layer_.output.height, result_.rows, row_taps_);
    classify(columns, layer_.output.width, result_.columns, column_taps_);
  }

  /// Numbers the classes of outputs along one axis in the order of their first output. `taps` gets
  /// [class][term][tap].
  void classify(const std::vector<Presence>& terms, int outputs, BorderClasses& classes,
                std::vector<std::vector<std::vector<bool>>>& taps) const {
    std::map<std::vector<std::vector<bool>>, std::uint16_t> numbers;
    for (int o = 0; o < outputs; ++o) {
      std::vector<std::vector<bool>> key;
      for (std::size_t t = 0; t < terms.size(); ++t) {
        // Terms without an offset do not care which taps there are.
        key.push_back(terms_[t].zero.sign() == 0 ? std::vector<bool>() : terms[t][at(o)]);
      }
      const auto number = static_cast<std::uint16_t>(numbers.size());
      const auto [entry, added] = numbers.try_emplace(key, number);
      if (added) taps.push_back(key);
      classes.of.push_back(entry->second);
    }
    classes.count = static_cast<int>(numbers.size());
    if (classes.count == 1) classes.of.clear();
  }

  /// Returns what the offsets of the inputs add to the sum of an output of the given classes.
  Rational offset_sum(std::size_t channel, std::size_t row, std::size_t column) const {
    Rational sum;
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      const IntegerTerm& term = terms_[t];
      if (term.zero.sign() == 0 || !term.has(channel)) continue;
      const std::size_t output = channel - at(term.origin->first_output);
      const Window& w = term.origin->window;
      const std::vector<bool>& rows = row_taps_[row][t];
      const std::vector<bool>& columns = column_taps_[column][t];
      std::int64_t codes = 0;
      std::size_t i = output * term.fan_in();
      for (int c = 0; c < term.origin->input.channels / term.origin->groups; ++c) {
        for (int ky = 0; ky < w.kernel_height; ++ky) {
          for (int kx = 0; kx < w.kernel_width; ++kx, ++i) {
            if (rows[at(ky)] && columns[at(kx)]) codes += term.codes[i];
          }
        }
      }
      sum = sum + term.zero * term.units[output] * Rational(codes);
    }
    return sum;
  }

  /// Splits the codes of the outputs of each ratio into planes.
  static std::vector<RatioPlanes> ratio_planes(const IntegerTerm& term) {
    std::set<int> ratios(term.ratios.begin(), term.ratios.end());
    if (ratios.size() > 1) ratios.erase(0);
    std::vector<RatioPlanes> result;
    if (ratios.size() == 1) return {{std::max(1, *ratios.begin()), split_planes(term.codes)}};
    for (const int ratio : ratios) {
      std::vector<std::int16_t> codes = term.codes;
      for (std::size_t i = 0; i < codes.size(); ++i) {
        if (term.ratios[i / term.fan_in()] != ratio) codes[i] = 0;
      }
      result.push_back({std::max(1, ratio), split_planes(codes)});
    }
    return result;
  }

  void add_thresholds(std::size_t channel) {
    std::int64_t max_potential = 0;
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      const IntegerTerm& term = terms_[t];
      if (!term.has(channel)) continue;
      const int ratio = std::max(1, term.ratios[channel - at(term.origin->first_output)]);
      std::int64_t weight = 0;  // largest of a synapse
      for (const RatioPlanes& planes : planes_[t]) {
        if (planes.ratio != ratio) continue;
        for (const WeightPlane& plane : planes.planes) weight += std::int64_t{1} << plane.shift;
      }
      const int levels = quantizers_[at(term.origin->source)].levels;
      max_potential += static_cast<std::int64_t>(term.fan_in()) * levels * ratio *
                       std::max<std::int64_t>(1, weight);
    }
    if (max_potential >= std::numeric_limits<std::int32_t>::max()) {
      refuse(file_, layer_.label, "its potentials do not fit into 32 bits", "a smaller window");
    }
    ChannelFunction function;
    function.slope = units_[channel];
    function.steps = &layer_.steps;
    function.channel = channel;
    Rational bias = Rational::from_double(static_cast<double>(layer_.bias[channel]));
    if (!layer_.offset.empty()) bias = bias + layer_.offset[channel];
    const bool flipped = decreases(function);
    for (std::size_t row = 0; row < at(result_.rows.count); ++row) {
      for (std::size_t column = 0; column < at(result_.columns.count); ++column) {
        function.offset = bias + offset_sum(channel, row, column);
        const ChannelThresholds thresholds = find_thresholds(
            function, layer_.quantizer->of(channel), static_cast<std::int32_t>(max_potential));
        result_.thresholds.insert(result_.thresholds.end(), thresholds.values.begin(),
                                  thresholds.values.end());
      }
    }
    if (!flipped) return;
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      if (!terms_[t].has(channel)) continue;
      const std::size_t output = channel - at(terms_[t].origin->first_output);
      for (RatioPlanes& planes : planes_[t]) {
        for (WeightPlane& plane : planes.planes) {
          for (std::size_t i = output * terms_[t].fan_in(); i < (output + 1) * terms_[t].fan_in();
               ++i) {
            plane.weights[i] = static_cast<std::int8_t>(-plane.weights[i]);
          }
        }
      }
    }
  }

  /// Adds one term for each ratio and plane, with weights 0 in the channels of other ratios.
  void add_terms(const IntegerTerm& from, std::vector<RatioPlanes>& ratios) {
    for (RatioPlanes& ratio : ratios) {
      for (WeightPlane& plane : ratio.planes) {
        const QuantizedTerm& origin = *from.origin;
        Term& term = result_.terms.emplace_back();
        term.source = origin.source;
        term.input = origin.input;
        term.input_levels = quantizers_[at(origin.source)].levels;
        term.window = origin.window;
        term.groups = origin.groups;
        term.repeat = ratio.ratio << plane.shift;
        term.first_output = origin.first_output;
        term.outputs = origin.outputs;
        term.weights = std::move(plane.weights);
      }
    }
  }

  const QuantizedLayer& layer_;
  const std::vector<Quantizer>& quantizers_;
  const std::string& file_;
  std::vector<IntegerTerm> terms_;
  std::vector<std::vector<RatioPlanes>> planes_;             ///< [term]
  std::vector<Rational> units_;                              ///< [channel]: value of potential 1
  std::vector<std::vector<std::vector<bool>>> row_taps_;     ///< [class][term][ky]
  std::vector<std::vector<std::vector<bool>>> column_taps_;  ///< [class][term][kx]
  SpikingLayer result_;
};

}  // namespace

SpikingLayer build_sum(const QuantizedLayer& layer, const std::vector<Quantizer>& quantizers,
                       const std::string& file) {
  return SumBuilder(layer, quantizers, file).build();
}

Quantizer quantizer_of(const LevelFunction& function) {
  return {function.levels(), function.decoding.step.to_double(),
          function.decoding.offset.to_double(), function.rounding};
}

}  // namespace spikeloom::converter

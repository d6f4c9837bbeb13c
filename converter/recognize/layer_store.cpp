// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/layer_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/weight_grid.h"
#include "spikeloom/converter/recognize/image_quantizer.h"

namespace spikeloom::converter {
namespace {

/// The lowest and the highest integer of some levels.
using LevelRange = std::pair<Integer, Integer>;

using base::at;

/// Returns the thresholds of the levels lowest + 1 .. highest.
LevelFunction level_function(const QuantizedTensor& tensor, const Integer& lowest, int levels,
                             const Decoding& decoding) {
  LevelFunction function;
  function.decoding = decoding;
  if (const auto* chain = std::get_if<RoundingChain>(&tensor.quantizer)) {
    function.rounding = chain->links.back().rounding.rounding;
    std::vector<LevelThreshold>& thresholds = function.thresholds.emplace_back();
    for (int i = 1; i <= levels; ++i) thresholds.push_back(chain->threshold(lowest + i));
    return function;
  }
  const auto& lists = std::get<std::vector<std::vector<LevelThreshold>>>(tensor.quantizer);
  const auto first = lowest.convert_to<std::ptrdiff_t>();
  for (const std::vector<LevelThreshold>& list : lists) {
    function.thresholds.emplace_back(list.begin() + first, list.begin() + first + levels);
  }
  return function;
}

/// Returns integers of bounds as levels above `lowest`; none if one is not known.
std::vector<int> levels_above(const Integer& lowest, int levels,
                              const std::vector<std::optional<Integer>>& integers) {
  std::vector<int> result;
  for (const std::optional<Integer>& integer : integers) {
    if (!integer) return {};
    const Integer level = *integer - lowest;
    result.push_back(level < 0 ? 0 : level > levels ? levels : level.convert_to<int>());
  }
  return result;
}

/// Returns a quantizer with one level that nothing reaches.
LevelFunction never(const Decoding& decoding) {
  LevelFunction function;
  function.decoding = decoding;
  function.thresholds = {{{Rational::power_of_two(1000), false}}};
  return function;
}

void require_levels(const OnnxNode& reader, const QuantizedTensor& tensor,
                    const LevelRange& range) {
  const Integer count = range.second - range.first;
  if (count < 0 || count > Quantizer::kMaxLevels) {
    reader.refuse(fmt::format("the quantizer of {} has {} levels above the lowest",
                              tensor.layer.label, count.str()),
                  fmt::format("1..{}", Quantizer::kMaxLevels));
  }
}

/// A constant has one level, which it never reaches.
int levels_in(const LevelRange& range) {
  return std::max(1, Integer(range.second - range.first).convert_to<int>());
}

/// Returns the layer that gives the levels of `part`, which is no maximum.
QuantizedLayer make_layer(const LevelsPart& part) {
  const QuantizedTensor& tensor = *part.tensor;
  const LevelRange range(*part.lowest, *part.highest);
  const int levels = levels_in(range);
  const bool constant = range.first == range.second;
  QuantizedLayer layer = tensor.layer;
  for (const auto& [step, bounds] : tensor.bounds) {
    layer.steps[step].lower_levels = levels_above(range.first, levels, bounds.lower);
    layer.steps[step].upper_levels = levels_above(range.first, levels, bounds.upper);
  }
  const Decoding decoding = LayerStore::levels_of(part);
  layer.quantizer =
      constant ? never(decoding) : level_function(tensor, range.first, levels, decoding);
  if (!tensor.quantizes_image) return layer;
  quantize_image(tensor, range.first, levels, layer);
  if (constant) {
    const float infinity = std::numeric_limits<float>::infinity();
    layer.pixel_thresholds.assign(layer.pixel_thresholds.size(), infinity);
  }
  return layer;
}

bool reads_image(const QuantizedTensor& tensor) {
  return !tensor.pooled && tensor.layer.terms.front().source == kImage;
}

/// Returns the integers that readers of the tensor take together, one of which takes `range`.
LevelRange whole_range(const QuantizedTensor& tensor, LevelRange range) {
  for (const auto& [other, number] : tensor.numbers) {
    if (other.first < range.first) range.first = other.first;
    if (range.second < other.second) range.second = other.second;
  }
  return range;
}

/// Returns a layer with the levels of `range`, of a source whose level 0 is the integer `lowest`.
QuantizedLayer narrowed(const QuantizedLayer& layer, int source, const Integer& lowest,
                        const LevelRange& range) {
  QuantizedLayer result;
  result.name = layer.name;
  result.label = layer.label;
  result.output = layer.output;
  result.bias.assign(at(layer.output.channels), 0.0F);
  QuantizedTerm& term = result.terms.emplace_back();
  term.label = layer.label;
  term.source = source;
  term.decoding = {1, Rational(lowest, Integer(1))};
  term.input = layer.output;
  term.groups = term.outputs = layer.output.channels;
  auto weights = std::make_shared<GraphWeights>();
  weights->values.assign(at(term.outputs), 1.0F);
  term.weights = std::move(weights);
  result.quantizer = layer.quantizer;
  if (range.first == range.second) return result;
  LevelFunction& function = *result.quantizer;
  function.rounding = Rounding::kThresholds;
  std::vector<LevelThreshold> thresholds;
  for (Integer q = range.first + 1; q <= range.second; ++q) {
    thresholds.push_back({Rational(q, Integer(1)), false});
  }
  function.thresholds = {std::move(thresholds)};
  return result;
}

/// Bounds of a number.
struct Range {
  Rational low;
  Rational high;

  void multiply(const Rational& factor) {
    low = low * factor;
    high = high * factor;
    if (factor.sign() < 0) std::swap(low, high);
  }
  void add(const Rational& term) {
    low = low + term;
    high = high + term;
  }
  void include(const Rational& value) {
    if (value < low) low = value;
    if (high < value) high = value;
  }
  void clamp(const ChannelStep& step) {
    for (Rational* end : {&low, &high}) {
      if (step.lower && *end < *step.lower) *end = *step.lower;
      if (step.upper && *step.upper < *end) *end = *step.upper;
    }
  }
  void apply(const ChannelStep& step, std::size_t channel) {
    switch (step.kind) {
      case ChannelStep::Kind::kMultiply:
        multiply(Rational::from_double(step.values[channel]));
        break;
      case ChannelStep::Kind::kDivide:
        multiply(Rational(1) / Rational::from_double(step.values[channel]));
        break;
      case ChannelStep::Kind::kAdd:
        add(Rational::from_double(step.values[channel]));
        break;
      case ChannelStep::Kind::kNormalize: {
        add(-Rational::from_double(step.mean[channel]));
        multiply(Rational::from_double(step.values[channel] /
                                       std::sqrt(step.variance[channel] + step.epsilon)));
        widen(40);  // by far more than the rounding of the quotient
        add(Rational::from_double(step.beta[channel]));
        break;
      }
      case ChannelStep::Kind::kClamp:
        clamp(step);
        break;
      case ChannelStep::Kind::kLeakyRelu:
        for (Rational* end : {&low, &high}) {
          if (end->sign() < 0) *end = *end * Rational::from_double(step.values[channel]);
        }
        break;
    }
  }
  /// Moves both ends away from 0, by 2^-bits of their distance.
  void widen(int bits) {
    const Rational margin = Rational::power_of_two(-bits);
    for (Rational* end : {&low, &high}) {
      const Rational more = *end * margin;
      const bool down = end == &low;
      *end = (more.sign() < 0) == down ? *end + more : *end - more;
    }
  }
};

/// Returns the value of the lowest set bit of a float32 number other than 0.
double last_bit(double value) {
  constexpr int kDigits = 24;
  int exponent = 0;
  const auto digits =
      static_cast<std::int64_t>(std::ldexp(std::abs(std::frexp(value, &exponent)), kDigits));
  return std::ldexp(static_cast<double>(digits & -digits), exponent - kDigits);
}

/// Returns the sums of the negative and of the positive weights of an output. They are not nearer
/// to 0 than those of its integer weights times their scale.
Range sums_of(const GraphWeights& weights, std::size_t output, std::size_t fan_in) {
  const std::size_t first = output * fan_in;
  if (!weights.codes.empty()) {
    std::int64_t sums[2] = {0, 0};
    for (std::size_t i = first; i < first + fan_in; ++i) {
      sums[weights.codes[i] > 0 ? 1 : 0] += weights.codes[i];
    }
    Range range{Rational(sums[0]), Rational(sums[1])};
    range.multiply(Rational::from_double(weights.scales[output]));
    return range;
  }
  double sums[2] = {0, 0};
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0;
  double unit = smallest;  // power of two that all weights are multiples of
  for (std::size_t i = first; i < first + fan_in; ++i) {
    const auto weight = static_cast<double>(weights.values[i]);
    if (weight == 0) continue;
    sums[weight > 0 ? 1 : 0] += weight;
    smallest = std::min(smallest, std::abs(weight));
    largest = std::max(largest, std::abs(weight));
    unit = std::min(unit, last_bit(weight));
  }
  Range range{Rational::from_double(sums[0]), Rational::from_double(sums[1])};
  // Other weights than these may be rounded multiples of their scale.
  const bool exact = smallest >= largest || largest <= kMaxCode * unit;
  if (!exact) range.widen(21);
  return range;
}

}  // namespace

Decoding LayerStore::levels_of(const LevelsPart& part) {
  return {part.decoding.step,
          part.decoding.offset + part.decoding.step * Rational(*part.lowest, Integer(1))};
}

int LayerStore::number_of(const OnnxNode& reader, const LevelsPart& part) {
  QuantizedTensor& tensor = *part.tensor;
  if (!part.lowest || !part.highest) {
    reader.refuse(fmt::format("nothing bounds the quantizer of {} from {}", tensor.layer.label,
                              part.lowest ? "above" : "below"),
                  "a bounded one, such as Clip(0, B) before it");
  }
  const LevelRange range(*part.lowest, *part.highest);
  const auto found = tensor.numbers.find(range);
  if (found != tensor.numbers.end()) return found->second;
  require_levels(reader, tensor, range);
  const int levels = levels_in(range);
  QuantizedLayer layer = tensor.layer;
  if (tensor.pooled) {
    // The bounds of a maximum are those of what it pools.
    LevelsPart source = *tensor.pooled;
    source.lowest = part.lowest;
    source.highest = part.highest;
    layer.terms.front().source = number_of(reader, source);
    layer.terms.front().decoding = levels_of(source);
  } else {
    layer = make_layer(part);
  }
  if (reads_image(tensor)) {
    if (tensor.numbers.empty()) first_layers_.push_back(part);
    require_levels(reader, tensor, whole_range(tensor, range));
  }
  const int number = add(std::move(layer), tensor.node, levels);
  tensor.numbers[range] = number;
  return number;
}

void LayerStore::share_first_layer() {
  for (LevelsPart& part : first_layers_) {
    QuantizedTensor& tensor = *part.tensor;
    const std::map<LevelRange, int> narrow = tensor.numbers;
    if (narrow.size() == 1) continue;
    const LevelRange whole = whole_range(tensor, narrow.begin()->first);
    part.lowest = whole.first;
    part.highest = whole.second;
    const auto found = narrow.find(whole);
    const int source = found != narrow.end() ? found->second
                                             : add(make_layer(part), tensor.node, levels_in(whole));
    for (const auto& [range, number] : narrow) {
      if (number == source) continue;
      layers_[at(number)] = narrowed(layers_[at(number)], source, whole.first, range);
      narrowing_.insert(number);
    }
  }
}

std::pair<Rational, Rational> LayerStore::range_of(const QuantizedLayer& layer,
                                                   std::size_t channel) const {
  Rational offset = Rational::from_double(static_cast<double>(layer.bias[channel]));
  if (!layer.offset.empty()) offset = offset + layer.offset[channel];
  Range range{offset, offset};
  for (const QuantizedTerm& term : layer.terms) {
    const auto first = at(term.first_output);
    if (channel < first || channel >= first + at(term.outputs)) continue;
    const Rational factor = term.factors.empty() ? Rational(1) : term.factors[channel - first];
    Range value{term.decoding.offset, term.decoding.offset};
    value.include(term.decoding.offset + term.decoding.step * Rational(levels_[at(term.source)]));
    value.multiply(factor);
    const Window& w = term.window;
    if (w.pad_top + w.pad_left + w.pad_bottom + w.pad_right != 0) {
      value.include(Rational());  // a tap in the padding adds nothing
    }
    const Range weights = sums_of(*term.weights, channel - first, term.fan_in());
    range.low = range.low + weights.high * value.low + weights.low * value.high;
    range.high = range.high + weights.high * value.high + weights.low * value.low;
  }
  for (const ChannelStep& step : layer.steps) range.apply(step, channel);
  return {range.low, range.high};
}

int LayerStore::add(QuantizedLayer layer, int node, int levels) {
  // Readers of different ranges of a tensor, or two quantizers after one node, have layers of their
  // own that are named after the same node.
  const std::string name = layer.name;
  for (int i = 2; !names_.insert(layer.name).second; ++i) {
    layer.name = fmt::format("{}.{}", name, i);
  }
  layers_.push_back(std::move(layer));
  levels_.push_back(levels);
  nodes_.push_back(node);
  return static_cast<int>(layers_.size()) - 1;
}

std::vector<QuantizedLayer> LayerStore::take(GraphOutput& output) {
  share_first_layer();
  std::vector<int> order(layers_.size());
  std::iota(order.begin(), order.end(), 0);
  const auto place = [this](int layer) {
    return std::make_pair(nodes_[at(layer)], narrowing_.count(layer));
  };
  std::stable_sort(order.begin(), order.end(),
                   [&place](int a, int b) { return place(a) < place(b); });
  std::vector<int> numbers(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) numbers[at(order[i])] = static_cast<int>(i);
  const auto renumber = [&numbers](QuantizedLayer& layer) {
    for (QuantizedTerm& term : layer.terms) {
      if (term.source != kImage) term.source = numbers[at(term.source)];
    }
  };
  std::vector<QuantizedLayer> sorted;
  for (const int from : order) {
    renumber(layers_[at(from)]);
    sorted.push_back(std::move(layers_[at(from)]));
  }
  renumber(output.sum);
  return sorted;
}

}  // namespace spikeloom::converter

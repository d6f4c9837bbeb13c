// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/quantization.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "spikeloom/converter/recognize/image_quantizer.h"
#include "spikeloom/converter/recognize/weighted_operators.h"
#include "spikeloom/converter/recognize/weighted_sums.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

Rational to_rational(const Integer& value) { return {value, Integer(1)}; }

bool is_power_of_two(double value) {
  int exponent = 0;
  return std::frexp(value, &exponent) == 0.5;
}

/// The end of a sum's steps as far as they are the same for all channels: they belong to the
/// quantizer's scale, and bounds among them to its range.
class StepTail {
 public:
  StepTail(std::vector<ChannelStep>& steps, UniformRounding& rounding,
           std::optional<Integer>& lowest, std::optional<Integer>& highest)
      : steps_(steps), rounding_(rounding), lowest_(lowest), highest_(highest) {}

  void take() {
    while (!steps_.empty() && take_last()) steps_.pop_back();
  }

 private:
  bool take_last() {
    const ChannelStep& step = steps_.back();
    switch (step.kind) {
      case Kind::kNormalize:
      case Kind::kLeakyRelu:
        return false;
      case Kind::kClamp:
        bound(step);
        return true;
      case Kind::kMultiply:
      case Kind::kDivide: {
        const double factor = step.values.front();
        if (!is_uniform(step.values) || factor <= 0) return false;
        // Before all bounds, a factor that is no power of two stays a step.
        if (!is_power_of_two(factor) && !has_bound_before()) return false;
        const Rational exact = Rational::from_double(factor);
        rounding_.multiplier = step.kind == Kind::kMultiply ? rounding_.multiplier * exact
                                                            : rounding_.multiplier / exact;
        return true;
      }
      case Kind::kAdd: {
        if (!is_uniform(step.values)) return false;
        const Rational addend =
            rounding_.addend + rounding_.multiplier * Rational::from_double(step.values.front());
        // Floor(x + 1/2) rounds ties up.
        const Rational half(Integer(1), Integer(2));
        if (rounding_.rounding == Rounding::kFloor && Rational(addend - half).is_integer()) {
          rounding_.rounding = Rounding::kHalfUp;
          rounding_.addend = addend - half;
          return true;
        }
        if (!has_bound_before()) return false;
        rounding_.addend = addend;
        return true;
      }
    }
    return false;
  }

  /// Whether a bound comes before the last step, with uniform steps in between.
  bool has_bound_before() const {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      if (step->kind == Kind::kClamp) return true;
      if (step->kind == Kind::kNormalize || step->kind == Kind::kLeakyRelu ||
          !is_uniform(step->values) || (step->kind != Kind::kAdd && step->values.front() <= 0)) {
        return false;
      }
    }
    return false;
  }

  void bound(const ChannelStep& step) {
    if (step.lower) {
      const Integer value = rounding_(*step.lower);
      if (!lowest_ || *lowest_ < value) lowest_ = value;
    }
    if (step.upper) {
      const Integer value = rounding_(*step.upper);
      if (!highest_ || value < *highest_) highest_ = value;
    }
  }

  std::vector<ChannelStep>& steps_;
  UniformRounding& rounding_;
  std::optional<Integer>& lowest_;
  std::optional<Integer>& highest_;
};

LevelsPart part_of(std::shared_ptr<QuantizedTensor> tensor, const QuantizerSpec& spec,
                   const Shape& shape) {
  LevelsPart part;
  part.tensor = std::move(tensor);
  part.lowest = spec.lowest;
  part.highest = spec.highest;
  part.decoding = spec.decoding;
  part.shape = shape;
  return part;
}

void narrow(const std::optional<Integer>& lowest, const std::optional<Integer>& highest,
            QuantizerSpec& spec) {
  if (lowest && (!spec.lowest || *spec.lowest < *lowest)) spec.lowest = lowest;
  if (highest && (!spec.highest || *highest < *spec.highest)) spec.highest = highest;
  // Bounds beyond each other: all values are the nearer bound.
  if (spec.lowest && spec.highest && *spec.highest < *spec.lowest) spec.lowest = spec.highest;
}

/// Returns a quantizer's function as that of a tensor.
std::variant<RoundingChain, std::vector<std::vector<LevelThreshold>>> chain_of(
    const QuantizerSpec& spec) {
  if (const auto* rounding = std::get_if<UniformRounding>(&spec.function)) {
    return RoundingChain{{{*rounding}}};
  }
  return std::get<std::vector<std::vector<LevelThreshold>>>(spec.function);
}

void quantize_image_value(const Context& context, const OnnxNode& node, QuantizerSpec spec,
                          Value& value) {
  set_channels_first(value);
  auto tensor = std::make_shared<QuantizedTensor>();
  tensor->quantizes_image = true;
  tensor->image_steps = std::move(std::get<ImageValue>(value.content).steps);
  tensor->layer = image_layer(node.name(), node.label(), value.shape, tensor->image_steps);
  tensor->node = context.position(node);
  tensor->quantizer = chain_of(spec);
  const auto [lowest, highest] = image_range(*tensor);
  narrow(lowest, highest, spec);
  LevelsValue levels;
  levels.parts.push_back(part_of(std::move(tensor), spec, value.shape));
  value.content = std::move(levels);
}

/// Narrows the range to the integers that the sum can reach.
void cut_unreachable(const Context& context, const QuantizedLayer& layer, QuantizerSpec& spec) {
  const auto* rounding = std::get_if<UniformRounding>(&spec.function);
  const bool on_host = std::any_of(layer.terms.begin(), layer.terms.end(),
                                   [](const QuantizedTerm& term) { return term.source == kImage; });
  // Quantizers of few bits keep all their levels: looking at all weights is not worth it.
  constexpr int kFewLevels = 15;
  const bool few = spec.lowest && spec.highest && *spec.highest - *spec.lowest <= kFewLevels;
  if (rounding == nullptr || on_host || few) return;
  auto [lowest, highest] = context.layers.range_of(layer, 0);
  for (std::size_t c = 1; c < at(layer.output.channels); ++c) {
    const auto [low, high] = context.layers.range_of(layer, c);
    if (low < lowest) lowest = low;
    if (highest < high) highest = high;
  }
  const Integer first = (*rounding)(lowest);
  const Integer last = (*rounding)(highest);
  // A range beyond the quantizer's own leaves its nearer bound.
  if ((spec.highest && first > *spec.highest) || (spec.lowest && last < *spec.lowest)) return;
  narrow(first, last, spec);
}

void quantize_sum(const Context& context, QuantizerSpec spec, Value& value) {
  SumValue& sum = std::get<SumValue>(value.content);
  if (auto* rounding = std::get_if<UniformRounding>(&spec.function)) {
    std::optional<Integer> lowest;
    std::optional<Integer> highest;
    StepTail(sum.layer.steps, *rounding, lowest, highest).take();
    narrow(lowest, highest, spec);
    cut_unreachable(context, sum.layer, spec);
  }
  auto tensor = std::make_shared<QuantizedTensor>();
  tensor->layer = std::move(sum.layer);
  tensor->node = sum.node;
  tensor->quantizer = chain_of(spec);
  LevelsValue levels;
  levels.parts.push_back(part_of(std::move(tensor), spec, value.shape));
  value.content = std::move(levels);
}

/// The integer that a quantizer gives a value of a channel.
Integer apply(const QuantizerSpec& spec, std::size_t channel, const Rational& value) {
  Integer result;
  if (const auto* rounding = std::get_if<UniformRounding>(&spec.function)) {
    result = (*rounding)(value);
  } else {
    const auto& lists = std::get<std::vector<std::vector<LevelThreshold>>>(spec.function);
    for (const LevelThreshold& threshold : lists[lists.size() == 1 ? 0 : channel]) {
      const bool reached = threshold.strict ? threshold.value < value : threshold.value <= value;
      if (reached) ++result;
    }
  }
  if (spec.lowest && result < *spec.lowest) return *spec.lowest;
  if (spec.highest && *spec.highest < result) return *spec.highest;
  return result;
}

/// Applies a quantizer to levels that it only shifts and bounds. Returns false, without a change,
/// if it does anything else to them.
bool requantize(const QuantizerSpec& spec, LevelsPart& part) {
  const auto* lists = std::get_if<std::vector<std::vector<LevelThreshold>>>(&spec.function);
  if (lists != nullptr && lists->size() > 1) return false;
  if (part.decoding.step.sign() < 0 || !part.lowest || !part.highest ||
      *part.highest - *part.lowest > Quantizer::kMaxLevels) {
    return false;
  }
  Integer shift;
  Integer lowest = *part.highest;
  Integer highest = *part.lowest;
  bool moving = false;
  Integer before;
  for (Integer q = *part.lowest; q <= *part.highest; ++q) {
    const Integer now = apply(spec, 0, part.decoding.offset + part.decoding.step * to_rational(q));
    if (q != *part.lowest && now != before) {
      if (now != before + 1) return false;
      if (!moving) {
        moving = true;
        shift = now - q;
        lowest = q - 1;
      }
      if (now - q != shift) return false;
      highest = q;
    }
    before = now;
  }
  if (!moving) return false;
  part.lowest = lowest;
  part.highest = highest;
  part.decoding = {spec.decoding.step,
                   spec.decoding.offset + spec.decoding.step * to_rational(shift)};
  return true;
}

bool requantize(const QuantizerSpec& spec, LevelsValue& levels) {
  LevelsValue result = levels;
  for (LevelsPart& part : result.parts) {
    if (!requantize(spec, part)) return false;
  }
  levels = std::move(result);
  return true;
}

/// Rounds the integers of a tensor that are too many for levels once more. Returns false, without a
/// change, if they are not of that kind.
bool round_again(const QuantizerSpec& spec, LevelsValue& levels) {
  const auto* rounding = std::get_if<UniformRounding>(&spec.function);
  LevelsPart& part = levels.parts.front();
  const bool few = !spec.continues && part.lowest && part.highest &&
                   *part.highest - *part.lowest <= Quantizer::kMaxLevels;
  if (rounding == nullptr || levels.parts.size() != 1 || few || part.decoding.step.sign() <= 0 ||
      part.tensor->pooled || !std::holds_alternative<RoundingChain>(part.tensor->quantizer)) {
    return false;
  }
  auto tensor = std::make_shared<QuantizedTensor>(*part.tensor);
  tensor->numbers.clear();
  auto& links = std::get<RoundingChain>(tensor->quantizer).links;
  links.back().lowest = part.lowest;
  links.back().highest = part.highest;
  UniformRounding next = *rounding;
  next.addend = next.multiplier * part.decoding.offset + next.addend;
  next.multiplier = next.multiplier * part.decoding.step;
  links.push_back({next});
  QuantizerSpec range = spec;
  const auto bound = [&next](const std::optional<Integer>& q) {
    return q ? std::optional<Integer>(next(to_rational(*q))) : std::nullopt;
  };
  narrow(bound(part.lowest), bound(part.highest), range);
  part = part_of(std::move(tensor), range, part.shape);
  return true;
}

}  // namespace

Value quantize(const Context& context, const OnnxNode& node, const QuantizerSpec& spec,
               Value value) {
  if (!value.pads.empty()) {
    value.pad_value =
        spec.decoding.offset + spec.decoding.step * to_rational(apply(spec, 0, value.pad_value));
  }
  if (std::holds_alternative<ImageValue>(value.content)) {
    quantize_image_value(context, node, spec, value);
    return value;
  }
  if (auto* levels = std::get_if<LevelsValue>(&value.content)) {
    if (requantize(spec, *levels) || round_again(spec, *levels)) {
      levels->first_step = nullptr;
      return value;
    }
    const OnnxNode& first = levels->first_step == nullptr ? node : *levels->first_step;
    value = identity_sum(context, first, value);
  }
  quantize_sum(context, spec, value);
  return value;
}

}  // namespace spikeloom::converter

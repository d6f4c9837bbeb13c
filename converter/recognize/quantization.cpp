// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/quantization.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/recognize/image_quantizer.h"
#include "spikeloom/converter/recognize/known_levels.h"
#include "spikeloom/converter/recognize/step_tail.h"
#include "spikeloom/converter/recognize/weighted_operators.h"
#include "spikeloom/converter/recognize/weighted_sums.h"

namespace spikeloom::converter {
namespace {

using base::at;

LevelsPart part_of(std::shared_ptr<QuantizedTensor> tensor, const QuantizerSpec& spec,
                   const Shape& shape) {
  LevelsPart part;
  part.tensor = std::move(tensor);
  part.lowest = spec.lowest;
  part.highest = spec.highest;
  part.decoding = spec.decoding;
  part.values = spec.values;
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

/// Narrows the range to the integers that the sum can reach. `bounds` are those of its steps.
void cut_unreachable(const Context& context, const QuantizedLayer& layer,
                     const std::map<std::size_t, BoundLevels>& bounds, QuantizerSpec& spec) {
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
  Integer first = (*rounding)(lowest);
  Integer last = (*rounding)(highest);
  for (const auto& [step, levels] : bounds) {
    for (const auto* integers : {&levels.lower, &levels.upper}) {
      for (const std::optional<Integer>& q : *integers) {
        if (q && *q == first - 1) first = *q;
        if (q && *q == last + 1) last = *q;
      }
    }
  }
  // A range beyond the quantizer's own leaves its nearer bound.
  if ((spec.highest && first > *spec.highest) || (spec.lowest && last < *spec.lowest)) return;
  narrow(first, last, spec);
}

void quantize_sum(const Context& context, QuantizerSpec spec, Value& value) {
  SumValue& sum = std::get<SumValue>(value.content);
  if (!sum.passed_on.empty()) use_known_levels(sum, spec);
  auto tensor = std::make_shared<QuantizedTensor>();
  tensor->bounds = bound_levels(sum.layer, spec);
  StepTail tail;
  if (auto* rounding = std::get_if<UniformRounding>(&spec.function)) {
    tail = take_tail(sum.layer.steps, *rounding);
    *rounding = tail.rounding;
    narrow(tail.lowest, tail.highest, spec);
    tensor->bounds.erase(tensor->bounds.lower_bound(sum.layer.steps.size()), tensor->bounds.end());
    cut_unreachable(context, sum.layer, tensor->bounds, spec);
  }
  tensor->layer = std::move(sum.layer);
  tensor->node = sum.node;
  tensor->quantizer = chain_of(spec);
  if (auto* chain = std::get_if<RoundingChain>(&tensor->quantizer)) {
    chain->lower = tail.lower;
    chain->upper = tail.upper;
  }
  LevelsValue levels;
  levels.parts.push_back(part_of(std::move(tensor), spec, value.shape));
  value.content = std::move(levels);
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
    const Integer now =
        integer_of_known(spec, 0, part.values(q.convert_to<double>()),
                         part.decoding.offset + part.decoding.step * to_rational(q));
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
  part.values = {};
  part.values.add(shift.convert_to<double>());
  part.values.append(spec.values);
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
  links.push_back({next, {}, {}, part.values, *rounding});
  const RoundingChain::Link& link = links.back();
  QuantizerSpec range = spec;
  const auto bound = [&link](const std::optional<Integer>& q) {
    return q ? std::optional<Integer>(link(*q)) : std::nullopt;
  };
  for (auto& [step, at_bounds] : tensor->bounds) {
    for (auto* integers : {&at_bounds.lower, &at_bounds.upper}) {
      for (std::optional<Integer>& q : *integers) {
        if (q && part.lowest && *q < *part.lowest) q = part.lowest;
        if (q && part.highest && *part.highest < *q) q = part.highest;
        q = bound(q);
      }
    }
  }
  narrow(bound(part.lowest), bound(part.highest), range);
  part = part_of(std::move(tensor), range, part.shape);
  return true;
}

}  // namespace

Value quantize(const Context& context, const OnnxNode& node, const QuantizerSpec& spec,
               Value value) {
  if (!value.pads.empty()) {
    value.pad_value = spec.decoding.offset +
                      spec.decoding.step * to_rational(integer_of(spec, 0, value.pad_value));
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

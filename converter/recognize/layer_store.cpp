// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/layer_store.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "spikeloom/converter/recognize/image_quantizer.h"

namespace spikeloom::converter {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

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
  const std::pair<Integer, Integer> range(*part.lowest, *part.highest);
  const auto found = tensor.numbers.find(range);
  if (found != tensor.numbers.end()) return found->second;
  const Integer count = range.second - range.first;
  if (count < 1 || count > Quantizer::kMaxLevels) {
    reader.refuse(fmt::format("the quantizer of {} has {} levels above the lowest",
                              tensor.layer.label, count.str()),
                  fmt::format("1..{}", Quantizer::kMaxLevels));
  }
  const int levels = count.convert_to<int>();
  QuantizedLayer layer = tensor.layer;
  if (tensor.pooled) {
    // The bounds of a maximum are those of what it pools.
    LevelsPart source = *tensor.pooled;
    source.lowest = part.lowest;
    source.highest = part.highest;
    layer.terms.front().source = number_of(reader, source);
    layer.terms.front().decoding = levels_of(source);
  } else {
    layer.quantizer = level_function(tensor, range.first, levels, levels_of(part));
    if (tensor.quantizes_image) quantize_image(tensor, range.first, levels, layer);
  }
  const int number = add(std::move(layer), tensor.node);
  tensor.numbers[range] = number;
  return number;
}

int LayerStore::add(QuantizedLayer layer, int node) {
  layers_.push_back(std::move(layer));
  nodes_.push_back(node);
  return static_cast<int>(layers_.size()) - 1;
}

std::vector<QuantizedLayer> LayerStore::take(GraphOutput& output) {
  std::vector<int> order(layers_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [this](int a, int b) { return nodes_[at(a)] < nodes_[at(b)]; });
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

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/fit_error.h"

#include <optional>

#include <fmt/format.h>

#include "spikeloom/mapper/plan/partition.h"

namespace spikeloom::mapper {
namespace {

constexpr int kMaxGroups = 1 << 20;
constexpr int kMaxDendrites = 1 << 26;

/// Returns the minimum value of a limit, up to `max`, with which the layer has a plan.
template <typename Limit>
std::optional<int> min_limit(const LayerGeometry& layer, arch::CoreDescription core, Limit limit,
                             int max) {
  const auto possible = [&](int value) {
    limit(core) = value;
    return one_neuron_fits(layer, core);
  };
  int fails = limit(core);
  if (!possible(max)) return std::nullopt;
  int works = max;
  while (works - fails > 1) {
    const int middle = fails + (works - fails) / 2;
    (possible(middle) ? works : fails) = middle;
  }
  return works;
}

std::string inputs_of_neuron(const LayerGeometry& layer) {
  std::string text;
  for (const TermGeometry& term : layer.terms) {
    if (!text.empty()) text += " and ";
    if (const int times = term.dendrites_per_weight(); times > 1) {
      text += fmt::format("{} times ", times);
    }
    text += fmt::format("{} inputs of {} levels",
                        term.y.kernel * term.x.kernel * term.inputs_per_group, term.input_levels);
  }
  return text;
}

}  // namespace

std::string explain_no_plan(const std::string& layer_name, const LayerGeometry& layer,
                            const arch::CoreDescription& core) {
  for (const TermGeometry& term : layer.terms) {
    if (term.group_neurons > 0) continue;
    return fmt::format(
        "layer \"{}\": an input neuron needs {} axons, one for each of its levels; chip.core.axons "
        "is {}",
        layer_name, term.input_levels, core.axons);
  }
  const auto groups = [](arch::CoreDescription& c) -> int& { return c.fan_in_groups; };
  const auto dendrites = [](arch::CoreDescription& c) -> int& { return c.dendrites; };
  const std::string neuron =
      fmt::format("layer \"{}\": a neuron with {}", layer_name, inputs_of_neuron(layer));
  if (const auto needed = min_limit(layer, core, dendrites, kMaxDendrites)) {
    return fmt::format("{} needs {} columns; chip.core.dendrites is {}", neuron, *needed,
                       core.dendrites);
  }
  arch::CoreDescription wide = core;
  wide.dendrites = kMaxDendrites;
  const auto needed = min_limit(layer, wide, groups, kMaxGroups);
  return fmt::format("{} needs {} groups of {} axons; chip.core.fan_in_groups is {}", neuron,
                     needed.value_or(kMaxGroups), core.axons, core.fan_in_groups);
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/term_options.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "spikeloom/mapper/plan/axis_map.h"
#include "spikeloom/mapper/plan/pareto_front.h"

namespace spikeloom::mapper {
namespace {

bool axis_beats(const AxisOption& a, const AxisOption& b) {
  return a.plan.tile <= b.plan.tile && a.dendrites <= b.dendrites && a.groups <= b.groups &&
         a.entries <= b.entries && a.packets <= b.packets && a.writes <= b.writes;
}

bool channel_beats(const ChannelOption& a, const ChannelOption& b) {
  return a.tile <= b.tile && a.dendrites <= b.dendrites && a.groups <= b.groups;
}

/// Tile sizes up to `max` to try for a unit that reads `inputs`: equal parts, and sizes that align
/// the edges of all blocks with edges of tiles.
std::set<int> tile_sizes(int inputs, int step, int max) {
  std::set<int> sizes;
  for (const int size : part_sizes(inputs)) sizes.insert(size);
  for (int size = 1; size <= std::min(step, inputs); ++size) {
    if (step % size == 0) sizes.insert(size);
  }
  sizes.erase(sizes.upper_bound(max), sizes.end());
  return sizes;
}

/// Groups of the block with the most dendrites.
std::vector<GroupPart> fullest_parts(const AxisMap& map) {
  const AxisPlan& plan = map.plan();
  std::vector<GroupPart> fullest;
  std::size_t max_dendrites = 0;
  for (int block = 0; block < plan.blocks(map.axis()); ++block) {
    std::map<std::pair<int, int>, GroupPart> parts;  // by unit and group
    std::size_t dendrites = 0;
    const Span outputs = map.block(block);
    for (int output = outputs.first; output < outputs.end; ++output) {
      dendrites += map.groups_of(output).size();
      for (const int group : map.groups_of(output)) ++parts[{map.unit_of(output), group}].outputs;
    }
    if (dendrites <= max_dendrites) continue;
    for (int input = 0; input < map.axis().inputs; ++input) {
      for (const UnitPlace& place : map.seen_by(input)) {
        if (place.block == block) ++parts[{place.unit, map.place_of(input).group}].inputs;
      }
    }
    max_dendrites = dendrites;
    fullest.clear();
    for (const auto& [place, part] : parts) fullest.push_back(part);
  }
  return fullest;
}

std::vector<AxisOption> axis_options(const Axis& axis, int block, const TermGeometry& term,
                                     const arch::CoreDescription& core, bool expanded) {
  std::vector<AxisOption> options;
  for (const int unit : part_sizes(block)) {
    if (ceil_div(block, unit) > core.fan_in_groups) break;
    const int inputs = std::min(axis.patch(unit), axis.inputs);
    for (const int tile : tile_sizes(inputs, block * axis.stride, term.group_neurons)) {
      AxisPlan plan{block, unit, tile, ceil_div(inputs, tile) * tile, expanded};
      const int groups = plan.units() * plan.groups();
      if (groups > core.fan_in_groups) continue;
      const AxisMap map(axis, plan);
      AxisOption option;
      option.plan = plan;
      option.dendrites = map.max_groups();
      option.groups = groups;
      option.entries = map.list_total();
      for (int input = 0; input < axis.inputs; ++input) {
        option.packets += map.addresses(input);
        const std::vector<UnitPlace>& seen = map.seen_by(input);
        option.writes += static_cast<std::int64_t>(seen.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
          const bool same_core = expanded && i > 0 && seen[i].block == seen[i - 1].block;
          option.reached += same_core ? 0 : 1;
        }
      }
      for (int output = 0; output < axis.outputs; ++output) {
        option.all_dendrites += static_cast<std::int64_t>(map.groups_of(output).size());
      }
      options.push_back(std::move(option));
    }
  }
  options = pareto_front(options, axis_beats);
  for (AxisOption& option : options) option.parts = fullest_parts({axis, option.plan});
  std::stable_sort(options.begin(), options.end(),
                   [](const AxisOption& a, const AxisOption& b) { return a.packets < b.packets; });
  return options;
}

std::vector<ChannelOption> channel_options(const TermGeometry& term, const ChannelPlan& plan,
                                           const arch::CoreDescription& core) {
  const int seen = seen_channels(term, plan);
  std::set<int> tiles;
  for (const int size : part_sizes(seen)) tiles.insert(size);
  for (const int size : part_sizes(seen / term.inputs_per_group)) {
    tiles.insert(size * term.inputs_per_group);
  }
  std::vector<ChannelOption> options;
  for (const int tile : tiles) {
    if (tile > term.group_neurons) break;
    ChannelOption option;
    option.tile = tile;
    option.groups = ceil_div(seen, tile);
    option.entries = seen;
    if (option.groups > core.fan_in_groups) continue;
    for (int i = 0; i < plan.all_chunks(); ++i) {
      const Span outputs = plan.outputs(i);
      const Span conv_groups = term.conv_groups_of(outputs);
      std::vector<GroupPart> parts;
      for (int first = 0; first < seen; first += tile) {
        parts.push_back({std::min(tile, seen - first), 0});
      }
      int dendrites = 0;
      for (int g = conv_groups.first; g < conv_groups.end; ++g) {
        const int first = g * term.inputs_per_group % seen;
        const int last = first + term.inputs_per_group - 1;
        for (int part = first / tile; part <= last / tile; ++part) {
          parts[static_cast<std::size_t>(part)].outputs += term.outputs_in(g, outputs);
          dendrites += term.outputs_in(g, outputs);
        }
      }
      option.reached += std::int64_t{conv_groups.size()} * term.inputs_per_group;
      option.all_dendrites += dendrites;
      if (dendrites > option.dendrites) {
        option.dendrites = dendrites;
        option.parts = std::move(parts);
      }
    }
    options.push_back(std::move(option));
  }
  return pareto_front(options, channel_beats);
}

}  // namespace

std::vector<int> part_sizes(int total) {
  std::vector<int> sizes;
  for (int size = total; size >= 1;) {
    sizes.push_back(size);
    if (size == 1) break;
    const int parts = ceil_div(total, size);
    const int next = ceil_div(total, parts + 1);
    // If one more part does not make the parts smaller, take the next smaller size.
    size = next < size ? next : size - 1;
  }
  return sizes;
}

AxisOptions axis_options(const LayerGeometry& layer, TermAxis axis, int block,
                         const arch::CoreDescription& core, bool expanded) {
  AxisOptions options;
  for (const TermGeometry& term : layer.terms) {
    options.push_back(axis_options(term.*axis, block, term, core, expanded));
  }
  return options;
}

ChannelOptions channel_options(const LayerGeometry& layer, const ChannelPlan& plan,
                               const arch::CoreDescription& core) {
  ChannelOptions options;
  for (const TermGeometry& term : layer.terms) {
    options.push_back(channel_options(term, plan, core));
  }
  return options;
}

std::vector<ChannelPlan> channel_plans(const LayerGeometry& layer) {
  const int channels = layer.output.channels;
  std::vector<ChannelPlan> plans;
  if (layer.terms.size() == 1) {
    const TermGeometry& term = layer.terms.front();
    for (const int groups : part_sizes(term.conv_groups)) {
      const int block = groups * term.outputs_per_group;
      plans.push_back(even_channels(channels, block, block));
    }
    for (const int chunk : part_sizes(term.outputs_per_group)) {
      if (chunk == term.outputs_per_group) continue;
      plans.push_back(even_channels(channels, term.outputs_per_group, chunk));
    }
    return plans;
  }
  for (const int size : part_sizes(channels)) {
    ChannelPlan plan;
    for (const Span& section : layer.sections()) {
      const int chunk = std::min(size, section.size());
      for (const int end : even_channels(section.size(), section.size(), chunk).ends) {
        plan.ends.push_back(section.first + end);
      }
    }
    plan.chunks = plan.all_chunks();
    plans.push_back(plan);
  }
  return plans;
}

}  // namespace spikeloom::mapper

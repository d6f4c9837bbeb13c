// SPDX-License-Identifier: Apache-2.0
#include "mapper/partition.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

namespace spikeloom::mapper {
namespace {

int ceil_div(int a, int b) { return (a + b - 1) / b; }

/// Sizes of parts when `total` is cut into 1, 2, 3, ... parts, each size once, descending.
std::vector<int> part_sizes(int total) {
  std::vector<int> sizes;
  for (int size = total; size >= 1;) {
    sizes.push_back(size);
    if (size == 1) break;
    const int parts = ceil_div(total, size);
    const int next = ceil_div(total, parts + 1);
    // Where one part more does not make them smaller, the next smaller size is next.
    size = next < size ? next : size - 1;
  }
  return sizes;
}

/// A way to cut an axis, with what it costs.
struct AxisOption {
  AxisPlan plan;
  int dendrites = 0;  ///< factor of the block's dendrites
  int groups = 0;     ///< factor of its groups
  int entries = 0;    ///< factor of its entries of the expansion table, if expanded
  double packets = 0.0;
  double deliveries = 0.0;
};

struct ChannelOption {
  ChannelPlan plan;
  int dendrites = 0;
  int groups = 0;
};

bool beats(const AxisOption& a, const AxisOption& b) {
  return a.plan.tile <= b.plan.tile && a.dendrites <= b.dendrites && a.groups <= b.groups &&
         a.entries <= b.entries && a.packets <= b.packets && a.deliveries <= b.deliveries;
}

bool beats(const ChannelOption& a, const ChannelOption& b) {
  return a.plan.tile <= b.plan.tile && a.dendrites <= b.dendrites && a.groups <= b.groups;
}

bool beats(const PlanCandidate& a, const PlanCandidate& b) {
  return a.cores <= b.cores && a.packets <= b.packets && a.neurons <= b.neurons &&
         a.deliveries <= b.deliveries;
}

/// Keeps what nothing else beats; of equals the first.
template <typename T>
std::vector<T> front_of(const std::vector<T>& all) {
  std::vector<T> front;
  for (const T& candidate : all) {
    const auto better = [&](const T& other) { return beats(other, candidate); };
    if (std::any_of(front.begin(), front.end(), better)) continue;
    const auto worse = [&](const T& other) { return beats(candidate, other); };
    front.erase(std::remove_if(front.begin(), front.end(), worse), front.end());
    front.push_back(candidate);
  }
  return front;
}

/// Tiles to try for a unit that sees `inputs`: equal parts, and those that keep all blocks' edges
/// on tiles' edges.
std::set<int> tile_sizes(int inputs, int step, int most) {
  std::set<int> sizes;
  for (const int size : part_sizes(inputs)) sizes.insert(size);
  for (int size = 1; size <= std::min(step, inputs); ++size) {
    if (step % size == 0) sizes.insert(size);
  }
  sizes.erase(sizes.upper_bound(most), sizes.end());
  return sizes;
}

std::vector<AxisOption> axis_options(const Axis& axis, int block, const LayerGeometry& layer,
                                     const common::CoreDescription& core, bool expanded) {
  std::vector<AxisOption> options;
  for (const int unit : part_sizes(block)) {
    if (ceil_div(block, unit) > core.fan_in_groups) break;
    const int inputs = std::min(axis.patch(unit), axis.inputs);
    for (const int tile : tile_sizes(inputs, block * axis.stride, layer.group_neurons)) {
      AxisPlan plan{block, unit, tile, ceil_div(inputs, tile) * tile, expanded};
      const int groups = plan.units() * plan.groups();
      if (groups > core.fan_in_groups) continue;
      const AxisMap map(axis, plan);
      std::size_t packets = 0;
      std::size_t deliveries = 0;
      for (int input = 0; input < axis.inputs; ++input) {
        packets += static_cast<std::size_t>(map.addresses(input));
        deliveries += map.seen_by(input).size();
      }
      options.push_back({plan, map.most_groups(), groups, map.list_total(),
                         static_cast<double>(packets) / axis.inputs,
                         static_cast<double>(deliveries) / axis.inputs});
    }
  }
  options = front_of(options);
  std::stable_sort(options.begin(), options.end(),
                   [](const AxisOption& a, const AxisOption& b) { return a.packets < b.packets; });
  return options;
}

std::vector<ChannelOption> channel_options(const LayerGeometry& layer, int conv_groups, int chunk,
                                           const common::CoreDescription& core) {
  const int inputs = conv_groups * layer.inputs_per_group;
  std::set<int> tiles;
  for (const int size : part_sizes(inputs)) tiles.insert(size);
  for (const int size : part_sizes(conv_groups)) tiles.insert(size * layer.inputs_per_group);
  std::vector<ChannelOption> options;
  for (const int tile : tiles) {
    if (tile > layer.group_neurons) break;
    ChannelOption option{{conv_groups, chunk, tile}, 0, ceil_div(inputs, tile)};
    if (option.groups > core.fan_in_groups) continue;
    for (int g = 0; g < conv_groups; ++g) {
      const int first = g * layer.inputs_per_group;
      const int last = first + layer.inputs_per_group - 1;
      option.dendrites += (last / tile - first / tile + 1) * chunk;
    }
    options.push_back(option);
  }
  return front_of(options);
}

/// Of all units and tiles for one block shape, those with the fewest packets that fit.
class ShapeSearch {
 public:
  ShapeSearch(const LayerGeometry& layer, const common::CoreDescription& core)
      : layer_(layer), core_(core) {}

  std::optional<PlanCandidate> best(const std::vector<AxisOption>& rows,
                                    const std::vector<AxisOption>& columns,
                                    const std::vector<ChannelOption>& channels) const {
    std::optional<PlanCandidate> best;
    const auto rank = [](const PlanCandidate& c) {
      return std::make_tuple(c.packets, c.dendrites);
    };
    for (const AxisOption& y : rows) {
      if (best && y.packets * columns.front().packets > best->packets) break;
      for (const AxisOption& x : columns) {
        if (best && y.packets * x.packets > best->packets) break;
        if (y.plan.tile * x.plan.tile > layer_.group_neurons) continue;
        if (y.groups * x.groups > core_.fan_in_groups) continue;
        for (const ChannelOption& c : channels) {
          if (!fits(y, x, c)) continue;
          PlanCandidate candidate = make(y, x, c);
          if (!best || rank(candidate) < rank(*best)) best = candidate;
        }
      }
    }
    return best;
  }

 private:
  bool fits(const AxisOption& y, const AxisOption& x, const ChannelOption& c) const {
    const auto product = [](int a, int b, int d) {
      return static_cast<long long>(a) * static_cast<long long>(b) * d;
    };
    if (y.plan.expanded) {
      if (y.plan.units() * x.plan.units() == 1) return false;
      const int channels = c.plan.conv_groups * layer_.inputs_per_group;
      if (product(y.entries, x.entries, channels) > core_.expansion.entries) return false;
    }
    return product(y.plan.tile, x.plan.tile, c.plan.tile) <= layer_.group_neurons &&
           product(y.groups, x.groups, c.groups) <= core_.fan_in_groups &&
           product(y.dendrites, x.dendrites, c.dendrites) * layer_.copies <=
               core_.ternary_dendrites();
  }

  PlanCandidate make(const AxisOption& y, const AxisOption& x, const ChannelOption& c) const {
    PlanCandidate candidate;
    candidate.plan = {y.plan, x.plan, c.plan};
    candidate.cores = candidate.plan.blocks(layer_);
    candidate.packets = y.packets * x.packets;
    candidate.deliveries = y.deliveries * x.deliveries * c.plan.chunks(layer_);
    candidate.axons = y.groups * y.plan.tile * x.groups * x.plan.tile * c.groups * c.plan.tile;
    candidate.neurons =
        y.plan.block * x.plan.block * c.plan.conv_groups * c.plan.chunk * layer_.copies;
    candidate.dendrites = y.dendrites * x.dendrites * c.dendrites * layer_.copies;
    return candidate;
  }

  const LayerGeometry& layer_;
  const common::CoreDescription& core_;
};

int most_addresses(const AxisPlan& source, const Axis& outputs, const AxisMap& next) {
  int most = 0;
  for (int first = 0; first < outputs.outputs; first += source.block) {
    int sum = 0;
    for (int i = first; i < std::min(first + source.block, outputs.outputs); ++i) {
      sum += next.addresses(i);
    }
    most = std::max(most, sum);
  }
  return most;
}

}  // namespace

namespace {

/// Adds the best plan of each block shape, all of them expanded or none.
void search_shapes(const LayerGeometry& layer, const common::CoreDescription& core, bool expanded,
                   std::vector<PlanCandidate>& candidates) {
  std::vector<std::vector<AxisOption>> rows;
  std::vector<std::vector<AxisOption>> columns;
  for (const int block : part_sizes(layer.y.outputs)) {
    if (block > core.max_neurons()) continue;
    rows.push_back(axis_options(layer.y, block, layer, core, expanded));
  }
  for (const int block : part_sizes(layer.x.outputs)) {
    if (block > core.max_neurons()) continue;
    columns.push_back(axis_options(layer.x, block, layer, core, expanded));
  }
  std::vector<std::vector<ChannelOption>> channels;
  for (const int conv_groups : part_sizes(layer.conv_groups)) {
    channels.push_back(channel_options(layer, conv_groups, layer.outputs_per_group, core));
  }
  for (const int chunk : part_sizes(layer.outputs_per_group)) {
    if (chunk == layer.outputs_per_group) continue;
    channels.push_back(channel_options(layer, 1, chunk, core));
  }

  const ShapeSearch search(layer, core);
  for (const auto& y : rows) {
    for (const auto& x : columns) {
      for (const auto& c : channels) {
        if (y.empty() || x.empty() || c.empty()) continue;
        const long long neurons = static_cast<long long>(y.front().plan.block) *
                                  x.front().plan.block * c.front().plan.conv_groups *
                                  c.front().plan.chunk * layer.copies;
        if (neurons > core.max_neurons()) continue;
        if (const auto best = search.best(y, x, c)) candidates.push_back(*best);
      }
    }
  }
}

}  // namespace

std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const common::CoreDescription& core) {
  if (layer.group_neurons == 0) return {};
  std::vector<PlanCandidate> candidates;
  search_shapes(layer, core, false, candidates);
  if (core.expansion.entries > 0) search_shapes(layer, core, true, candidates);
  const auto rank = [](const PlanCandidate& c) {
    return std::make_tuple(c.cores, c.packets, c.deliveries, c.neurons, c.axons, c.dendrites);
  };
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [&](const PlanCandidate& a, const PlanCandidate& b) { return rank(a) < rank(b); });
  return front_of(candidates);
}

bool one_neuron_fits(const LayerGeometry& layer, const common::CoreDescription& core) {
  const auto rows = axis_options(layer.y, 1, layer, core, false);
  const auto columns = axis_options(layer.x, 1, layer, core, false);
  const auto channels = channel_options(layer, 1, 1, core);
  return !rows.empty() && !columns.empty() && !channels.empty() &&
         ShapeSearch(layer, core).best(rows, columns, channels).has_value();
}

long long route_need(const LayerGeometry& layer, const LayerPlan& plan, const LayerMap& next) {
  return static_cast<long long>(layer.copies) * plan.channels.conv_groups * plan.channels.chunk *
         most_addresses(plan.y, layer.y, next.y()) * most_addresses(plan.x, layer.x, next.x());
}

long long least_dendrites(const LayerGeometry& layer) {
  long long sum = 0;
  for (int y = 0; y < layer.y.outputs; ++y) {
    for (int x = 0; x < layer.x.outputs; ++x) {
      sum += ceil_div(layer.taps(y, x) * layer.inputs_per_group, layer.group_neurons);
    }
  }
  return sum * layer.conv_groups * layer.outputs_per_group * layer.copies;
}

}  // namespace spikeloom::mapper

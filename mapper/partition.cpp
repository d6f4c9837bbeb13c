// SPDX-License-Identifier: Apache-2.0
#include "mapper/partition.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace spikeloom::mapper {
namespace {

template <typename A>
A ceil_div(A a, int b) {
  return (a + b - 1) / b;
}

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

/// What a group of a block holds along an axis, or along the channels.
struct GroupPart {
  int inputs = 0;
  int outputs = 0;  ///< that have a dendrite in it
};

/// A way to cut an axis, with what it costs.
struct AxisOption {
  AxisPlan plan;
  int dendrites = 0;  ///< factor of the block's dendrites
  int groups = 0;     ///< factor of its groups
  int entries = 0;    ///< factor of its entries of the expansion table, if expanded
  // Factors of the layer's sums.
  std::int64_t packets = 0;
  std::int64_t writes = 0;
  std::int64_t reached = 0;
  std::int64_t all_dendrites = 0;
  std::vector<GroupPart> parts;  ///< of the block with most dendrites, empty groups left out
};

struct ChannelOption {
  ChannelPlan plan;
  int dendrites = 0;
  int groups = 0;
  std::vector<GroupPart> parts;
};

bool beats(const AxisOption& a, const AxisOption& b) {
  return a.plan.tile <= b.plan.tile && a.dendrites <= b.dendrites && a.groups <= b.groups &&
         a.entries <= b.entries && a.packets <= b.packets && a.writes <= b.writes;
}

bool beats(const ChannelOption& a, const ChannelOption& b) {
  return a.plan.tile <= b.plan.tile && a.dendrites <= b.dendrites && a.groups <= b.groups;
}

bool beats(const PlanCandidate& a, const PlanCandidate& b) {
  return a.cores <= b.cores && a.packets <= b.packets && a.neurons <= b.neurons &&
         a.writes <= b.writes && a.row_words <= b.row_words &&
         a.work.scan_words <= b.work.scan_words && a.work.row_words <= b.work.row_words &&
         a.work.dendrites <= b.work.dendrites;
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

/// Of the block with most dendrites.
std::vector<GroupPart> fullest_parts(const AxisMap& map) {
  const AxisPlan& plan = map.plan();
  std::vector<GroupPart> fullest;
  std::size_t most = 0;
  for (int block = 0; block < plan.blocks(map.axis()); ++block) {
    std::map<std::pair<int, int>, GroupPart> parts;  // by unit and group
    std::size_t dendrites = 0;
    const Span outputs = map.block(block);
    for (int output = outputs.first; output < outputs.end; ++output) {
      dendrites += map.groups_of(output).size();
      for (const int group : map.groups_of(output)) ++parts[{map.unit_of(output), group}].outputs;
    }
    if (dendrites <= most) continue;
    for (int input = 0; input < map.axis().inputs; ++input) {
      for (const UnitPlace& place : map.seen_by(input)) {
        if (place.block == block) ++parts[{place.unit, plan.group(map.axis(), input)}].inputs;
      }
    }
    most = dendrites;
    fullest.clear();
    for (const auto& [place, part] : parts) fullest.push_back(part);
  }
  return fullest;
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
      AxisOption option;
      option.plan = plan;
      option.dendrites = map.most_groups();
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
  options = front_of(options);
  for (AxisOption& option : options) option.parts = fullest_parts({axis, option.plan});
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
    ChannelOption option{{conv_groups, chunk, tile}, 0, ceil_div(inputs, tile), {}};
    if (option.groups > core.fan_in_groups) continue;
    for (int first = 0; first < inputs; first += tile) {
      option.parts.push_back({std::min(tile, inputs - first), 0});
    }
    for (int g = 0; g < conv_groups; ++g) {
      const int first = g * layer.inputs_per_group;
      const int last = first + layer.inputs_per_group - 1;
      for (int part = first / tile; part <= last / tile; ++part) {
        option.parts[static_cast<std::size_t>(part)].outputs += chunk;
        option.dendrites += chunk;
      }
    }
    options.push_back(std::move(option));
  }
  return front_of(options);
}

/// Of all units and tiles for one block shape, those with the fewest packets that fit, and those
/// with the fewest dendrites.
class ShapeSearch {
 public:
  ShapeSearch(const LayerGeometry& layer, const common::CoreDescription& core)
      : layer_(layer), core_(core) {}

  std::vector<PlanCandidate> best(const std::vector<AxisOption>& rows,
                                  const std::vector<AxisOption>& columns,
                                  const std::vector<ChannelOption>& channels) const {
    std::optional<Choice> fewest_packets;
    std::optional<Choice> fewest_dendrites;
    for (const AxisOption& y : rows) {
      for (const AxisOption& x : columns) {
        if (y.plan.tile * x.plan.tile > layer_.group_neurons) continue;
        if (y.groups * x.groups > core_.fan_in_groups) continue;
        for (const ChannelOption& c : channels) {
          if (!fits(y, x, c)) continue;
          const Choice choice{&y, &x, &c};
          const auto packets = [](const Choice& a) {
            return std::make_tuple(a.packets(), a.dendrites());
          };
          const auto dendrites = [](const Choice& a) {
            return std::make_tuple(a.dendrites(), a.packets());
          };
          if (!fewest_packets || packets(choice) < packets(*fewest_packets)) {
            fewest_packets = choice;
          }
          if (!fewest_dendrites || dendrites(choice) < dendrites(*fewest_dendrites)) {
            fewest_dendrites = choice;
          }
        }
      }
    }
    if (!fewest_packets) return {};
    return {make(*fewest_packets), make(*fewest_dendrites)};
  }

 private:
  struct Choice {
    const AxisOption* y;
    const AxisOption* x;
    const ChannelOption* c;
    std::int64_t packets() const { return y->packets * x->packets; }
    std::int64_t dendrites() const { return product(y->dendrites, x->dendrites, c->dendrites); }
  };

  static std::int64_t product(int a, int b, int d) { return std::int64_t{a} * b * d; }

  bool fits(const AxisOption& y, const AxisOption& x, const ChannelOption& c) const {
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

  PlanCandidate make(const Choice& choice) const {
    const AxisOption& y = *choice.y;
    const AxisOption& x = *choice.x;
    const ChannelPlan& channels = choice.c->plan;
    const std::int64_t inputs = std::int64_t{layer_.conv_groups} * layer_.inputs_per_group;
    PlanCandidate candidate;
    candidate.plan = {y.plan, x.plan, channels};
    candidate.cores = candidate.plan.blocks(layer_);
    candidate.packets = y.packets * x.packets * inputs;
    candidate.writes = y.writes * x.writes * inputs * channels.chunks(layer_);
    candidate.reached = y.reached * x.reached * inputs * channels.chunks(layer_);
    candidate.neurons =
        y.plan.block * x.plan.block * channels.conv_groups * channels.chunk * layer_.copies;
    candidate.dendrites = y.all_dendrites * x.all_dendrites * channel_dendrites(channels);
    add_work(choice, candidate);
    return candidate;
  }

  /// Of one output pixel.
  std::int64_t channel_dendrites(const ChannelPlan& plan) const {
    std::int64_t groups = 0;
    for (int g = 0; g < layer_.conv_groups; ++g) {
      const int first = g % plan.conv_groups * layer_.inputs_per_group;
      const int last = first + layer_.inputs_per_group - 1;
      groups += last / plan.tile - first / plan.tile + 1;
    }
    return groups * layer_.outputs_per_group * layer_.copies;
  }

  /// Of the fullest block: what its groups hold.
  void add_work(const Choice& choice, PlanCandidate& candidate) const {
    const common::CoreTiming& timing = core_.timing;
    BlockWork& work = candidate.work;
    work.dendrites = choice.dendrites() * layer_.copies;
    work.neurons = candidate.neurons;
    std::int64_t axons = 0;
    for (const GroupPart& y : choice.y->parts) {
      for (const GroupPart& x : choice.x->parts) {
        for (const GroupPart& c : choice.c->parts) {
          const std::int64_t set = product(y.inputs, x.inputs, c.inputs) * layer_.input_levels;
          const std::int64_t columns = product(y.outputs, x.outputs, c.outputs) * layer_.copies *
                                       core_.columns_per_dendrite();
          axons += set;
          work.row_words += set * ceil_div(columns, timing.word_bits);
          work.scan_words += ceil_div(set, timing.scan_axons_per_cycle);
        }
      }
    }
    // The other blocks read as many words for an axon.
    candidate.row_words = axons == 0 ? 0 : candidate.writes * work.row_words / axons;
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
        for (PlanCandidate& best : search.best(y, x, c)) candidates.push_back(std::move(best));
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
    return std::make_tuple(c.cores, c.packets, c.writes, c.neurons, c.work.row_words,
                           c.work.dendrites);
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
         !ShapeSearch(layer, core).best(rows, columns, channels).empty();
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

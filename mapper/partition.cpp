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

/// A way to cut an axis of a term, with what it costs.
struct AxisOption {
  AxisPlan plan;
  int dendrites = 0;  ///< factor of the term's dendrites in a block
  int groups = 0;     ///< factor of its groups
  int entries = 0;    ///< factor of its entries of the expansion table, if expanded
  // Factors of the layer's sums.
  std::int64_t packets = 0;
  std::int64_t writes = 0;
  std::int64_t reached = 0;
  std::int64_t all_dendrites = 0;
  std::vector<GroupPart> parts;  ///< of the block with most dendrites, empty groups left out
};

/// A way to cut the input channels of a term, likewise.
struct ChannelOption {
  int tile = 1;
  int dendrites = 0;
  int groups = 0;
  int entries = 0;
  std::int64_t reached = 0;
  std::int64_t all_dendrites = 0;
  std::vector<GroupPart> parts;
};

/// What a block takes of its core.
struct Need {
  std::int64_t dendrites = 0;
  std::int64_t groups = 0;
  std::int64_t entries = 0;
};

using AxisOptions = std::vector<std::vector<AxisOption>>;        ///< [term]
using ChannelOptions = std::vector<std::vector<ChannelOption>>;  ///< [term]

/// A way to cut a term.
struct TermChoice {
  const AxisOption* y;
  const AxisOption* x;
  const ChannelOption* c;
};

/// Ways to cut some of a layer's terms, and what they come to together.
struct TermChoices {
  std::vector<TermChoice> terms;
  std::int64_t packets = 0;
  std::vector<Need> needs;  ///< of blocks of each section of the channels

  std::int64_t dendrites() const {
    std::int64_t most = 0;
    for (const Need& need : needs) most = std::max(most, need.dendrites);
    return most;
  }
};

bool beats(const AxisOption& a, const AxisOption& b) {
  return a.plan.tile <= b.plan.tile && a.dendrites <= b.dendrites && a.groups <= b.groups &&
         a.entries <= b.entries && a.packets <= b.packets && a.writes <= b.writes;
}

bool beats(const ChannelOption& a, const ChannelOption& b) {
  return a.tile <= b.tile && a.dendrites <= b.dendrites && a.groups <= b.groups;
}

bool beats(const TermChoices& a, const TermChoices& b) {
  return a.packets <= b.packets && std::equal(a.needs.begin(), a.needs.end(), b.needs.begin(),
                                              [](const Need& left, const Need& right) {
                                                return left.dendrites <= right.dendrites &&
                                                       left.groups <= right.groups &&
                                                       left.entries <= right.entries;
                                              });
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

std::vector<AxisOption> axis_options(const Axis& axis, int block, const TermGeometry& term,
                                     const common::CoreDescription& core, bool expanded) {
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

std::vector<ChannelOption> channel_options(const TermGeometry& term, const ChannelPlan& plan,
                                           const common::CoreDescription& core) {
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
  return front_of(options);
}

/// Of all units and tiles of all terms for one block shape, those with the fewest packets that fit,
/// and those with the fewest dendrites. A block is taken to have as many dendrites of each of its
/// terms as any block.
class ShapeSearch {
 public:
  ShapeSearch(const LayerGeometry& layer, const common::CoreDescription& core)
      : layer_(layer), core_(core), sections_(layer.sections()) {}

  std::vector<PlanCandidate> best(const ChannelPlan& plan, const AxisOptions& rows,
                                  const AxisOptions& columns,
                                  const ChannelOptions& channels) const {
    const std::size_t last = layer_.terms.size() - 1;
    std::vector<TermChoices> before(1);
    before.front().needs.resize(sections_.size());
    for (std::size_t t = 0; t < last; ++t) {
      std::vector<TermChoices> all;
      for (const TermChoices& choices : before) {
        for_each(choices, t, rows[t], columns[t], channels[t],
                 [&](const TermChoices& more) { all.push_back(more); });
      }
      before = front_of(all);
    }
    std::optional<TermChoices> fewest_packets;
    std::optional<TermChoices> fewest_dendrites;
    const auto packets = [](const TermChoices& a) {
      return std::make_tuple(a.packets, a.dendrites());
    };
    const auto dendrites = [](const TermChoices& a) {
      return std::make_tuple(a.dendrites(), a.packets);
    };
    for (const TermChoices& choices : before) {
      for_each(choices, last, rows[last], columns[last], channels[last],
               [&](const TermChoices& all) {
                 if (!fewest_packets || packets(all) < packets(*fewest_packets)) {
                   fewest_packets = all;
                 }
                 if (!fewest_dendrites || dendrites(all) < dendrites(*fewest_dendrites)) {
                   fewest_dendrites = all;
                 }
               });
    }
    if (!fewest_packets) return {};
    return {make(plan, *fewest_packets), make(plan, *fewest_dendrites)};
  }

 private:
  static std::int64_t product(int a, int b, int d) { return std::int64_t{a} * b * d; }

  /// All of term `t` that fit beside `choices`, added to them.
  template <typename Found>
  void for_each(const TermChoices& choices, std::size_t t, const std::vector<AxisOption>& rows,
                const std::vector<AxisOption>& columns, const std::vector<ChannelOption>& channels,
                Found found) const {
    const TermGeometry& term = layer_.terms[t];
    TermChoices all = choices;
    all.terms.emplace_back();
    for (const AxisOption& y : rows) {
      for (const AxisOption& x : columns) {
        if (y.plan.tile * x.plan.tile > term.group_neurons) continue;
        if (std::int64_t{y.groups} * x.groups > core_.fan_in_groups) continue;
        for (const ChannelOption& c : channels) {
          if (product(y.plan.tile, x.plan.tile, c.tile) > term.group_neurons) continue;
          const TermChoice choice{&y, &x, &c};
          if (!add_needs(term, choice, choices.needs, all.needs)) continue;
          all.terms.back() = choice;
          all.packets =
              choices.packets + y.packets * x.packets * term.channels() * term.input_levels;
          found(all);
        }
      }
    }
  }

  /// False where they exceed a limit.
  bool add_needs(const TermGeometry& term, const TermChoice& choice, const std::vector<Need>& needs,
                 std::vector<Need>& sums) const {
    const auto& [y, x, c] = choice;
    const Need more{dendrites(term, choice), product(y->groups, x->groups, c->groups),
                    expanded(choice) ? product(y->entries, x->entries, c->entries) : 0};
    for (std::size_t s = 0; s < sections_.size(); ++s) {
      if (!term.has_output(sections_[s].first)) continue;
      Need& sum = sums[s];
      sum.dendrites = needs[s].dendrites + more.dendrites;
      sum.groups = needs[s].groups + more.groups;
      sum.entries = needs[s].entries + more.entries;
      if (sum.dendrites > core_.ternary_dendrites() || sum.groups > core_.fan_in_groups ||
          sum.entries > core_.expansion.entries) {
        return false;
      }
    }
    return true;
  }

  /// A list of one place is none.
  static bool expanded(const TermChoice& choice) {
    return choice.y->plan.expanded && choice.y->plan.units() * choice.x->plan.units() > 1;
  }
  std::int64_t dendrites(const TermGeometry& term, const TermChoice& choice) const {
    return product(choice.y->dendrites, choice.x->dendrites, choice.c->dendrites) * term.repeat *
           layer_.copies;
  }

  PlanCandidate make(const ChannelPlan& plan, const TermChoices& choices) const {
    const TermChoice& first = choices.terms.front();
    PlanCandidate candidate;
    candidate.plan.channels = plan;
    candidate.neurons =
        first.y->plan.block * first.x->plan.block * plan.most_outputs() * layer_.copies;
    candidate.work.neurons = candidate.neurons;
    candidate.cores = first.y->plan.blocks(layer_.terms.front().y) *
                      first.x->plan.blocks(layer_.terms.front().x) * plan.all_chunks();
    candidate.packets = choices.packets;
    const auto fullest =
        std::max_element(choices.needs.begin(), choices.needs.end(),
                         [](const Need& a, const Need& b) { return a.dendrites < b.dendrites; });
    const Span& section = sections_[static_cast<std::size_t>(fullest - choices.needs.begin())];
    for (std::size_t t = 0; t < choices.terms.size(); ++t) {
      const TermGeometry& term = layer_.terms[t];
      const BlockWork work = add(term, choices.terms[t], candidate);
      if (term.has_output(section.first)) candidate.work += work;
    }
    return candidate;
  }

  /// Returns the work that it makes for the fullest block of those that have it.
  BlockWork add(const TermGeometry& term, const TermChoice& choice,
                PlanCandidate& candidate) const {
    const auto& [y, x, c] = choice;
    candidate.plan.terms.push_back({y->plan, x->plan, c->tile});
    TermPlan& plan = candidate.plan.terms.back();
    plan.y.expanded = plan.x.expanded = expanded(choice);
    const std::int64_t writes = y->writes * x->writes * c->reached * term.input_levels;
    candidate.writes += writes;
    if (expanded(choice)) candidate.expanded_writes += writes;
    candidate.reached += y->reached * x->reached * c->reached * term.input_levels;
    candidate.dendrites +=
        y->all_dendrites * x->all_dendrites * c->all_dendrites * term.repeat * layer_.copies;
    // What the block's groups hold.
    const common::CoreTiming& timing = core_.timing;
    BlockWork work;
    work.dendrites = dendrites(term, choice);
    std::int64_t axons = 0;
    for (const GroupPart& rows : y->parts) {
      for (const GroupPart& columns : x->parts) {
        for (const GroupPart& channels : c->parts) {
          const std::int64_t set =
              product(rows.inputs, columns.inputs, channels.inputs) * term.input_levels;
          const std::int64_t width = product(rows.outputs, columns.outputs, channels.outputs) *
                                     term.repeat * layer_.copies * core_.columns_per_dendrite();
          axons += set;
          work.row_words += set * ceil_div(width, timing.word_bits);
          work.scan_words += ceil_div(set, timing.scan_axons_per_cycle);
        }
      }
    }
    // The other blocks read as many words for an axon.
    candidate.row_words += axons == 0 ? 0 : writes * work.row_words / axons;
    return work;
  }

  const LayerGeometry& layer_;
  const common::CoreDescription& core_;
  std::vector<Span> sections_;
};

/// Of the outputs of a block along an axis.
int most_addresses(const AxisMap& outputs, const AxisMap& consumer) {
  int most = 0;
  for (int block = 0; block < outputs.plan().blocks(outputs.axis()); ++block) {
    int sum = 0;
    const Span of_block = outputs.block(block);
    for (int i = of_block.first; i < of_block.end; ++i) sum += consumer.addresses(i);
    most = std::max(most, sum);
  }
  return most;
}

/// How output channels may be cut. A layer of one term: into whole convolution groups, or into
/// parts of each. One of several: into parts of its sections.
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

AxisOptions axis_options(const LayerGeometry& layer, Axis TermGeometry::*axis, int block,
                         const common::CoreDescription& core, bool expanded) {
  AxisOptions options;
  for (const TermGeometry& term : layer.terms) {
    options.push_back(axis_options(term.*axis, block, term, core, expanded));
  }
  return options;
}

ChannelOptions channel_options(const LayerGeometry& layer, const ChannelPlan& plan,
                               const common::CoreDescription& core) {
  ChannelOptions options;
  for (const TermGeometry& term : layer.terms) {
    options.push_back(channel_options(term, plan, core));
  }
  return options;
}

/// Every term has some.
template <typename Options>
bool possible(const Options& options) {
  return std::none_of(options.begin(), options.end(),
                      [](const auto& of_term) { return of_term.empty(); });
}

/// Adds the best plan of each block shape, all of them expanded or none.
void search_shapes(const LayerGeometry& layer, const common::CoreDescription& core, bool expanded,
                   std::vector<PlanCandidate>& candidates) {
  const auto options_along = [&](Axis TermGeometry::*axis, int outputs) {
    std::vector<std::pair<int, AxisOptions>> all;  // by block
    for (const int block : part_sizes(outputs)) {
      if (block > core.max_neurons()) continue;
      AxisOptions options = axis_options(layer, axis, block, core, expanded);
      if (possible(options)) all.emplace_back(block, std::move(options));
    }
    return all;
  };
  const auto rows = options_along(&TermGeometry::y, layer.output.height);
  const auto columns = options_along(&TermGeometry::x, layer.output.width);
  std::vector<std::pair<ChannelPlan, ChannelOptions>> channels;
  for (const ChannelPlan& plan : channel_plans(layer)) {
    ChannelOptions options = channel_options(layer, plan, core);
    if (possible(options)) channels.emplace_back(plan, std::move(options));
  }
  const ShapeSearch search(layer, core);
  for (const auto& [y_block, y] : rows) {
    for (const auto& [x_block, x] : columns) {
      for (const auto& [plan, c] : channels) {
        const long long neurons =
            static_cast<long long>(y_block) * x_block * plan.most_outputs() * layer.copies;
        if (neurons > core.max_neurons()) continue;
        for (PlanCandidate& best : search.best(plan, y, x, c)) {
          candidates.push_back(std::move(best));
        }
      }
    }
  }
}

}  // namespace

std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const common::CoreDescription& core) {
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
  const ChannelPlan plan = even_channels(layer.output.channels, layer.output.channels, 1);
  const auto rows = axis_options(layer, &TermGeometry::y, 1, core, false);
  const auto columns = axis_options(layer, &TermGeometry::x, 1, core, false);
  const auto channels = channel_options(layer, plan, core);
  return possible(rows) && possible(columns) && possible(channels) &&
         !ShapeSearch(layer, core).best(plan, rows, columns, channels).empty();
}

long long route_need(const LayerMap& layer, const TermMap& consumer) {
  return static_cast<long long>(layer.geometry().copies) * layer.plan().channels.most_outputs() *
         most_addresses(layer.y(), consumer.y()) * most_addresses(layer.x(), consumer.x());
}

long long least_dendrites(const LayerGeometry& layer) {
  const converter::Shape& output = layer.output;
  std::vector<long long> axons(static_cast<std::size_t>(output.channels));
  long long sum = 0;
  for (int y = 0; y < output.height; ++y) {
    for (int x = 0; x < output.width; ++x) {
      std::fill(axons.begin(), axons.end(), 0);
      for (const TermGeometry& term : layer.terms) {
        const long long of_term = static_cast<long long>(term.repeat) * term.taps(y, x) *
                                  term.inputs_per_group * term.input_levels;
        for (int c = 0; c < output.channels; ++c) {
          if (term.has_output(c)) axons[static_cast<std::size_t>(c)] += of_term;
        }
      }
      for (const long long needed : axons) sum += ceil_div(needed, layer.group_axons);
    }
  }
  return sum * layer.copies;
}

}  // namespace spikeloom::mapper

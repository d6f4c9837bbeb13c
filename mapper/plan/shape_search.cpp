// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/shape_search.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "spikeloom/mapper/plan/pareto_front.h"

namespace spikeloom::mapper {
namespace {

/// Core resources that a block takes.
struct Need {
  std::int64_t dendrites = 0;
  std::int64_t groups = 0;
  std::int64_t entries = 0;
};

/// Partition of one term.
struct TermChoice {
  const AxisOption* y;
  const AxisOption* x;
  const ChannelOption* c;
};

/// Partitions of some of a layer's terms, with their total packets and needs.
struct TermChoices {
  std::vector<TermChoice> terms;
  std::int64_t packets = 0;
  std::vector<Need> needs;  ///< needs of a block in each section of the channels

  std::int64_t dendrites() const {
    std::int64_t max = 0;
    for (const Need& need : needs) max = std::max(max, need.dendrites);
    return max;
  }
};

bool needs_no_more(const TermChoices& a, const TermChoices& b) {
  return a.packets <= b.packets && std::equal(a.needs.begin(), a.needs.end(), b.needs.begin(),
                                              [](const Need& left, const Need& right) {
                                                return left.dendrites <= right.dendrites &&
                                                       left.groups <= right.groups &&
                                                       left.entries <= right.entries;
                                              });
}

class ShapeSearch {
 public:
  ShapeSearch(const LayerGeometry& layer, const arch::CoreDescription& core)
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
      before = pareto_front(all, needs_no_more);
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

  /// Calls `found` with `choices` extended by each partition of term `t` that fits in addition.
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

  /// Adds the needs of a term's choice. Returns false if a limit is exceeded.
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

  /// Whether the term uses the expansion table. A list of one entry is not needed.
  static bool expanded(const TermChoice& choice) {
    return choice.y->plan.expanded && choice.y->plan.units() * choice.x->plan.units() > 1;
  }
  std::int64_t dendrites(const TermGeometry& term, const TermChoice& choice) const {
    return product(choice.y->dendrites, choice.x->dendrites, choice.c->dendrites) *
           term.dendrites_per_weight() * layer_.copies;
  }

  PlanCandidate make(const ChannelPlan& plan, const TermChoices& choices) const {
    const TermChoice& first = choices.terms.front();
    PlanCandidate candidate;
    candidate.plan.channels = plan;
    candidate.neurons =
        first.y->plan.block * first.x->plan.block * plan.max_outputs() * layer_.copies;
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

  /// Adds a term's choice to the candidate. Returns the term's work in the fullest of the blocks
  /// that contain it.
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
    candidate.dendrites += y->all_dendrites * x->all_dendrites * c->all_dendrites *
                           term.dendrites_per_weight() * layer_.copies;
    // Sum over the groups of the block.
    const arch::CoreTiming& timing = core_.timing;
    BlockWork work;
    work.dendrites = dendrites(term, choice);
    std::int64_t axons = 0;
    for (const GroupPart& rows : y->parts) {
      for (const GroupPart& columns : x->parts) {
        for (const GroupPart& channels : c->parts) {
          const std::int64_t set =
              product(rows.inputs, columns.inputs, channels.inputs) * term.input_levels;
          const std::int64_t width = product(rows.outputs, columns.outputs, channels.outputs) *
                                     term.dendrites_per_weight() * layer_.copies *
                                     core_.columns_per_dendrite();
          axons += set;
          if (core_.rows == arch::CrossbarRows::kDendrites) {
            work.row_words += width * ceil_div(set, timing.word_bits);
          } else {
            work.row_words += set * ceil_div(width, timing.word_bits);
            work.scan_words += ceil_div(set, timing.scan_axons_per_cycle);
          }
        }
      }
    }
    // All blocks are assumed to read the same number of words per axon.
    candidate.row_words += axons == 0 ? 0 : writes * work.row_words / axons;
    return work;
  }

  const LayerGeometry& layer_;
  const arch::CoreDescription& core_;
  std::vector<Span> sections_;
};

}  // namespace

std::vector<PlanCandidate> best_of_shape(const LayerGeometry& layer,
                                         const arch::CoreDescription& core, const ChannelPlan& plan,
                                         const AxisOptions& rows, const AxisOptions& columns,
                                         const ChannelOptions& channels) {
  return ShapeSearch(layer, core).best(plan, rows, columns, channels);
}

}  // namespace spikeloom::mapper

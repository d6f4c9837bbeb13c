// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/partition.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "spikeloom/mapper/plan/pareto_front.h"
#include "spikeloom/mapper/plan/shape_search.h"
#include "spikeloom/mapper/plan/term_options.h"

namespace spikeloom::mapper {
namespace {

bool beats(const PlanCandidate& a, const PlanCandidate& b) {
  return a.cores <= b.cores && a.packets <= b.packets && a.neurons <= b.neurons &&
         a.writes <= b.writes && a.row_words <= b.row_words &&
         a.work.scan_words <= b.work.scan_words && a.work.row_words <= b.work.row_words &&
         a.work.dendrites <= b.work.dendrites;
}

/// Maximum over all blocks along an axis of the addresses summed over the block's outputs.
int max_addresses(const AxisMap& outputs, const AxisMap& consumer) {
  int max_sum = 0;
  for (int block = 0; block < outputs.plan().blocks(outputs.axis()); ++block) {
    int sum = 0;
    const Span of_block = outputs.block(block);
    for (int i = of_block.first; i < of_block.end; ++i) sum += consumer.addresses(i);
    max_sum = std::max(max_sum, sum);
  }
  return max_sum;
}

/// Whether every term has an option.
template <typename Options>
bool possible(const Options& options) {
  return std::none_of(options.begin(), options.end(),
                      [](const auto& of_term) { return of_term.empty(); });
}

/// Appends the best plans of each block shape. `expanded` applies to all of them.
void search_shapes(const LayerGeometry& layer, const arch::CoreDescription& core, bool expanded,
                   std::vector<PlanCandidate>& candidates) {
  const auto options_along = [&](TermAxis axis, int outputs) {
    std::vector<std::pair<int, AxisOptions>> all;  // block size, options
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
  for (const auto& [y_block, y] : rows) {
    for (const auto& [x_block, x] : columns) {
      for (const auto& [plan, c] : channels) {
        const long long neurons =
            static_cast<long long>(y_block) * x_block * plan.max_outputs() * layer.copies;
        if (neurons > core.max_neurons()) continue;
        for (PlanCandidate& best : best_of_shape(layer, core, plan, y, x, c)) {
          candidates.push_back(std::move(best));
        }
      }
    }
  }
}

}  // namespace

std::vector<PlanCandidate> search_plans(const LayerGeometry& layer,
                                        const arch::CoreDescription& core) {
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
  return pareto_front(candidates, beats);
}

bool one_neuron_fits(const LayerGeometry& layer, const arch::CoreDescription& core) {
  const ChannelPlan plan = even_channels(layer.output.channels, layer.output.channels, 1);
  const auto rows = axis_options(layer, &TermGeometry::y, 1, core, false);
  const auto columns = axis_options(layer, &TermGeometry::x, 1, core, false);
  const auto channels = channel_options(layer, plan, core);
  return possible(rows) && possible(columns) && possible(channels) &&
         !best_of_shape(layer, core, plan, rows, columns, channels).empty();
}

long long route_need(const LayerMap& layer, const TermMap& consumer) {
  return static_cast<long long>(layer.geometry().copies) * layer.plan().channels.max_outputs() *
         max_addresses(layer.y(), consumer.y()) * max_addresses(layer.x(), consumer.x());
}

long long min_dendrites(const LayerGeometry& layer) {
  const converter::Shape& output = layer.output;
  std::vector<long long> axons(static_cast<std::size_t>(output.channels));
  long long sum = 0;
  for (int y = 0; y < output.height; ++y) {
    for (int x = 0; x < output.width; ++x) {
      std::fill(axons.begin(), axons.end(), 0);
      for (const TermGeometry& term : layer.terms) {
        const long long of_term = static_cast<long long>(term.dendrites_per_weight()) *
                                  term.taps(y, x) * term.inputs_per_group * term.input_levels;
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

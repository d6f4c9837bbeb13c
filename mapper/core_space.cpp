// SPDX-License-Identifier: Apache-2.0
#include "mapper/core_space.h"

#include <algorithm>

namespace spikeloom::mapper {
namespace {

int addresses(const AxisMap& next, const Span& outputs) {
  int sum = 0;
  for (int i = outputs.first; i < outputs.end; ++i) sum += next.addresses(i);
  return sum;
}

}  // namespace

std::vector<BlockNeed> block_needs(const LayerMap& layer, const LayerMap* next) {
  std::vector<BlockNeed> needs;
  for (int block = 0; block < layer.blocks(); ++block) {
    const BlockPlace place = layer.block_place(block);
    BlockNeed need{layer.dendrites(place), layer.neurons(place),
                   layer.plan().groups(layer.geometry()), layer.entries(), 0};
    need.routes = need.neurons;
    if (next != nullptr) {
      const Span rows = layer.y().block(place.y);
      const Span columns = layer.x().block(place.x);
      need.routes = need.routes / (rows.size() * columns.size()) * addresses(next->y(), rows) *
                    addresses(next->x(), columns);
    }
    needs.push_back(need);
  }
  return needs;
}

CoreSpace::CoreSpace(const common::CoreDescription& core, int cores, Sharing sharing)
    : core_(core), sharing_(sharing), states_(static_cast<std::size_t>(cores)) {}

bool CoreSpace::fits(int core, const BlockNeed& need) const {
  const State& state = at(core);
  return (state.blocks == 0 || sharing_ == Sharing::kAllowed) &&
         state.dendrites + need.dendrites <= core_.ternary_dendrites() &&
         state.neurons + need.neurons <= core_.max_neurons() &&
         state.routes + need.routes <= core_.route_entries;
}

int CoreSpace::first_free(const std::vector<Span>& taken, int from, int count) {
  for (;;) {
    const auto in_the_way = [&](const Span& span) {
      return span.first < from + count && from < span.end;
    };
    const auto found = std::find_if(taken.begin(), taken.end(), in_the_way);
    if (found == taken.end()) return from;
    from = found->end;
  }
}

void CoreSpace::add(int core, const BlockNeed& need, int group_base, int entry_base) {
  State& state = states_[static_cast<std::size_t>(core)];
  if (state.blocks++ == 0) ++used_;
  state.dendrites += need.dendrites;
  state.neurons += need.neurons;
  state.routes += need.routes;
  state.groups.push_back({group_base, group_base + need.groups});
  if (need.entries > 0) state.entries.push_back({entry_base, entry_base + need.entries});
}

void CoreSpace::remove(int core, const BlockNeed& need, int group_base, int entry_base) {
  State& state = states_[static_cast<std::size_t>(core)];
  if (--state.blocks == 0) --used_;
  state.dendrites -= need.dendrites;
  state.neurons -= need.neurons;
  state.routes -= need.routes;
  const auto erase = [](std::vector<Span>& spans, int first) {
    spans.erase(std::find_if(spans.begin(), spans.end(),
                             [&](const Span& span) { return span.first == first; }));
  };
  erase(state.groups, group_base);
  if (need.entries > 0) erase(state.entries, entry_base);
}

}  // namespace spikeloom::mapper

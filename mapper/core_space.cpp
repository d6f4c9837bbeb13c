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
                   layer.plan().groups(layer.geometry()), 0};
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

CoreSpace::CoreSpace(const common::CoreDescription& core, int cores)
    : core_(core), states_(static_cast<std::size_t>(cores)) {}

int CoreSpace::free_group(int core) const {
  const std::vector<int>& ends = at(core).group_ends;
  return ends.empty() ? 0 : *std::max_element(ends.begin(), ends.end());
}

bool CoreSpace::fits(int core, const BlockNeed& need, int group_base) const {
  const State& state = at(core);
  return state.dendrites + need.dendrites <= core_.ternary_dendrites() &&
         state.neurons + need.neurons <= core_.max_neurons() &&
         state.routes + need.routes <= core_.route_entries &&
         group_base + need.groups <= core_.fan_in_groups;
}

void CoreSpace::add(int core, const BlockNeed& need, int group_base) {
  State& state = states_[static_cast<std::size_t>(core)];
  if (state.blocks++ == 0) ++used_;
  state.dendrites += need.dendrites;
  state.neurons += need.neurons;
  state.routes += need.routes;
  state.group_ends.push_back(group_base + need.groups);
}

void CoreSpace::remove(int core, const BlockNeed& need, int group_base) {
  State& state = states_[static_cast<std::size_t>(core)];
  if (--state.blocks == 0) --used_;
  state.dendrites -= need.dendrites;
  state.neurons -= need.neurons;
  state.routes -= need.routes;
  const int end = group_base + need.groups;
  state.group_ends.erase(std::find(state.group_ends.begin(), state.group_ends.end(), end));
}

}  // namespace spikeloom::mapper

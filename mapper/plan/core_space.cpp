// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/core_space.h"

#include <algorithm>

#include "spikeloom/mapper/plan/layer_readers.h"

namespace spikeloom::mapper {
namespace {

int addresses(const AxisMap& consumer, const Span& outputs) {
  int sum = 0;
  for (int i = outputs.first; i < outputs.end; ++i) sum += consumer.addresses(i);
  return sum;
}

BlockNeed block_need(const LayerMap& layer, int block, const std::vector<const TermMap*>& readers) {
  const BlockPlace place = layer.block_place(block);
  BlockNeed need{layer.dendrites(place), layer.neurons(place), layer.groups(), layer.entries(), 0};
  if (readers.empty()) {
    need.routes = need.neurons;
    return need;
  }
  const Span rows = layer.block_rows(place);
  const Span columns = layer.block_columns(place);
  const long long channel_neurons = need.neurons / (rows.size() * columns.size());
  for (const TermMap* reader : readers) {
    need.routes += channel_neurons * addresses(reader->y(), rows) * addresses(reader->x(), columns);
  }
  return need;
}

}  // namespace

BlockNeed& BlockNeed::operator+=(const BlockNeed& o) {
  dendrites += o.dendrites;
  neurons += o.neurons;
  groups += o.groups;
  entries += o.entries;
  routes += o.routes;
  return *this;
}

std::vector<std::vector<BlockNeed>> block_needs(const std::vector<LayerMap>& layers) {
  const LayerReaders consumers(layers, &LayerMap::geometry);
  std::vector<std::vector<BlockNeed>> needs(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::vector<const TermMap*> readers;
    for (const Consumer& consumer : consumers.of(static_cast<int>(l))) {
      readers.push_back(&layers[consumer.layer].terms()[consumer.term]);
    }
    for (int block = 0; block < layers[l].blocks(); ++block) {
      needs[l].push_back(block_need(layers[l], block, readers));
    }
  }
  return needs;
}

CoreSpace::CoreSpace(const arch::CoreDescription& core, int cores, Sharing sharing)
    : core_(core), sharing_(sharing), states_(static_cast<std::size_t>(cores)) {}

void CoreSpace::close(int core) {
  State& state = states_[static_cast<std::size_t>(core)];
  state.blocks = 1;
  state.dendrites = kClosed;
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

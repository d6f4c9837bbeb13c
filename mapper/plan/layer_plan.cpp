// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/layer_plan.h"

#include <algorithm>
#include <numeric>

namespace spikeloom::mapper {

LayerMap::LayerMap(const LayerGeometry& geometry, const LayerPlan& plan)
    : geometry_(geometry), plan_(plan) {
  for (std::size_t t = 0; t < geometry.terms.size(); ++t) {
    terms_.emplace_back(geometry.terms[t], plan.terms[t], plan.channels);
  }
  add_bases();
}

void LayerMap::add_bases() {
  std::vector<std::size_t> order(terms_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return geometry_.terms[a].outputs() > geometry_.terms[b].outputs();
  });
  for (int chunk = 0; chunk < plan_.channels.all_chunks(); ++chunk) {
    Bases& bases = bases_.emplace_back();
    bases.groups.resize(terms_.size());
    bases.entries.resize(terms_.size());
    int groups = 0;
    int entries = 0;
    for (const std::size_t term : order) {
      if (geometry_.terms[term].conv_groups_of(plan_.channels.outputs(chunk)).size() == 0) continue;
      bases.groups[term] = groups;
      bases.entries[term] = entries;
      groups += terms_[term].groups();
      entries += terms_[term].entries();
    }
    groups_ = std::max(groups_, groups);
    entries_ = std::max(entries_, entries);
  }
}

int LayerMap::block_number(const BlockPlace& place) const {
  const int row = place.channel_block * rows() + place.y;
  return (row * columns() + place.x) * chunks() + place.chunk;
}

BlockPlace LayerMap::block_place(int block) const {
  BlockPlace place;
  place.chunk = block % chunks();
  block /= chunks();
  place.x = block % columns();
  block /= columns();
  place.y = block % rows();
  place.channel_block = block / rows();
  return place;
}

int LayerMap::block_of_output(int channel, int y, int x) const {
  const TermPlan& plan = plan_.terms.front();
  return block_at(plan_.channels.chunk_of(channel), y / plan.y.block, x / plan.x.block);
}

Span LayerMap::block_channels(const BlockPlace& place) const {
  return plan_.channels.outputs(place.channel_block * chunks() + place.chunk);
}

int LayerMap::neurons(const BlockPlace& place) const {
  return block_rows(place).size() * block_columns(place).size() * block_channels(place).size() *
         geometry_.copies;
}

int LayerMap::dendrites(const BlockPlace& place) const {
  int sum = 0;
  for (const TermMap& term : terms_) {
    sum += term.dendrites(place.y, place.x, block_channels(place));
  }
  return sum * geometry_.copies;
}

}  // namespace spikeloom::mapper

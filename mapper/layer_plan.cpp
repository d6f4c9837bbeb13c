// SPDX-License-Identifier: Apache-2.0
#include "mapper/layer_plan.h"

#include <algorithm>

namespace spikeloom::mapper {

AxisMap::AxisMap(const Axis& axis, const AxisPlan& plan) : axis_(axis), plan_(plan) {
  groups_of_.resize(at(axis.outputs));
  seen_by_.resize(at(axis.inputs));
  std::vector<int> block_groups(at(plan.blocks(axis)));
  for (int output = 0; output < axis.outputs; ++output) {
    std::vector<int>& groups = groups_of_[at(output)];
    const UnitPlace place{output / plan.block, unit_of(output)};
    for (int k = 0; k < axis.kernel; ++k) {
      const int input = axis.tap(output, k);
      if (!axis.inside(input)) continue;
      groups.push_back(plan.group(axis, input));
      // Outputs come in the order of units, so that a unit seen before is the last one.
      std::vector<UnitPlace>& seen = seen_by_[at(input)];
      if (seen.empty() || !(seen.back() == place)) seen.push_back(place);
    }
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    block_groups[at(place.block)] += static_cast<int>(groups.size());
  }
  most_groups_ = *std::max_element(block_groups.begin(), block_groups.end());
  for (const std::vector<UnitPlace>& seen : seen_by_) {
    std::vector<int> units;
    for (const UnitPlace& place : seen) units.push_back(place.unit);
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    addresses_.push_back(plan.expanded ? std::min<int>(1, static_cast<int>(units.size()))
                                       : static_cast<int>(units.size()));
  }
  if (plan.expanded) make_lists();
}

void AxisMap::make_lists() {
  list_units_.resize(at(axis_.patch(plan_.block)));
  for (int input = 0; input < axis_.inputs; ++input) {
    int& most = list_units_[slot(input)];
    const std::vector<UnitPlace>& seen = seen_by(input);
    int units = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      units = i > 0 && seen[i].block == seen[i - 1].block ? units + 1 : 1;
      most = std::max(most, units);
    }
  }
  for (const int units : list_units_) {
    list_first_.push_back(list_total_);
    list_total_ += units;
  }
}

std::vector<int> AxisMap::units_of(int input, int block) const {
  std::vector<int> units;
  for (const UnitPlace& place : seen_by(input)) {
    if (place.block == block) units.push_back(place.unit);
  }
  return units;
}

Span AxisMap::block(int block) const {
  return {block * plan_.block, std::min((block + 1) * plan_.block, axis_.outputs)};
}

LayerMap::LayerMap(const LayerGeometry& geometry, const LayerPlan& plan)
    : geometry_(geometry), plan_(plan), y_(geometry.y, plan.y), x_(geometry.x, plan.x) {}

int LayerMap::block_number(const BlockPlace& place) const {
  const int row = place.channel_block * plan_.y.blocks(geometry_.y) + place.y;
  return (row * plan_.x.blocks(geometry_.x) + place.x) * chunks() + place.chunk;
}

BlockPlace LayerMap::block_place(int block) const {
  BlockPlace place;
  place.chunk = block % chunks();
  block /= chunks();
  place.x = block % plan_.x.blocks(geometry_.x);
  block /= plan_.x.blocks(geometry_.x);
  place.y = block % plan_.y.blocks(geometry_.y);
  place.channel_block = block / plan_.y.blocks(geometry_.y);
  return place;
}

int LayerMap::block_of_output(int channel, int y, int x) const {
  const int group = channel / geometry_.outputs_per_group;
  return block_number({group / plan_.channels.conv_groups, y / plan_.y.block, x / plan_.x.block,
                       channel % geometry_.outputs_per_group / plan_.channels.chunk});
}

Span LayerMap::conv_groups(const BlockPlace& place) const {
  const int first = place.channel_block * plan_.channels.conv_groups;
  return {first, std::min(first + plan_.channels.conv_groups, geometry_.conv_groups)};
}

Span LayerMap::chunk_outputs(const BlockPlace& place) const {
  const int first = place.chunk * plan_.channels.chunk;
  return {first, std::min(first + plan_.channels.chunk, geometry_.outputs_per_group)};
}

int LayerMap::unit_base(int unit_y, int unit_x) const {
  return (unit_y * plan_.x.units() + unit_x) * plan_.y.groups() * plan_.x.groups() *
         plan_.channels.groups(geometry_);
}

int LayerMap::local_channel(int channel) const {
  return channel % (plan_.channels.conv_groups * geometry_.inputs_per_group);
}

int LayerMap::group_in_unit(int group_y, int group_x, int channel_group) const {
  return (group_y * plan_.x.groups() + group_x) * plan_.channels.groups(geometry_) + channel_group;
}

int LayerMap::group_of_input(int channel, int input_y, int input_x) const {
  return group_in_unit(plan_.y.group(geometry_.y, input_y), plan_.x.group(geometry_.x, input_x),
                       local_channel(channel) / plan_.channels.tile);
}

int LayerMap::axon_of_input(int channel, int input_y, int input_x) const {
  const int pixel =
      plan_.y.place(geometry_.y, input_y) * plan_.x.tile + plan_.x.place(geometry_.x, input_x);
  return (pixel * plan_.channels.tile + local_channel(channel) % plan_.channels.tile) *
         geometry_.input_levels;
}

int LayerMap::entries() const {
  return y_.list_total() * x_.list_total() * plan_.channels.conv_groups *
         geometry_.inputs_per_group;
}

int LayerMap::entry_of_input(int channel, int input_y, int input_x) const {
  const int units = y_.list_units(input_y);
  const int place = y_.list_first(input_y) * x_.list_total() + units * x_.list_first(input_x);
  return place * plan_.channels.conv_groups * geometry_.inputs_per_group +
         units * x_.list_units(input_x) * local_channel(channel);
}

Span LayerMap::channel_groups(int conv_group) const {
  const int first = local_channel(conv_group * geometry_.inputs_per_group);
  return {first / plan_.channels.tile,
          (first + geometry_.inputs_per_group - 1) / plan_.channels.tile + 1};
}

int LayerMap::neurons(const BlockPlace& place) const {
  return y_.block(place.y).size() * x_.block(place.x).size() * conv_groups(place).size() *
         chunk_outputs(place).size() * geometry_.copies;
}

int LayerMap::dendrites(const BlockPlace& place) const {
  const auto along = [](const AxisMap& axis, int block) {
    const Span outputs = axis.block(block);
    std::size_t groups = 0;
    for (int i = outputs.first; i < outputs.end; ++i) groups += axis.groups_of(i).size();
    return static_cast<int>(groups);
  };
  const Span groups = conv_groups(place);
  int channel_groups_sum = 0;
  for (int g = groups.first; g < groups.end; ++g) channel_groups_sum += channel_groups(g).size();
  return along(y_, place.y) * along(x_, place.x) * channel_groups_sum *
         chunk_outputs(place).size() * geometry_.copies;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/term_map.h"

#include <algorithm>

namespace spikeloom::mapper {

int ChannelPlan::chunk_of(int channel) const {
  return static_cast<int>(std::upper_bound(ends.begin(), ends.end(), channel) - ends.begin());
}

int ChannelPlan::max_outputs() const {
  int max = 0;
  for (int i = 0; i < all_chunks(); ++i) max = std::max(max, outputs(i).size());
  return max;
}

ChannelPlan even_channels(int channels, int block, int chunk) {
  ChannelPlan plan{ceil_div(block, chunk), {}};
  for (int first = 0; first < channels; first += block) {
    const int end = std::min(first + block, channels);
    for (int next = first + chunk; next < end; next += chunk) plan.ends.push_back(next);
    plan.ends.push_back(end);
  }
  return plan;
}

int seen_channels(const TermGeometry& term, const ChannelPlan& channels) {
  int groups = 0;
  for (int i = 0; i < channels.all_chunks(); ++i) {
    groups = std::max(groups, term.conv_groups_of(channels.outputs(i)).size());
  }
  return groups * term.inputs_per_group;
}

TermMap::TermMap(const TermGeometry& geometry, const TermPlan& plan, const ChannelPlan& channels)
    : geometry_(geometry),
      plan_(plan),
      y_(geometry.y, plan.y),
      x_(geometry.x, plan.x),
      seen_channels_(seen_channels(geometry, channels)),
      channel_groups_(ceil_div(seen_channels_, plan.tile)) {
  for (int channel = 0; channel < geometry.channels(); ++channel) {
    const int local = local_channel(channel);
    channel_places_.push_back({local / plan.tile, local % plan.tile});
  }
  for (int group = 0; group < geometry.conv_groups; ++group) {
    const int first = geometry.first_output + group * geometry.outputs_per_group;
    const Span chunks{channels.chunk_of(first),
                      channels.chunk_of(first + geometry.outputs_per_group - 1) + 1};
    const Span inputs{group * geometry.inputs_per_group, (group + 1) * geometry.inputs_per_group};
    if (classes_.empty() || !(classes_.back().chunks == chunks)) {
      classes_.push_back({{inputs.first, inputs.first}, chunks});
    }
    classes_.back().channels.end = inputs.end;
    class_of_group_.push_back(static_cast<int>(classes_.size()) - 1);
  }
}

int TermMap::entry_of_input(int channel, int input_y, int input_x) const {
  const int units = y_.list_units(input_y);
  const int place = y_.list_first(input_y) * x_.list_total() + units * x_.list_first(input_x);
  return place * seen_channels_ + units * x_.list_units(input_x) * local_channel(channel);
}

Span TermMap::channel_groups(int conv_group) const {
  const int first = local_channel(conv_group * geometry_.inputs_per_group);
  return {first / plan_.tile, (first + geometry_.inputs_per_group - 1) / plan_.tile + 1};
}

int TermMap::dendrites(int y, int x, const Span& channels) const {
  const auto along = [](const AxisMap& axis, int block) {
    const Span outputs = axis.block(block);
    std::size_t groups = 0;
    for (int i = outputs.first; i < outputs.end; ++i) groups += axis.groups_of(i).size();
    return static_cast<int>(groups);
  };
  const Span conv_groups = geometry_.conv_groups_of(channels);
  int of_channels = 0;
  for (int g = conv_groups.first; g < conv_groups.end; ++g) {
    of_channels += channel_groups(g).size() * geometry_.outputs_in(g, channels);
  }
  return along(y_, y) * along(x_, x) * of_channels * geometry_.dendrites_per_weight();
}

}  // namespace spikeloom::mapper

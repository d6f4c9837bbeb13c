// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/mapper/plan/axis_map.h"

namespace spikeloom::mapper {

/// Partition of a layer's output channels into channel blocks with an equal number of chunks. Each
/// chunk gives the channels of a block of neurons.
struct ChannelPlan {
  int chunks = 1;         ///< chunks per channel block
  std::vector<int> ends;  ///< end of each chunk, numbered over all channel blocks

  int all_chunks() const { return static_cast<int>(ends.size()); }
  int blocks() const { return all_chunks() / chunks; }
  int chunk_of(int channel) const;
  Span outputs(int chunk) const {
    const auto i = static_cast<std::size_t>(chunk);
    return {i == 0 ? 0 : ends[i - 1], ends[i]};
  }
  /// Maximum number of outputs of a chunk.
  int max_outputs() const;
};

/// Returns channel blocks of `block` channels, divided into chunks of `chunk` channels. The last
/// block, and the last chunk of each block, may be smaller. `block` must divide `channels` or equal
/// `chunk`.
ChannelPlan even_channels(int channels, int block, int chunk);

/// Assignment of a term's inputs to groups of axons. The blocks are those of the layer.
struct TermPlan {
  AxisPlan y;
  AxisPlan x;
  int tile = 1;  ///< input channels per group of axons
};

/// Input channels with the same receivers.
struct ChannelClass {
  Span channels;
  Span chunks;  ///< chunks of the layer with an output that reads these channels
};

/// A term with its plan: gives the positions of its inputs in a block. Channels, like rows and
/// columns, are addressed modulo the maximum number that a block reads.
class TermMap {
 public:
  TermMap(const TermGeometry& geometry, const TermPlan& plan, const ChannelPlan& channels);

  const TermGeometry& geometry() const { return geometry_; }
  const TermPlan& plan() const { return plan_; }
  const AxisMap& y() const { return y_; }
  const AxisMap& x() const { return x_; }
  /// Channel classes in ascending order of channels.
  const std::vector<ChannelClass>& channel_classes() const { return classes_; }
  /// Number of an input channel's class.
  int class_of(int channel) const {
    return class_of_group_[static_cast<std::size_t>(channel / geometry_.inputs_per_group)];
  }
  /// Number of groups of axons reserved in a block; blocks at the border leave some of them empty.
  int groups() const { return y_.plan().units() * x_.plan().units() * unit_groups(); }
  /// First group of a unit, relative to the term's first group.
  int unit_base(int unit_y, int unit_x) const {
    return (unit_y * plan_.x.units() + unit_x) * unit_groups();
  }
  /// Group of an input in a unit, relative to the unit's base.
  int group_in_unit(int group_y, int group_x, int channel_group) const {
    return (group_y * plan_.x.groups() + group_x) * channel_groups_ + channel_group;
  }
  /// Position of an input: its group in a unit, relative to the unit's base, and its first axon
  /// there. Those of a pixel are that of channel 0 and, for each channel, what `channel` adds.
  struct InputPlace {
    int group = 0;
    int axon = 0;
  };
  InputPlace pixel(int input_y, int input_x) const {
    const GroupPlace& y = y_.place_of(input_y);
    const GroupPlace& x = x_.place_of(input_x);
    return {group_in_unit(y.group, x.group, 0),
            (y.place * plan_.x.tile + x.place) * plan_.tile * geometry_.input_levels};
  }
  InputPlace channel(int channel) const {
    const GroupPlace& place = channel_places_[static_cast<std::size_t>(channel)];
    return {place.group, place.place * geometry_.input_levels};
  }
  int group_of_input(int channel, int input_y, int input_x) const {
    return pixel(input_y, input_x).group + this->channel(channel).group;
  }
  /// First axon of an input in its group.
  int axon_of_input(int channel, int input_y, int input_x) const {
    return pixel(input_y, input_x).axon + this->channel(channel).axon;
  }
  /// Groups along the channels that hold the inputs of a convolution group.
  Span channel_groups(int conv_group) const;
  /// Whether packets address entries of the expansion table instead of axons.
  bool expanded() const { return plan_.y.expanded; }
  /// Number of entries of the expansion table that a block takes; 0 if the term is not expanded.
  int entries() const { return y_.list_total() * x_.list_total() * seen_channels_; }
  /// First entry of an input's list, relative to the term's first entry.
  int entry_of_input(int channel, int input_y, int input_x) const;
  /// Number of packets for a spike of an input neuron if the receivers of each packet form a
  /// rectangle.
  int addresses(int input_y, int input_x) const {
    return y_.addresses(input_y) * x_.addresses(input_x);
  }
  /// Number of dendrites in the block at row `y` and column `x` with outputs `channels`, for one
  /// copy of each output neuron.
  int dendrites(int y, int x, const Span& channels) const;

 private:
  int local_channel(int channel) const { return channel % seen_channels_; }
  int unit_groups() const { return plan_.y.groups() * plan_.x.groups() * channel_groups_; }

  TermGeometry geometry_;
  TermPlan plan_;
  AxisMap y_;
  AxisMap x_;
  int seen_channels_;                       ///< maximum number of input channels that a block reads
  int channel_groups_;                      ///< groups along these channels
  std::vector<GroupPlace> channel_places_;  ///< [channel]
  std::vector<ChannelClass> classes_;
  std::vector<int> class_of_group_;  ///< [convolution group]
};

/// Returns the maximum number of input channels that a block of the plan reads.
int seen_channels(const TermGeometry& term, const ChannelPlan& channels);

}  // namespace spikeloom::mapper

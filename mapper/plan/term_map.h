// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/mapper/plan/axis_map.h"

namespace spikeloom::mapper {

/// How a layer's output channels are cut: into channel blocks of as many chunks each, a chunk for a
/// block of neurons.
struct ChannelPlan {
  int chunks = 1;         ///< of a channel block
  std::vector<int> ends;  ///< of the chunks, numbered over all channel blocks

  int all_chunks() const { return static_cast<int>(ends.size()); }
  int blocks() const { return all_chunks() / chunks; }
  int chunk_of(int channel) const;
  Span outputs(int chunk) const {
    const auto i = static_cast<std::size_t>(chunk);
    return {i == 0 ? 0 : ends[i - 1], ends[i]};
  }
  /// Of any chunk.
  int max_outputs() const;
};

/// Channel blocks of `block` channels, the last one maybe fewer, in chunks of `chunk`, their last
/// ones maybe fewer. `block` divides the channels or is `chunk`.
ChannelPlan even_channels(int channels, int block, int chunk);

/// How a term's inputs are given groups of axons. The blocks are those of its layer.
struct TermPlan {
  AxisPlan y;
  AxisPlan x;
  int tile = 1;  ///< input channels of a group of axons
};

/// Input channels with the same receivers.
struct ChannelClass {
  Span channels;
  Span chunks;  ///< of the layer, with an output that takes them
};

/// A term with its plan: where its inputs are in a block. Channels, as rows and columns, are
/// addressed modulo the most that a block sees.
class TermMap {
 public:
  TermMap(const TermGeometry& geometry, const TermPlan& plan, const ChannelPlan& channels);

  const TermGeometry& geometry() const { return geometry_; }
  const TermPlan& plan() const { return plan_; }
  const AxisMap& y() const { return y_; }
  const AxisMap& x() const { return x_; }
  /// In the order of the channels.
  const std::vector<ChannelClass>& channel_classes() const { return classes_; }
  /// Number of an input channel's class.
  int class_of(int channel) const {
    return class_of_group_[static_cast<std::size_t>(channel / geometry_.inputs_per_group)];
  }
  /// Groups of axons that a block numbers; border blocks leave some of them empty.
  int groups() const { return y_.plan().units() * x_.plan().units() * unit_groups(); }
  /// First group of a unit, counted from the term's first.
  int unit_base(int unit_y, int unit_x) const {
    return (unit_y * plan_.x.units() + unit_x) * unit_groups();
  }
  /// Group of an input in a unit, counted from the unit's base.
  int group_in_unit(int group_y, int group_x, int channel_group) const {
    return (group_y * plan_.x.groups() + group_x) * channel_groups_ + channel_group;
  }
  int group_of_input(int channel, int input_y, int input_x) const {
    return group_in_unit(y_.place_of(input_y).group, x_.place_of(input_x).group,
                         channel_place(channel).group);
  }
  /// First axon of an input in its group.
  int axon_of_input(int channel, int input_y, int input_x) const {
    const int pixel = y_.place_of(input_y).place * plan_.x.tile + x_.place_of(input_x).place;
    return (pixel * plan_.tile + channel_place(channel).place) * geometry_.input_levels;
  }
  /// Groups along the channels that hold the inputs of a convolution group.
  Span channel_groups(int conv_group) const;
  bool expanded() const { return plan_.y.expanded; }
  /// Entries of the expansion table that a block takes; 0 where the term is not expanded.
  int entries() const { return y_.list_total() * x_.list_total() * seen_channels_; }
  /// First entry of an input's list, counted from the term's first.
  int entry_of_input(int channel, int input_y, int input_x) const;
  /// Packets for a spike of the input neuron, if all receivers of one are a rectangle.
  int addresses(int input_y, int input_x) const {
    return y_.addresses(input_y) * x_.addresses(input_x);
  }
  /// Of one neuron's copy each: in the block at rows `y`, columns `x` and with outputs `channels`.
  int dendrites(int y, int x, const Span& channels) const;

 private:
  const GroupPlace& channel_place(int channel) const {
    return channel_places_[static_cast<std::size_t>(channel)];
  }
  int local_channel(int channel) const { return channel % seen_channels_; }
  int unit_groups() const { return plan_.y.groups() * plan_.x.groups() * channel_groups_; }

  TermGeometry geometry_;
  TermPlan plan_;
  AxisMap y_;
  AxisMap x_;
  int seen_channels_;   ///< input channels that a block sees at most
  int channel_groups_;  ///< groups that they take
  std::vector<GroupPlace> channel_places_;
  std::vector<ChannelClass> classes_;
  std::vector<int> class_of_group_;  ///< of a convolution group
};

/// Input channels that a block of the plan sees at most.
int seen_channels(const TermGeometry& term, const ChannelPlan& channels);

}  // namespace spikeloom::mapper

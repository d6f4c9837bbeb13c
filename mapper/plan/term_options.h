// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/geometry.h"
#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// What a group of a block holds along an axis, or along the channels.
struct GroupPart {
  int inputs = 0;
  int outputs = 0;  ///< that have a dendrite in it
};

/// A way to cut an axis of a term, with what it costs.
struct AxisOption {
  AxisPlan plan;
  int dendrites = 0;  ///< factor of the term's dendrites in a block
  int groups = 0;     ///< factor of its groups
  int entries = 0;    ///< factor of its entries of the expansion table, if expanded
  // Factors of the layer's sums.
  std::int64_t packets = 0;
  std::int64_t writes = 0;
  std::int64_t reached = 0;
  std::int64_t all_dendrites = 0;
  std::vector<GroupPart> parts;  ///< of the block with most dendrites, empty groups left out
};

/// A way to cut the input channels of a term, likewise.
struct ChannelOption {
  int tile = 1;
  int dendrites = 0;
  int groups = 0;
  int entries = 0;
  std::int64_t reached = 0;
  std::int64_t all_dendrites = 0;
  std::vector<GroupPart> parts;
};

using AxisOptions = std::vector<std::vector<AxisOption>>;        ///< [term]
using ChannelOptions = std::vector<std::vector<ChannelOption>>;  ///< [term]

/// Whose ways to be cut are asked for: &TermGeometry::y, the rows, or x, the columns.
using TermAxis = Axis TermGeometry::*;

/// Sizes of parts when `total` is cut into 1, 2, 3, ... parts, each size once, descending.
std::vector<int> part_sizes(int total);

/// For each term the ways to cut its rows or columns in blocks of `block` outputs: those
/// that no other one beats, by packets.
AxisOptions axis_options(const LayerGeometry& layer, TermAxis axis, int block,
                         const arch::CoreDescription& core, bool expanded);

/// For each term the ways to cut its input channels.
ChannelOptions channel_options(const LayerGeometry& layer, const ChannelPlan& plan,
                               const arch::CoreDescription& core);

/// How output channels may be cut. A layer of one term: into whole convolution groups, or into
/// parts of each. One of several: into parts of its sections.
std::vector<ChannelPlan> channel_plans(const LayerGeometry& layer);

}  // namespace spikeloom::mapper

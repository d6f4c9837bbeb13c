// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/geometry.h"
#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// Contents of a group of a block along an axis or along the channels.
struct GroupPart {
  int inputs = 0;
  int outputs = 0;  ///< outputs that have a dendrite in the group
};

/// One partition of a term along an axis, with its costs. The costs are factors: a term's value is
/// the product over rows, columns and channels.
struct AxisOption {
  AxisPlan plan;
  int dendrites = 0;  ///< factor of the term's dendrites in a block
  int groups = 0;     ///< factor of the term's groups in a block
  int entries = 0;    ///< factor of the term's expansion entries in a block, if expanded
  // Factors of the sums over the layer (PlanCandidate).
  std::int64_t packets = 0;
  std::int64_t writes = 0;
  std::int64_t reached = 0;
  std::int64_t all_dendrites = 0;
  std::vector<GroupPart> parts;  ///< nonempty groups of the block with the most dendrites
};

/// One partition of the input channels of a term, likewise.
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

/// Selects an axis of a term: &TermGeometry::y for rows, &TermGeometry::x for columns.
using TermAxis = Axis TermGeometry::*;

/// Returns the part sizes when `total` is divided into 1, 2, 3, ... parts: distinct, in descending
/// order, down to 1.
std::vector<int> part_sizes(int total);

/// Returns, for each term, the Pareto front of the partitions of its rows or columns into blocks of
/// `block` outputs, in ascending order of packets.
AxisOptions axis_options(const LayerGeometry& layer, TermAxis axis, int block,
                         const arch::CoreDescription& core, bool expanded);

/// Returns, for each term, the Pareto front of the partitions of its input channels.
ChannelOptions channel_options(const LayerGeometry& layer, const ChannelPlan& plan,
                               const arch::CoreDescription& core);

/// Returns the partitions of the output channels to try. A layer with one term is divided into
/// whole convolution groups or into parts of each group; a layer with several terms into parts of
/// its sections.
std::vector<ChannelPlan> channel_plans(const LayerGeometry& layer);

}  // namespace spikeloom::mapper

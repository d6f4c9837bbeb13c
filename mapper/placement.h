// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/chip_description.h"
#include "mapper/layer_plan.h"

namespace spikeloom::mapper {

/// Where a layer's blocks are.
struct LayerPlacement {
  std::vector<int> core;        ///< of a block
  std::vector<int> group_base;  ///< its first group in that core
  std::vector<int> entry_base;  ///< its first entry of that core's expansion table
};

using Placement = std::vector<LayerPlacement>;

/// Puts every block on a core, a layer's blocks as one rectangle where one is free, over cores that
/// other layers have left room in before new ones. Rectangles go where their traffic travels least:
/// in the order of the network first; if that leaves no place for one, by size and in random orders
/// of `seed`; if that fails, rectangles are halved, at the cost of packets. Then each is taken up
/// and put to its best place again until nothing improves. Nothing is returned where the board
/// has too few cores.
std::optional<Placement> place_blocks(const std::vector<LayerMap>& layers,
                                      const common::ChipDescription& chip, std::uint64_t seed);

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace spikeloom::mapper {

/// Placement of a layer's blocks.
struct LayerPlacement {
  std::vector<int> core;        ///< [block]: number of the core on the board
  std::vector<int> group_base;  ///< [block]: first group in that core
  std::vector<int> entry_base;  ///< [block]: first entry of that core's expansion table
};

using Placement = std::vector<LayerPlacement>;  ///< [layer]

}  // namespace spikeloom::mapper

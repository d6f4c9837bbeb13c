// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace spikeloom::mapper {

/// Where a layer's blocks are.
struct LayerPlacement {
  std::vector<int> core;        ///< of a block
  std::vector<int> group_base;  ///< its first group in that core
  std::vector<int> entry_base;  ///< its first entry of that core's expansion table
};

using Placement = std::vector<LayerPlacement>;

}  // namespace spikeloom::mapper

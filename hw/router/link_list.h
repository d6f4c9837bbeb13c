// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "common/chip_description.h"

namespace spikeloom::hw {

/// A router: of core x, y of a mesh, level being 0; or of square x, y of a quadtree's level.
struct LinkEnd {
  int level = 0;
  int x = 0;
  int y = 0;
};

/// A link between two routers, one way.
struct Link {
  std::size_t index = 0;  ///< in SpikeNetwork::link_packets
  LinkEnd from;
  LinkEnd to;
  bool between_chips = false;
};

/// All links of a board, in the order of their indices.
std::vector<Link> list_links(const common::ChipDescription& chip);

}  // namespace spikeloom::hw

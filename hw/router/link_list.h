// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "common/chip_description.h"
#include "common/router_place.h"

namespace spikeloom::hw {

/// A link between two routers, one way.
struct Link {
  std::size_t index = 0;  ///< in SpikeNetwork::link_packets
  common::RouterPlace from;
  common::RouterPlace to;
  bool between_chips = false;
};

/// All links of a board, in the order of their indices.
std::vector<Link> list_links(const common::ChipDescription& chip);

}  // namespace spikeloom::hw

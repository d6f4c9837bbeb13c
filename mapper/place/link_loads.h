// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// What one link between routers carries, one way.
struct LinkLoad {
  arch::RouterPlace from;
  arch::RouterPlace to;
  bool between_chips = false;
  std::int64_t packets = 0;  ///< of all spikes of the traffic
};

/// "(3,0) to (4,0)"; in a quadtree "level 1 (3,0) to level 2 (1,0)".
std::string text(const LinkLoad& link);

/// All links of the board that carry packets, in a fixed order, by the routes that the hardware
/// takes (docs/network.md).
std::vector<LinkLoad> link_loads(const Traffic& traffic, const Slots& slots,
                                 const arch::ChipDescription& chip);

}  // namespace spikeloom::mapper

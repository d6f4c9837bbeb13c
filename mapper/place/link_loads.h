// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// Load of a link between routers in one direction.
struct LinkLoad : arch::Link {
  std::int64_t packets = 0;        ///< total for all spikes of the traffic
  double cycles_per_packet = 1.0;  ///< that a packet occupies it
};

/// Returns "(3,0) to (4,0)", or in a quadtree "level 1 (3,0) to level 2 (1,0)" or "the trunk".
std::string text(const LinkLoad& link);

/// Returns all links of the board that carry packets on the routes of the hardware
/// (docs/network.md), in a fixed order.
std::vector<LinkLoad> link_loads(const Traffic& traffic, const Slots& slots,
                                 const arch::ChipDescription& chip);

}  // namespace spikeloom::mapper

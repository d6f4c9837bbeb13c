// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/router_place.h"

namespace spikeloom::arch {

/// A link between two routers in one direction.
struct Link {
  std::size_t index = 0;  ///< router * ports + output, as in SpikeNetwork::link_packets
  std::size_t rank = 0;   ///< position in the mapper's report
  RouterPlace from;
  RouterPlace to;
  bool between_chips = false;
};

/// Returns all links of a board, in the order of their indices.
std::vector<Link> list_links(const ChipDescription& chip);

}  // namespace spikeloom::arch

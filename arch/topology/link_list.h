// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
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

  /// Whether it is the trunk, which leads from the root of a quadtree back to the root.
  bool is_trunk() const { return from == to; }
};

/// Returns the mean cycles that a packet occupies `link`.
double cycles_per_packet(const Link& link, const ChipDescription& chip);

/// Returns all links of a board, in the order of their indices.
std::vector<Link> list_links(const ChipDescription& chip);

/// Returns a link between each two routers that links join, in the order of their indices.
std::vector<Link> list_joined_pairs(const ChipDescription& chip);

/// Returns what the name of such a pair may be, for messages.
std::string allowed_pairs(const std::vector<Link>& pairs);

}  // namespace spikeloom::arch

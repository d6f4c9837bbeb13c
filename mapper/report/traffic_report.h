// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/place/link_loads.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// Traffic of a placement. Figures are means per image: over the images of a spike profile or, if
/// none was measured, for one image in which each neuron fires each of its levels.
struct TrafficReport {
  bool measured = false;     ///< whether the figures are from a spike profile
  double packet_hops = 0.0;  ///< links crossed, summed over all packets
  /// Cycles that all packets occupy links and injection ports, which placement minimizes; and the
  /// same for the start and for the same core contents in other positions.
  double link_cycles = 0.0;
  double start_link_cycles = 0.0;    ///< before annealing
  double hilbert_link_cycles = 0.0;  ///< in layer order along a Hilbert curve over the board
  double random_link_cycles = 0.0;   ///< in random order
  double images = 1.0;               ///< number of images that the packets of `links` belong to
  std::vector<LinkLoad> links;       ///< all links that carry packets

  /// The link with the most cycles; null if no packet crosses a link.
  const LinkLoad* busiest() const;
  /// Packets per image on a link, and the cycles per image that they occupy it.
  double packets(const LinkLoad& link) const { return static_cast<double>(link.packets) / images; }
  double cycles(const LinkLoad& link) const;
};

/// Reports the traffic of the placement `slots`. `start` is the placement before annealing.
/// `images` is the number of images over which the traffic was measured, or 0 if it is expected
/// traffic. `seed` determines the random placement.
TrafficReport report_traffic(const Traffic& traffic, const Slots& start, const Slots& slots,
                             const arch::ChipDescription& chip, std::uint64_t seed,
                             std::uint64_t images);

/// Formats the lines on traffic at the end of the mapping table.
std::string format_lines(const TrafficReport& report);

}  // namespace spikeloom::mapper

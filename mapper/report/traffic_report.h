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

/// How far packets travel under a placement. Figures are means an image: of the images of a
/// profile, or, expected, of one in which each neuron fires each of its levels.
struct TrafficReport {
  bool measured = false;
  double packet_hops = 0.0;  ///< links that all packets cross
  /// Cycles that they occupy those links and the ways into the network: what placement makes small;
  /// and what it would be if the same contents of cores were elsewhere.
  double link_cycles = 0.0;
  double start_link_cycles = 0.0;    ///< before annealing
  double hilbert_link_cycles = 0.0;  ///< in layer order along a Hilbert curve over the board
  double random_link_cycles = 0.0;   ///< anywhere
  double images = 1.0;               ///< that the packets of `links` are of
  std::vector<LinkLoad> links;       ///< all that carry packets

  /// The link that is occupied longest; null where no packet crosses any.
  const LinkLoad* busiest() const;
  double packets(const LinkLoad& link) const { return static_cast<double>(link.packets) / images; }
  double cycles(const LinkLoad& link) const;

  int cycles_on_chip = 1;  ///< that a packet occupies a link
  int cycles_between_chips = 1;
};

/// `start` is the placement before annealing; `images` those that the traffic was measured over, 0
/// where it is expected; `seed` that of the random placement.
TrafficReport report_traffic(const Traffic& traffic, const Slots& start, const Slots& slots,
                             const arch::ChipDescription& chip, std::uint64_t seed,
                             std::uint64_t images);

/// Lines for the table that a mapping ends with.
std::string format_lines(const TrafficReport& report);

}  // namespace spikeloom::mapper

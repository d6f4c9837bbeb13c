// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/arch/topology/destination.h"
#include "spikeloom/arch/topology/grid_routers.h"
#include "spikeloom/arch/topology/link_costs.h"
#include "spikeloom/arch/topology/topology_kind.h"
#include "spikeloom/base/bit_field.h"

namespace spikeloom::arch {

/// A mesh over all cores of a board whose rows and columns close to rings. A packet runs along its
/// row first, and in each column of its rectangle a copy turns into the column. Each core is
/// reached by the shorter way round, or in a ring with a dead link by the way without it. Where a
/// copy enters a ring, it stores at which router it stops.
///
/// Each link has two channels, which are two FIFOs at its end. A packet takes the second channels
/// of a ring from the closing link on, which it crosses at most once. So no circular wait can form
/// within a ring, and columns never send into rows.
class TorusTopology : public GridRouters {
 public:
  static constexpr TopologyKind kKind = TopologyKind::kTorus;
  static constexpr std::string_view kName = "torus";
  /// The ports, followed by the second channels of north, east, south and west.
  static constexpr unsigned kInputs = kPorts + 4;

  /// What a packet keeps for `outputs`.
  struct Destination {
    arch::Destination target;
    std::uint8_t stop = 0;  ///< last column or row of the run along the ring that it is in
  };

  explicit TorusTopology(const ChipDescription& chip);

  /// Whether the port of a link leads to another router: not in a ring of one.
  bool has_link(const Place& /*place*/, unsigned port) const {
    return (in_column(port) ? grid().rows : grid().columns) > 1;
  }
  /// Returns the other end of a link.
  Attachment peer(std::uint32_t /*router*/, const Place& place, unsigned port) const {
    int x = place.x;
    int y = place.y;
    switch (port) {
      case kNorth:
        y = y == 0 ? grid().rows - 1 : y - 1;
        break;
      case kEast:
        x = x + 1 == grid().columns ? 0 : x + 1;
        break;
      case kSouth:
        y = y + 1 == grid().rows ? 0 : y + 1;
        break;
      default:
        x = x == 0 ? grid().columns - 1 : x - 1;
    }
    return {static_cast<std::uint32_t>(grid().core_at(x, y)), (port + 2) % 4};
  }
  /// Returns the input at which a packet arrives that came by `input` and leaves by `output`.
  Attachment next(std::uint32_t router, const Place& place, unsigned input, unsigned output) const {
    Attachment to = peer(router, place, output);
    const bool same_ring =
        input != kCore && input != kHost && in_column(port_of(input)) == in_column(output);
    if ((same_ring && input > kHost) || closes_ring(place, output)) to.port += kPorts;
    return to;
  }
  static unsigned port_of(unsigned input) { return input < kPorts ? input : input - kPorts; }
  /// Packets to the host go to the host's router.
  Destination destination(Packet packet) const {
    const bool to_host = packet.addresses_host();
    return {{to_host ? host_region_ : packet.region(), to_host}};
  }
  Destination onward(const Place& place, unsigned input, unsigned output,
                     Destination destination) const;
  /// Where a packet on a link carries `stop`: in bits that are spare otherwise.
  static constexpr base::BitField kStop{"stop", 25, 7, "last column or row of its run"};
  static std::uint64_t wire(std::uint64_t packet, const Destination& destination) {
    return packet | kStop.put(destination.stop);
  }
  unsigned outputs(const Place& place, unsigned input, Destination destination) const;

  int hops(const RouterPlace& from, const Region& region, const LinkCosts& costs) const;
  int hops_to_host(const RouterPlace& from, const LinkCosts& costs) const {
    return hops(from, host_region_, costs);
  }
  /// As if no link were dead.
  std::vector<double> distances(const std::vector<double>& packets, double host_packets,
                                const LinkCosts& costs) const;

  static std::string_view port_name(unsigned input);

 private:
  /// How far packets run from a place of a ring, upwards and downwards along its coordinate.
  struct Run {
    int up = 0;
    int down = 0;
  };

  static bool in_column(unsigned port) { return port == kNorth || port == kSouth; }
  /// Whether the link joins the last and the first router of a row or column.
  bool closes_ring(const Place& place, unsigned port) const {
    switch (port) {
      case kNorth:
        return place.y == 0;
      case kEast:
        return place.x + 1 == grid().columns;
      case kSouth:
        return place.y + 1 == grid().rows;
      case kWest:
        return place.x == 0;
      default:
        return false;
    }
  }
  void go_round(const std::vector<DeadLink>& links);
  std::uint8_t& reach(std::vector<std::uint8_t>& reaches, int x, int y) const {
    return reaches[static_cast<std::size_t>(grid().core_at(x, y))];
  }
  /// Returns the run from (x, y) along its row to the columns `first` to `last`.
  Run row_run(int x, int y, int first, int last) const {
    return run(x, row_reach_[static_cast<std::size_t>(grid().core_at(x, y))], first, last,
               grid().columns);
  }
  /// Returns the run from (x, y) along its column to the rows `first` to `last`.
  Run column_run(int x, int y, int first, int last) const {
    return run(y, column_reach_[static_cast<std::size_t>(grid().core_at(x, y))], first, last,
               grid().rows);
  }
  static Run run(int from, int reach, int first, int last, int size);
  static int cost(int from, const Run& run, int size, int chip_side, const LinkCosts& costs);
  static int cost(int from, int up, int size, int chip_side, const LinkCosts& costs);

  Region host_region_;  ///< the host's router
  /// By router: the longest distance upwards, along its row or column, of places that packets from
  /// here go to upwards. They go downwards to all others.
  std::vector<std::uint8_t> row_reach_;
  std::vector<std::uint8_t> column_reach_;
  bool columns_differ_ = false;  ///< some column has a dead link
};

}  // namespace spikeloom::arch

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/arch/topology/destination.h"
#include "spikeloom/arch/topology/grid_routers.h"
#include "spikeloom/arch/topology/link_costs.h"
#include "spikeloom/arch/topology/topology_kind.h"

namespace spikeloom::arch {

/// A 2-D mesh over all cores of a board, with a router for each core, XY routing, and multicast to
/// rectangles. A packet runs along its row first. In each column of its rectangle it forks into the
/// column, and there a copy leaves at each row of the rectangle. Packets enter columns from rows
/// but never rows from columns, and the ports to host and cores always accept packets, so no
/// circular wait can form.
class MeshTopology : public GridRouters {
 public:
  static constexpr TopologyKind kKind = TopologyKind::kMesh;
  static constexpr std::string_view kName = "mesh";
  static constexpr unsigned kInputs = kPorts;
  using Destination = arch::Destination;

  explicit MeshTopology(const ChipDescription& chip);

  /// Whether the port of a link leads to a router: not over the edge of the mesh.
  bool has_link(const Place& place, unsigned port) const {
    switch (port) {
      case kNorth:
        return place.y > 0;
      case kEast:
        return place.x + 1 < grid().columns;
      case kSouth:
        return place.y + 1 < grid().rows;
      default:
        return place.x > 0;
    }
  }
  /// Returns the other end of a link.
  Attachment peer(std::uint32_t router, const Place& /*place*/, unsigned port) const {
    return {router + neighbour_[port], (port + 2) % 4};
  }
  Attachment next(std::uint32_t router, const Place& place, unsigned /*input*/,
                  unsigned output) const {
    return peer(router, place, output);
  }
  static unsigned port_of(unsigned input) { return input; }
  /// Returns what a packet keeps for `outputs`. Packets to the host go to the host's router.
  Destination destination(Packet packet) const {
    const bool to_host = packet.addresses_host();
    return {to_host ? host_region_ : packet.region(), to_host};
  }
  static Destination onward(const Place& /*place*/, unsigned /*input*/, unsigned /*output*/,
                            Destination destination) {
    return destination;
  }
  static std::uint64_t wire(std::uint64_t packet, const Destination& /*destination*/) {
    return packet;
  }
  /// Always inlined, since every hop needs it: the call would cost a tenth of a mesh's time at low
  /// load.
  [[gnu::always_inline]] static unsigned outputs(const Place& place, unsigned input,
                                                 Destination destination) {
    // Compares all four coordinates at once: the high bit of a byte stays set unless the
    // subtraction borrows it.
    constexpr std::uint32_t kHigh = Destination::kHighBits;
    const std::uint32_t here = (place.x | static_cast<std::uint32_t>(place.y) << 8) * 0x10001U;
    const std::uint32_t not_before = ((destination.coordinates() | kHigh) - here) & kHigh;
    const std::uint32_t not_behind = ((here | kHigh) - destination.coordinates()) & kHigh;
    // The product moves the two bits of each byte side by side.
    constexpr std::uint32_t kGather = 1U << 24 | 1U << 18 | 1U << 12 | 1U << 6;
    const std::uint32_t relation = (not_before >> 7 | not_behind >> 6) * kGather >> 24;
    return kDirections[relation | (destination.to_host() ? kRelations : 0U)] & kAllowed[input];
  }

  /// Counts the links along the row, then those along each column of the region.
  int hops(const RouterPlace& from, const Region& region, const LinkCosts& costs) const {
    const MeshDescription& chip = chip_grid();
    return along(std::min(from.x, region.x0), std::max(from.x, region.x1), chip.columns, costs) +
           along(std::min(from.y, region.y0), std::max(from.y, region.y1), chip.rows, costs) *
               (region.x1 - region.x0 + 1);
  }
  int hops_to_host(const RouterPlace& from, const LinkCosts& costs) const {
    return hops(from, host_region_, costs);
  }
  std::vector<double> distances(const std::vector<double>& packets, double host_packets,
                                const LinkCosts& costs) const;

 private:
  /// Returns the cost from i to j >= i along an axis; `chip_side` is a chip's length along it.
  static int along(int i, int j, int chip_side, const LinkCosts& costs) {
    // The mapper asks very often, and mostly on one chip: without divisions.
    if (j < chip_side) return (j - i) * costs.on_chip;
    return (j - i) * costs.on_chip +
           (j / chip_side - i / chip_side) * (costs.between_chips - costs.on_chip);
  }

  /// Relation of a rectangle to a router: for each of x0, y0, x1, y1 two bits, whether it is at
  /// least and whether it is at most the router's coordinate.
  static constexpr std::size_t kRelations = 256;

  /// Returns the outputs to take for each relation, first for packets to cores and then for packets
  /// to the host.
  static constexpr std::array<std::uint8_t, 2 * kRelations> directions() {
    std::array<std::uint8_t, 2 * kRelations> result{};
    for (unsigned i = 0; i < result.size(); ++i) {
      const bool x0_least = i & 1U, x0_most = i & 2U, y0_least = i & 4U, y0_most = i & 8U;
      const bool x1_least = i & 16U, x1_most = i & 32U, y1_least = i & 64U, y1_most = i & 128U;
      unsigned outputs = 0;
      if (!x1_most) outputs |= port_bit(kEast);
      if (!x0_least) outputs |= port_bit(kWest);
      if (x0_most && x1_least) {
        if (!y0_least) outputs |= port_bit(kNorth);
        if (!y1_most) outputs |= port_bit(kSouth);
        if (y0_most && y1_least) outputs |= port_bit(i < kRelations ? kCore : kHost);
      }
      result[i] = static_cast<std::uint8_t>(outputs);
    }
    return result;
  }
  static const std::array<std::uint8_t, 2 * kRelations> kDirections;

  /// Outputs allowed for each input: never back in the direction of origin, and never from a column
  /// into a row.
  static constexpr std::uint8_t kEverywhere = 0x3f;
  static constexpr std::array<std::uint8_t, kPorts> kAllowed = {
      port_bit(kSouth) | port_bit(kCore) | port_bit(kHost),
      kEverywhere & ~port_bit(kEast),
      port_bit(kNorth) | port_bit(kCore) | port_bit(kHost),
      kEverywhere & ~port_bit(kWest),
      kEverywhere,
      kEverywhere};

  Region host_region_;                      ///< the host's router
  std::array<std::uint32_t, 4> neighbour_;  ///< difference to the number of the router at each port
};

// Defined outside the class, which must be complete for this to be a constant.
inline constexpr std::array<std::uint8_t, 2 * MeshTopology::kRelations> MeshTopology::kDirections =
    MeshTopology::directions();

}  // namespace spikeloom::arch

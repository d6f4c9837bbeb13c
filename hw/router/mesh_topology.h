// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/chip_description.h"
#include "common/packet.h"
#include "hw/router/attachment.h"
#include "hw/router/way.h"

namespace spikeloom::hw {

/// A 2-D mesh over all cores of a board, a router a core, with XY routing and multicast to
/// rectangles. A packet runs along its row first; in each column of its rectangle it forks into
/// that column, and there leaves at each row of the rectangle. Columns are entered from rows only,
/// never the other way, and the host's and the cores' ports always accept: no circle of waiting
/// can form.
class MeshTopology {
 public:
  /// Ports of a router, inputs and outputs alike. y grows to the south.
  enum Port : unsigned { kNorth, kEast, kSouth, kWest, kCore, kHost };
  static constexpr unsigned kPorts = 6;
  static constexpr unsigned kHostPort = kHost;

  struct Place {
    std::uint8_t x = 0;
    std::uint8_t y = 0;
    std::uint8_t between_chips = 0;  ///< ports whose links lead to another chip
  };

  explicit MeshTopology(const common::ChipDescription& chip);

  std::size_t routers() const { return static_cast<std::size_t>(grid_.cores()); }
  Place place(std::uint32_t router) const;
  Attachment core_port(int core) const { return {static_cast<std::uint32_t>(core), kCore}; }
  Attachment host_port() const { return {host_router_, kHost}; }
  int core(std::uint32_t router, const Place& /*place*/, unsigned /*port*/) const {
    return static_cast<int>(router);
  }
  static bool is_link(const Place& /*place*/, unsigned port) { return port < kCore; }
  static bool between_chips(const Place& place, unsigned port) {
    return (place.between_chips >> port & 1U) != 0;
  }
  /// Whether a link's port leads anywhere: not over the edge.
  bool has_link(const Place& place, unsigned port) const {
    switch (port) {
      case kNorth:
        return place.y > 0;
      case kEast:
        return place.x + 1 < grid_.columns;
      case kSouth:
        return place.y + 1 < grid_.rows;
      default:
        return place.x > 0;
    }
  }
  /// The other end of a link.
  Attachment peer(std::uint32_t router, const Place& /*place*/, unsigned port) const {
    return {router + neighbour_[port], (port + 2) % 4};
  }
  /// What a packet keeps for `outputs`; the host's go to the host's router.
  Way way(common::Packet packet) const {
    const bool to_host = packet.kind() == common::PacketKind::kHost;
    return {to_host ? host_place_ : packet.region(), to_host};
  }
  static unsigned outputs(const Place& place, unsigned input, Way way) {
    // All four coordinates at once: a byte's high bit stays where nothing has to be borrowed.
    constexpr std::uint32_t kHigh = Way::kHighBits;
    const std::uint32_t here = (place.x | static_cast<std::uint32_t>(place.y) << 8) * 0x10001U;
    const std::uint32_t not_before = ((way.coordinates() | kHigh) - here) & kHigh;
    const std::uint32_t not_behind = ((here | kHigh) - way.coordinates()) & kHigh;
    // Two bits a byte, which the product moves side by side.
    constexpr std::uint32_t kGather = 1U << 24 | 1U << 18 | 1U << 12 | 1U << 6;
    const std::uint32_t relation = (not_before >> 7 | not_behind >> 6) * kGather >> 24;
    return kDirections[relation | (way.to_host() ? kRelations : 0U)] & kAllowed[input];
  }

  static std::string name(const Place& place);
  static std::string_view port_name(unsigned port);

 private:
  /// How a rectangle lies to a router: for each of x0, y0, x1, y1 two bits, whether it is at least,
  /// and whether it is at most, the router's coordinate.
  static constexpr std::size_t kRelations = 256;

  /// By relation, to cores and then to the host: the outputs that lead there.
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

  /// By input: never back to where it came from, and never from a column into a row.
  static constexpr std::uint8_t kEverywhere = 0x3f;
  static constexpr std::array<std::uint8_t, kPorts> kAllowed = {
      port_bit(kSouth) | port_bit(kCore) | port_bit(kHost),
      kEverywhere & ~port_bit(kEast),
      port_bit(kNorth) | port_bit(kCore) | port_bit(kHost),
      kEverywhere & ~port_bit(kWest),
      kEverywhere,
      kEverywhere};

  common::MeshDescription grid_;
  common::MeshDescription chip_;
  std::uint32_t host_router_;
  common::Region host_place_;               ///< of the host's router
  std::array<std::uint32_t, 4> neighbour_;  ///< what to add to a router for the one at each port
};

// Outside of its class, which is whole here, so that it can be a constant.
inline constexpr std::array<std::uint8_t, 2 * MeshTopology::kRelations> MeshTopology::kDirections =
    MeshTopology::directions();

}  // namespace spikeloom::hw

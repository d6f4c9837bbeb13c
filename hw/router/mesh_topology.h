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
  /// The other end of a link.
  Attachment peer(std::uint32_t router, const Place& /*place*/, unsigned port) const {
    return {router + neighbour_[port], (port + 2) % 4};
  }
  unsigned outputs(const Place& place, unsigned input, common::Packet packet) const {
    // Never back to where it came from, and never from a column into a row.
    constexpr unsigned kEverywhere = 0x3f;
    constexpr std::array<unsigned, kPorts> kAllowed = {
        port_bit(kSouth) | port_bit(kCore) | port_bit(kHost),
        kEverywhere & ~port_bit(kEast),
        port_bit(kNorth) | port_bit(kCore) | port_bit(kHost),
        kEverywhere & ~port_bit(kWest),
        kEverywhere,
        kEverywhere};
    // Without branches: they would be hard to foresee.
    const bool to_host = packet.kind() == common::PacketKind::kHost;
    const common::Region region = (to_host ? host_place_ : packet).region();
    const int x = place.x;
    const int y = place.y;
    const auto when = [](bool condition, unsigned port) {
      return static_cast<unsigned>(condition) << port;
    };
    const unsigned row = when(region.x1 > x, kEast) | when(region.x0 < x, kWest);
    const unsigned column = when(region.y0 < y, kNorth) | when(region.y1 > y, kSouth) |
                            when((region.y0 <= y) & (y <= region.y1), to_host ? kHost : kCore);
    const unsigned here = (region.x0 <= x) & (x <= region.x1);
    return (row | (column & (0 - here))) & kAllowed[input];
  }

  static std::string name(const Place& place);
  static std::string_view port_name(unsigned port);

 private:
  common::MeshDescription grid_;
  common::MeshDescription chip_;
  std::uint32_t host_router_;
  common::Packet host_place_;               ///< a packet to the host's router
  std::array<std::uint32_t, 4> neighbour_;  ///< what to add to a router for the one at each port
};

}  // namespace spikeloom::hw

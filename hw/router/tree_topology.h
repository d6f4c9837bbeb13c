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

/// A quadtree (H-tree) over all cores of a board: a router of level 1 joins a square of 2 x 2
/// cores, one of level n four routers of level n - 1. A packet's rectangle is its replication
/// mask: each router gives a copy to every child whose square meets the rectangle, and one to its
/// parent while the rectangle goes beyond its own square; what came from the parent never goes
/// back. Going down never waits for going up, and each way ends in at most `levels` steps: no
/// circle of waiting can form. Squares that hold no chip have no routers.
class TreeTopology {
 public:
  /// Children by quadrant: x of the quadrant + 2 * y.
  enum Port : unsigned { kParent = 4, kHost };
  static constexpr unsigned kPorts = 6;
  static constexpr unsigned kHostPort = kHost;

  struct Place {
    std::uint8_t x = 0;  ///< of its square, in squares of its level
    std::uint8_t y = 0;
    std::uint8_t level = 0;
  };

  explicit TreeTopology(const common::ChipDescription& chip);

  std::size_t routers() const { return first_[static_cast<std::size_t>(levels_) + 1]; }
  Place place(std::uint32_t router) const;
  Attachment core_port(int core) const {
    const int x = grid_.x(core);
    const int y = grid_.y(core);
    return {router(1, x >> 1, y >> 1), quadrant(x, y)};
  }
  Attachment host_port() const {
    return {router(host_level_, host_x_ >> host_level_, host_y_ >> host_level_), kHost};
  }
  int core(std::uint32_t /*router*/, const Place& place, unsigned port) const {
    return grid_.core_at(2 * place.x + static_cast<int>(port & 1U),
                         2 * place.y + static_cast<int>(port >> 1));
  }
  static bool is_link(const Place& place, unsigned port) {
    return port == kParent || (port < kParent && place.level > 1);
  }
  bool between_chips(const Place& place, unsigned port) const {
    return place.level - (port == kParent ? 0 : 1) >= chip_levels_;
  }
  /// Whether a link's port leads anywhere: not above the root, nor to a square without chips.
  bool has_link(const Place& place, unsigned port) const {
    if (port == kParent) return place.level < levels_;
    const auto below = static_cast<std::size_t>(place.level) - 1;
    const std::uint32_t rows = (first_[below + 1] - first_[below]) / width_[below];
    return 2U * place.x + (port & 1U) < width_[below] && 2U * place.y + (port >> 1) < rows;
  }
  /// The other end of a link.
  Attachment peer(std::uint32_t /*router*/, const Place& place, unsigned port) const {
    if (port == kParent) {
      return {router(place.level + 1, place.x >> 1, place.y >> 1), quadrant(place.x, place.y)};
    }
    return {router(place.level - 1, 2 * place.x + static_cast<int>(port & 1U),
                   2 * place.y + static_cast<int>(port >> 1)),
            kParent};
  }
  /// What a packet keeps for `outputs`.
  static Way way(common::Packet packet) {
    return {packet.region(), packet.kind() == common::PacketKind::kHost};
  }
  unsigned outputs(const Place& place, unsigned input, Way way) const {
    if (way.to_host()) return towards_host(place);
    const common::Region region = way.region();
    // The rectangle in squares of the children's level: which columns and rows of them it meets.
    const int level = place.level - 1;
    const int x0 = region.x0 >> level, x1 = region.x1 >> level;
    const int y0 = region.y0 >> level, y1 = region.y1 >> level;
    const int x = 2 * place.x, y = 2 * place.y;
    const auto met = [](int first, int last, int at) {
      return static_cast<unsigned>((first <= at) & (at <= last));
    };
    const unsigned columns = met(x0, x1, x) | met(x0, x1, x + 1) << 1;
    const unsigned children =
        (columns & (0 - met(y0, y1, y))) | (columns & (0 - met(y0, y1, y + 1))) << 2;
    const bool beyond = (x0 < x) | (x1 > x + 1) | (y0 < y) | (y1 > y + 1);
    const unsigned all = children | static_cast<unsigned>(beyond) << kParent;
    // Never back to where it came from; a core gets its own packet where it is in the rectangle.
    return is_link(place, input) ? (input == kParent ? children : all & ~port_bit(input)) : all;
  }

  static std::string name(const Place& place);
  static std::string_view port_name(unsigned port);

 private:
  static constexpr std::size_t kMostLevels = 8;

  static unsigned quadrant(int x, int y) { return static_cast<unsigned>((x & 1) | (y & 1) << 1); }
  std::uint32_t router(int level, int x, int y) const {
    const auto l = static_cast<std::size_t>(level);
    return first_[l] + static_cast<std::uint32_t>(y) * width_[l] + static_cast<std::uint32_t>(x);
  }
  unsigned towards_host(const Place& place) const;

  common::MeshDescription grid_;
  int levels_;
  int chip_levels_;  ///< of a chip's own root
  int host_level_;
  int host_x_;
  int host_y_;
  std::array<std::uint32_t, kMostLevels + 1> width_{};  ///< by level: squares in a row
  std::array<std::uint32_t, kMostLevels + 2> first_{};  ///< by level: first router
};

}  // namespace spikeloom::hw

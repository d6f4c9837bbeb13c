// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/arch/topology/destination.h"
#include "spikeloom/arch/topology/link_costs.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/arch/topology/topology_kind.h"

namespace spikeloom::arch {

/// A quadtree (H-tree) over all cores of a board. A router of level 1 joins a square of 2 x 2
/// cores, one of level n joins four routers of level n - 1. The rectangle of a packet is its
/// replication mask: each router gives a copy to every child whose square meets the rectangle, and
/// one to its parent if the rectangle goes beyond its own square; a packet from the parent never
/// goes back. Downward traffic never waits for upward traffic, and each direction ends in at most
/// `levels` steps, so no circular wait can form. Squares that hold no chip have no routers.
/// With a trunk every packet goes up to the root, over the trunk, which leads from the root's
/// parent output back to its parent input, and down.
class TreeTopology {
 public:
  /// Children are numbered by quadrant: x of the quadrant + 2 * y.
  enum Port : unsigned { kParent = 4, kHost };
  static constexpr TopologyKind kKind = TopologyKind::kQuadtree;
  static constexpr std::string_view kName = "quadtree";
  static constexpr unsigned kPorts = 6;
  static constexpr unsigned kInputs = kPorts;
  static constexpr unsigned kHostPort = kHost;
  using Destination = arch::Destination;

  struct Place {
    std::uint8_t x = 0;  ///< of its square, in squares of its level
    std::uint8_t y = 0;
    std::uint8_t level = 0;
  };

  explicit TreeTopology(const ChipDescription& chip);

  std::size_t routers() const { return first_[static_cast<std::size_t>(levels_) + 1]; }
  Place place(std::uint32_t router) const;
  Attachment core_port(int core) const {
    return {router(core_place(core)), quadrant(grid_.x(core), grid_.y(core))};
  }
  Attachment host_port() const { return {router(host_), kHost}; }
  int core(std::uint32_t /*router*/, const Place& place, unsigned port) const {
    return grid_.core_at(2 * place.x + static_cast<int>(port & 1U),
                         2 * place.y + static_cast<int>(port >> 1));
  }
  static bool is_link(const Place& place, unsigned port) {
    return port == kParent || (port < kParent && place.level > 1);
  }
  bool between_chips(const Place& place, unsigned port) const {
    if (is_trunk(place, port)) return levels_ > chip_levels_;
    return place.level - (port == kParent ? 0 : 1) >= chip_levels_;
  }
  bool is_trunk(const Place& place, unsigned port) const {
    return port == kParent && place.level == levels_;
  }
  /// Whether the port of a link leads to a router: above the root only with a trunk, and not to a
  /// square without chips.
  bool has_link(const Place& place, unsigned port) const {
    if (port == kParent) return has_trunk_ || place.level < levels_;
    const auto below = static_cast<std::size_t>(place.level) - 1;
    const std::uint32_t rows = (first_[below + 1] - first_[below]) / width_[below];
    return 2U * place.x + (port & 1U) < width_[below] && 2U * place.y + (port >> 1) < rows;
  }
  /// Returns the other end of a link.
  Attachment peer(std::uint32_t /*router*/, const Place& place, unsigned port) const {
    if (is_trunk(place, port)) return {router({place.level, place.x, place.y}), kParent};
    if (port == kParent) {
      return {router({place.level + 1, place.x >> 1, place.y >> 1}), quadrant(place.x, place.y)};
    }
    return {router({place.level - 1, 2 * place.x + static_cast<int>(port & 1U),
                    2 * place.y + static_cast<int>(port >> 1)}),
            kParent};
  }
  Attachment next(std::uint32_t router, const Place& place, unsigned /*input*/,
                  unsigned output) const {
    return peer(router, place, output);
  }
  static unsigned port_of(unsigned input) { return input; }
  /// Returns what a packet keeps for `outputs`.
  static Destination destination(Packet packet) {
    return {packet.region(), packet.addresses_host()};
  }
  static Destination onward(const Place& /*place*/, unsigned /*input*/, unsigned /*output*/,
                            Destination destination) {
    return destination;
  }
  static std::uint64_t wire(std::uint64_t packet, const Destination& /*destination*/) {
    return packet;
  }
  unsigned outputs(const Place& place, unsigned input, Destination destination) const {
    if (has_trunk_ && input != kParent) return port_bit(kParent);
    if (destination.to_host()) return towards_host(place);
    const Region region = destination.region();
    // Converts the rectangle to squares of the children's level, to find which of their columns and
    // rows it meets.
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
    // A packet never goes back to where it came from, except that a core in its own packet's
    // rectangle gets a copy.
    return is_link(place, input) ? (input == kParent ? children : all & ~port_bit(input)) : all;
  }

  static RouterPlace router_place(const Place& place) { return {place.level, place.x, place.y}; }
  RouterPlace core_place(int core) const { return {1, grid_.x(core) >> 1, grid_.y(core) >> 1}; }
  const RouterPlace& host_place() const { return host_; }
  /// Returns nullopt for a router that joins several chips.
  std::optional<int> chip(const Place& place) const;
  std::size_t link_rank(std::uint32_t router, const Place& place, unsigned port) const {
    return port == kParent ? std::size_t{2} * router
                           : std::size_t{2} * peer(router, place, port).router + 1;
  }

  int hops(const RouterPlace& from, const Region& region, const LinkCosts& costs) const;
  int hops_to_host(const RouterPlace& from, const LinkCosts& costs) const;
  std::vector<double> distances(const std::vector<double>& packets, double host_packets,
                                const LinkCosts& costs) const;

  static std::string_view port_name(unsigned port);
  std::string router_range() const;

  static constexpr bool kHasLevels = true;
  static int top_level(const ChipDescription& chip);
  static std::optional<std::string> refusal(const MeshDescription& mesh);

 private:
  static constexpr std::size_t kMaxLevels = 8;

  static unsigned quadrant(int x, int y) { return static_cast<unsigned>((x & 1) | (y & 1) << 1); }
  std::uint32_t router(const RouterPlace& place) const {
    const auto level = static_cast<std::size_t>(place.level);
    return first_[level] + static_cast<std::uint32_t>(place.y) * width_[level] +
           static_cast<std::uint32_t>(place.x);
  }
  unsigned towards_host(const Place& place) const;
  /// Returns the cost of a link from a router of `level` to the next level.
  int cost_above(int level, const LinkCosts& costs) const {
    return level < chip_levels_ ? costs.on_chip : costs.between_chips;
  }
  /// Returns the cost of the way from a router of `level` up to the root.
  int cost_to_root(int level, const LinkCosts& costs) const;

  MeshDescription grid_;
  MeshDescription chip_;
  int levels_;
  int chip_levels_;  ///< level of a chip's own root
  bool has_trunk_;
  RouterPlace host_;                                   ///< the host's router
  std::array<std::uint32_t, kMaxLevels + 1> width_{};  ///< [level]: squares in a row
  std::array<std::uint32_t, kMaxLevels + 2> first_{};  ///< [level]: first router
};

}  // namespace spikeloom::arch

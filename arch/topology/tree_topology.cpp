// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/tree_topology.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::arch {
namespace {

/// Returns the first level from `first` on whose squares are at least `side` cores wide.
int level_of(int side, int first) {
  int level = first;
  while (1 << level < side) ++level;
  return level;
}

}  // namespace

TreeTopology::TreeTopology(const ChipDescription& chip)
    : grid_(chip.grid()),
      chip_(chip.mesh),
      levels_(top_level(chip)),
      chip_levels_(level_of(chip.mesh.columns, 0)) {
  const int host_level = chip.host_port.level == 0 ? levels_ : chip.host_port.level;
  host_ = {host_level, chip.host_port.x >> host_level, chip.host_port.y >> host_level};
  for (int level = 1; level <= levels_; ++level) {
    const auto squares = [level](int cores) {
      return static_cast<std::uint32_t>((cores + (1 << level) - 1) >> level);
    };
    const auto l = static_cast<std::size_t>(level);
    width_[l] = squares(grid_.columns);
    first_[l + 1] = first_[l] + width_[l] * squares(grid_.rows);
  }
}

int TreeTopology::top_level(const ChipDescription& chip) {
  return level_of(std::max(chip.grid().columns, chip.grid().rows), 1);
}

std::optional<std::string> TreeTopology::refusal(const MeshDescription& mesh) {
  const bool power_of_two = (mesh.columns & (mesh.columns - 1)) == 0;
  if (mesh.columns == mesh.rows && mesh.columns >= 2 && power_of_two) return std::nullopt;
  return "needs a square mesh whose sides are a power of two: 2 x 2, 4 x 4, 8 x 8 and so on";
}

TreeTopology::Place TreeTopology::place(std::uint32_t router) const {
  std::size_t level = 1;
  while (router >= first_[level + 1]) ++level;
  const std::uint32_t index = router - first_[level];
  return {static_cast<std::uint8_t>(index % width_[level]),
          static_cast<std::uint8_t>(index / width_[level]), static_cast<std::uint8_t>(level)};
}

unsigned TreeTopology::towards_host(const Place& place) const {
  const int below = place.level - host_.level;  // levels from this router down to the host's
  if (below < 0 || host_.x >> below != place.x || host_.y >> below != place.y) {
    return port_bit(kParent);
  }
  if (below == 0) return port_bit(kHost);
  return port_bit(quadrant(host_.x >> (below - 1), host_.y >> (below - 1)));
}

std::optional<int> TreeTopology::chip(const Place& place) const {
  if (place.level > chip_levels_) return std::nullopt;
  const int x = place.x << place.level;
  const int y = place.y << place.level;
  return y / chip_.rows * (grid_.columns / chip_.columns) + x / chip_.columns;
}

int TreeTopology::hops(const RouterPlace& from, const Region& region,
                       const LinkCosts& costs) const {
  int hops = 0;
  for (int level = 1; level < levels_; ++level) {
    const int x0 = region.x0 >> level;
    const int y0 = region.y0 >> level;
    const int x1 = region.x1 >> level;
    const int y1 = region.y1 >> level;
    // The packet goes down into each square that meets the region, except the one that it comes
    // from...
    int links = (x1 - x0 + 1) * (y1 - y0 + 1);
    if (level >= from.level) {
      const int x = from.x >> (level - from.level);
      const int y = from.y >> (level - from.level);
      if (x0 <= x && x <= x1 && y0 <= y && y <= y1) --links;
      // ... and up from that one if the region goes beyond it.
      if (x0 != x || x1 != x || y0 != y || y1 != y) ++links;
    }
    hops += links * cost_above(level, costs);
  }
  return hops;
}

int TreeTopology::hops_to_host(const RouterPlace& from, const LinkCosts& costs) const {
  const auto met = [&](int level) {
    return level >= host_.level &&
           from.x >> (level - from.level) == host_.x >> (level - host_.level) &&
           from.y >> (level - from.level) == host_.y >> (level - host_.level);
  };
  int hops = 0;
  for (int level = from.level; !met(level); ++level) {
    hops += cost_above(level, costs);
    if (level >= host_.level) hops += cost_above(level, costs);
  }
  return hops;
}

/// Works level by level. Packets from outside a core's square cross the link above that square, and
/// also the link above the square of their other end, unless that is the host and its port is
/// above.
std::vector<double> TreeTopology::distances(const std::vector<double>& packets, double host_packets,
                                            const LinkCosts& costs) const {
  const auto at = [](int i) { return static_cast<std::size_t>(i); };
  std::vector<double> sums(at(grid_.cores()));
  for (int level = 1; level < levels_; ++level) {
    const std::size_t columns = width_[at(level)];
    const auto square_of = [&](int core) {
      return at(grid_.y(core) >> level) * columns + at(grid_.x(core) >> level);
    };
    const double cost = cost_above(level, costs);
    // Packets from beyond the square cross two links: one up, and one down on the other side.
    std::vector<double> inside(first_[at(level) + 1] - first_[at(level)]);
    double beyond = 0.0;
    for (int core = 0; core < grid_.cores(); ++core) {
      inside[square_of(core)] += 2.0 * packets[at(core)];
      beyond += 2.0 * packets[at(core)];
    }
    const double host_links = host_.level > level ? 1.0 : 2.0;
    if (host_.level <= level) {
      const int above = level - host_.level;
      inside[at(host_.y >> above) * columns + at(host_.x >> above)] += host_links * host_packets;
    }
    beyond += host_links * host_packets;
    for (int core = 0; core < grid_.cores(); ++core) {
      sums[at(core)] += cost * (beyond - inside[square_of(core)]);
    }
  }
  return sums;
}

std::string_view TreeTopology::port_name(unsigned port) {
  constexpr std::array<std::string_view, kPorts> kNames = {"north-west", "north-east", "south-west",
                                                           "south-east", "parent",     "host"};
  return kNames.at(port);
}

std::string TreeTopology::router_range() const {
  std::string text = fmt::format("router[1:{},X,Y]", chip_levels_);
  if (levels_ > chip_levels_) {
    text += fmt::format(" on each chip and board.router[{}:{},X,Y]", chip_levels_ + 1, levels_);
  }
  return text;
}

}  // namespace spikeloom::arch

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/grid_routers.h"

#include <array>

#include <fmt/format.h>

namespace spikeloom::arch {

GridRouters::GridRouters(const ChipDescription& chip)
    : grid_(chip.grid()), chip_(chip.mesh), host_{0, chip.host_port.x, chip.host_port.y} {}

GridRouters::Place GridRouters::place(std::uint32_t router) const {
  const int x = grid_.x(static_cast<int>(router));
  const int y = grid_.y(static_cast<int>(router));
  unsigned edges = 0;
  if (chip_.rows < grid_.rows) {
    if (y % chip_.rows == 0) edges |= port_bit(kNorth);
    if ((y + 1) % chip_.rows == 0) edges |= port_bit(kSouth);
  }
  if (chip_.columns < grid_.columns) {
    if ((x + 1) % chip_.columns == 0) edges |= port_bit(kEast);
    if (x % chip_.columns == 0) edges |= port_bit(kWest);
  }
  return {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
          static_cast<std::uint8_t>(edges)};
}

std::optional<int> GridRouters::chip(const Place& place) const {
  return place.y / chip_.rows * (grid_.columns / chip_.columns) + place.x / chip_.columns;
}

std::size_t GridRouters::link_rank(std::uint32_t router, const Place& /*place*/,
                                   unsigned port) const {
  constexpr std::array<unsigned, 4> kRanks = {3, 0, 2, 1};  // east, west, south, north
  return std::size_t{router} * kRanks.size() + kRanks.at(port);
}

std::string_view GridRouters::port_name(unsigned port) {
  constexpr std::array<std::string_view, kPorts> kNames = {"north", "east", "south",
                                                           "west",  "core", "host"};
  return kNames.at(port);
}

std::string GridRouters::router_range() const {
  return fmt::format("router[0:{},0:{}]", grid_.columns - 1, grid_.rows - 1);
}

}  // namespace spikeloom::arch

// SPDX-License-Identifier: Apache-2.0
#include "hw/router/mesh_topology.h"

#include <fmt/format.h>

namespace spikeloom::hw {

MeshTopology::MeshTopology(const common::ChipDescription& chip)
    : grid_(chip.grid()),
      chip_(chip.mesh),
      host_router_(static_cast<std::uint32_t>(grid_.core_at(chip.host_port.x, chip.host_port.y))),
      host_place_{chip.host_port.x, chip.host_port.y, chip.host_port.x, chip.host_port.y} {
  const auto columns = static_cast<std::uint32_t>(grid_.columns);
  neighbour_ = {0U - columns, 1U, columns, 0U - 1U};
}

MeshTopology::Place MeshTopology::place(std::uint32_t router) const {
  const int x = grid_.x(static_cast<int>(router));
  const int y = grid_.y(static_cast<int>(router));
  unsigned edges = 0;
  if (y % chip_.rows == 0) edges |= port_bit(kNorth);
  if ((x + 1) % chip_.columns == 0) edges |= port_bit(kEast);
  if ((y + 1) % chip_.rows == 0) edges |= port_bit(kSouth);
  if (x % chip_.columns == 0) edges |= port_bit(kWest);
  return {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
          static_cast<std::uint8_t>(edges)};
}

std::string MeshTopology::name(const Place& place) {
  return fmt::format("{},{}", place.x, place.y);
}

std::string_view MeshTopology::port_name(unsigned port) {
  constexpr std::array<std::string_view, kPorts> kNames = {"north", "east", "south",
                                                           "west",  "core", "host"};
  return kNames.at(port);
}

}  // namespace spikeloom::hw

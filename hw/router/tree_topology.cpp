// SPDX-License-Identifier: Apache-2.0
#include "hw/router/tree_topology.h"

#include <fmt/format.h>

namespace spikeloom::hw {

TreeTopology::TreeTopology(const common::ChipDescription& chip)
    : grid_(chip.grid()),
      levels_(chip.tree_levels()),
      chip_levels_(chip.chip_tree_levels()),
      host_level_(chip.host_port.level == 0 ? levels_ : chip.host_port.level),
      host_x_(chip.host_port.x),
      host_y_(chip.host_port.y) {
  for (int level = 1; level <= levels_; ++level) {
    const auto squares = [level](int cores) {
      return static_cast<std::uint32_t>((cores + (1 << level) - 1) >> level);
    };
    const auto l = static_cast<std::size_t>(level);
    width_[l] = squares(grid_.columns);
    first_[l + 1] = first_[l] + width_[l] * squares(grid_.rows);
  }
}

TreeTopology::Place TreeTopology::place(std::uint32_t router) const {
  std::size_t level = 1;
  while (router >= first_[level + 1]) ++level;
  const std::uint32_t index = router - first_[level];
  return {static_cast<std::uint8_t>(index % width_[level]),
          static_cast<std::uint8_t>(index / width_[level]), static_cast<std::uint8_t>(level)};
}

unsigned TreeTopology::towards_host(const Place& place) const {
  const int level = place.level;
  if (level < host_level_ || host_x_ >> level != place.x || host_y_ >> level != place.y) {
    return port_bit(kParent);
  }
  if (level == host_level_) return port_bit(kHost);
  return port_bit(quadrant(host_x_ >> (level - 1), host_y_ >> (level - 1)));
}

std::string TreeTopology::name(const Place& place) {
  return fmt::format("{},{} of level {}", place.x, place.y, place.level);
}

std::string_view TreeTopology::port_name(unsigned port) {
  constexpr std::array<std::string_view, kPorts> kNames = {"north-west", "north-east", "south-west",
                                                           "south-east", "parent",     "host"};
  return kNames.at(port);
}

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#include "mapper/hops.h"

#include <algorithm>

namespace spikeloom::mapper {

LinkCosts link_cycles(const common::ChipDescription& chip) {
  const auto host_cycles = static_cast<int>((chip.host_port.millicycles_per_packet() + 999) / 1000);
  return {chip.router.packet_link_cycles(), chip.inter_chip.packet_link_cycles(),
          chip.core.timing.emit_cycles_per_packet, host_cycles};
}

Hops::Hops(const common::ChipDescription& chip, const LinkCosts& costs)
    : topology_(chip.topology),
      grid_(chip.grid()),
      chip_(chip.mesh),
      costs_(costs),
      slower_(costs.between_chips - costs.on_chip),
      levels_(chip.tree_levels()),
      chip_levels_(chip.chip_tree_levels()),
      host_{chip.host_port.level, chip.host_port.x, chip.host_port.y} {
  if (topology_ == common::TopologyKind::kQuadtree && host_.level == 0) host_.level = levels_;
}

int Hops::to_cores(int core, const common::Region& region) const {
  const int x = grid_.x(core);
  const int y = grid_.y(core);
  return topology_ == common::TopologyKind::kMesh ? in_mesh(x, y, region)
                                                  : in_tree({1, x, y}, region);
}

int Hops::from_host(const common::Region& region) const {
  return topology_ == common::TopologyKind::kMesh ? in_mesh(host_.x, host_.y, region)
                                                  : in_tree(host_, region);
}

int Hops::to_host(int core) const {
  const int x = grid_.x(core);
  const int y = grid_.y(core);
  if (topology_ == common::TopologyKind::kMesh) {
    return in_mesh(x, y, {host_.x, host_.y, host_.x, host_.y});
  }
  int meeting = host_.level;
  while (x >> meeting != host_.x >> meeting || y >> meeting != host_.y >> meeting) ++meeting;
  int hops = 0;
  for (int level = 1; level < meeting; ++level) hops += upward(level);
  for (int level = host_.level; level < meeting; ++level) hops += upward(level);
  return hops;
}

/// Along the row first, then along each column of the region.
int Hops::in_mesh(int x, int y, const common::Region& region) const {
  return along(std::min(x, region.x0), std::max(x, region.x1), chip_.columns) +
         along(std::min(y, region.y0), std::max(y, region.y1), chip_.rows) *
             (region.x1 - region.x0 + 1);
}

int Hops::in_tree(const Node& from, const common::Region& region) const {
  int hops = 0;
  for (int level = 1; level < levels_; ++level) {
    const int x0 = region.x0 >> level;
    const int y0 = region.y0 >> level;
    const int x1 = region.x1 >> level;
    const int y1 = region.y1 >> level;
    // Down into each square that the region meets, but for the one that the packet comes from...
    int links = (x1 - x0 + 1) * (y1 - y0 + 1);
    if (level >= from.level) {
      const int x = from.x >> level;
      const int y = from.y >> level;
      if (x0 <= x && x <= x1 && y0 <= y && y <= y1) --links;
      // ... and up from that one where the region goes beyond it.
      if (x0 != x || x1 != x || y0 != y || y1 != y) ++links;
    }
    hops += links * upward(level);
  }
  return hops;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "mapper/hops.h"

#include <algorithm>

#include "mapper/routing.h"

namespace spikeloom::mapper {

Hops::Hops(const common::ChipDescription& chip)
    : topology_(chip.topology),
      grid_(chip.grid()),
      levels_(chip.tree_levels()),
      host_{chip.host_port.level, chip.host_port.x, chip.host_port.y} {
  if (topology_ == common::TopologyKind::kQuadtree && host_.level == 0) host_.level = levels_;
}

int Hops::to_cores(int core, const common::Region& region) const {
  const int x = grid_.x(core);
  const int y = grid_.y(core);
  return topology_ == common::TopologyKind::kMesh ? tree_hops(x, y, region)
                                                  : in_tree({1, x, y}, region);
}

int Hops::from_host(const common::Region& region) const {
  return topology_ == common::TopologyKind::kMesh ? tree_hops(host_.x, host_.y, region)
                                                  : in_tree(host_, region);
}

int Hops::to_host(int core) const {
  const int x = grid_.x(core);
  const int y = grid_.y(core);
  if (topology_ == common::TopologyKind::kMesh) {
    return tree_hops(x, y, {host_.x, host_.y, host_.x, host_.y});
  }
  int meeting = host_.level;
  while (x >> meeting != host_.x >> meeting || y >> meeting != host_.y >> meeting) ++meeting;
  return meeting - 1 + meeting - host_.level;
}

int Hops::in_tree(const Node& from, const common::Region& region) const {
  int hops = 0;
  for (int level = 1; level < levels_; ++level) {
    const int x0 = region.x0 >> level;
    const int y0 = region.y0 >> level;
    const int x1 = region.x1 >> level;
    const int y1 = region.y1 >> level;
    // Down into each square that the region meets, but for the one that the packet comes from...
    hops += (x1 - x0 + 1) * (y1 - y0 + 1);
    if (level < from.level) continue;
    const int x = from.x >> level;
    const int y = from.y >> level;
    if (x0 <= x && x <= x1 && y0 <= y && y <= y1) --hops;
    // ... and up from that one where the region goes beyond it.
    if (x0 != x || x1 != x || y0 != y || y1 != y) ++hops;
  }
  return hops;
}

}  // namespace spikeloom::mapper

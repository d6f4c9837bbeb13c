// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/chip_description.h"
#include "common/packet.h"

namespace spikeloom::mapper {

/// Links between routers that packets cross on a board, by its topology (docs/network.md).
class Hops {
 public:
  explicit Hops(const common::ChipDescription& chip);

  /// From a core's router to all cores of `region`, each link of the multicast tree once.
  int to_cores(int core, const common::Region& region) const;
  int from_host(const common::Region& region) const;
  int to_host(int core) const;

 private:
  /// A router: of a mesh with level 0, or the quadtree's above x, y.
  struct Node {
    int level;
    int x;
    int y;
  };
  int in_tree(const Node& from, const common::Region& region) const;

  common::TopologyKind topology_;
  common::MeshDescription grid_;
  int levels_;  ///< of the quadtree: its root's
  Node host_;
};

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/chip_description.h"
#include "common/packet.h"

namespace spikeloom::mapper {

/// What crossing a link counts.
struct LinkCosts {
  int on_chip = 1;
  int between_chips = 1;
  int from_core = 0;  ///< into the network
  int from_host = 0;
};

/// Cycles that a packet occupies each kind of link, and the way into the network, rounded up.
LinkCosts link_cycles(const common::ChipDescription& chip);

/// Links between routers that packets cross on a board, by its topology (docs/network.md), each
/// counted as `costs` say, the ways into the network left out.
class Hops {
 public:
  explicit Hops(const common::ChipDescription& chip, const LinkCosts& costs = {});

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
  int in_mesh(int x, int y, const common::Region& region) const;
  int in_tree(const Node& from, const common::Region& region) const;
  /// From i to j >= i along a line of the mesh; `chip_side` is a chip's length along it.
  int along(int i, int j, int chip_side) const {
    return (j - i) * costs_.on_chip + (j / chip_side - i / chip_side) * slower_;
  }
  /// Of a link from a router of `level` to the next level.
  int upward(int level) const {
    return level < chip_levels_ ? costs_.on_chip : costs_.between_chips;
  }

  common::TopologyKind topology_;
  common::MeshDescription grid_;
  common::MeshDescription chip_;
  LinkCosts costs_;
  int slower_;       ///< what a link between chips counts more than one on a chip
  int levels_;       ///< of the quadtree: its root's
  int chip_levels_;  ///< of a chip's own root
  Node host_;
};

}  // namespace spikeloom::mapper

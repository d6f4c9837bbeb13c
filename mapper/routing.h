// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/chip_description.h"
#include "common/packet.h"
#include "mapper/layer_plan.h"
#include "mapper/placement.h"

namespace spikeloom::mapper {

/// The packets into a layer.
class LayerRoutes {
 public:
  LayerRoutes(const LayerMap& layer, const LayerPlacement& placement,
              const common::MeshDescription& mesh);

  /// Packets of level 0 of an input neuron, in a fixed order. Every core that has a window over it
  /// gets one for each of its units, or one for all if they are expanded, no other core gets any.
  void packets(int channel, int y, int x, std::vector<common::Packet>& packets) const;
  int packet_count(int channel, int y, int x) const {
    return static_cast<int>(targets(channel, y, x).size());
  }

 private:
  /// Receivers of one packet, before the part of its address that depends on the channel.
  struct Target {
    int base = 0;  ///< first group of the unit in its cores, or entry of the block if expanded
    common::Region region;
  };
  const std::vector<Target>& targets(int channel, int y, int x) const;
  std::vector<Target> find_targets(int channel_block, int y, int x, const LayerPlacement& placement,
                                   const common::MeshDescription& mesh) const;

  LayerMap layer_;
  std::vector<std::vector<Target>> targets_;  ///< [channel block][y][x]
};

}  // namespace spikeloom::mapper

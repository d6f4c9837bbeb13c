// SPDX-License-Identifier: Apache-2.0
#include "mapper/routing.h"

#include <map>
#include <set>

#include "mapper/cover.h"

namespace spikeloom::mapper {

LayerRoutes::LayerRoutes(const LayerMap& layer, const LayerPlacement& placement,
                         const common::MeshDescription& mesh)
    : layer_(layer) {
  const LayerGeometry& geometry = layer.geometry();
  for (int block = 0; block < layer.channel_blocks(); ++block) {
    for (int y = 0; y < geometry.y.inputs; ++y) {
      for (int x = 0; x < geometry.x.inputs; ++x) {
        targets_.push_back(find_targets(block, y, x, placement, mesh));
      }
    }
  }
}

std::vector<LayerRoutes::Target> LayerRoutes::find_targets(
    int channel_block, int y, int x, const LayerPlacement& placement,
    const common::MeshDescription& mesh) const {
  std::map<int, std::set<int>> cores_by_base;
  for (const UnitPlace& row : layer_.y().seen_by(y)) {
    for (const UnitPlace& column : layer_.x().seen_by(x)) {
      for (int chunk = 0; chunk < layer_.chunks(); ++chunk) {
        const auto block = static_cast<std::size_t>(
            layer_.block_number({channel_block, row.block, column.block, chunk}));
        const int base = layer_.expanded() ? placement.entry_base[block]
                                           : placement.group_base[block] +
                                                 layer_.unit_base(row.unit, column.unit);
        cores_by_base[base].insert(placement.core[block]);
      }
    }
  }
  std::vector<Target> targets;
  for (const auto& [base, cores] : cores_by_base) {
    for (const common::Region& region : cover({cores.begin(), cores.end()}, mesh)) {
      targets.push_back({base, region});
    }
  }
  return targets;
}

const std::vector<LayerRoutes::Target>& LayerRoutes::targets(int channel, int y, int x) const {
  const LayerGeometry& geometry = layer_.geometry();
  const int block = channel / geometry.inputs_per_group / layer_.plan().channels.conv_groups;
  return targets_[static_cast<std::size_t>((block * geometry.y.inputs + y) * geometry.x.inputs +
                                           x)];
}

void LayerRoutes::packets(int channel, int y, int x, std::vector<common::Packet>& packets) const {
  packets.clear();
  for (const Target& target : targets(channel, y, x)) {
    if (layer_.expanded()) {
      packets.push_back(common::Packet::to_entries(
          target.region, target.base + layer_.entry_of_input(channel, y, x)));
      continue;
    }
    packets.push_back(common::Packet::to_cores(target.region,
                                               target.base + layer_.group_of_input(channel, y, x),
                                               layer_.axon_of_input(channel, y, x)));
  }
}

}  // namespace spikeloom::mapper

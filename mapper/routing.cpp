// SPDX-License-Identifier: Apache-2.0
#include "mapper/routing.h"

#include <algorithm>
#include <map>
#include <set>

namespace spikeloom::mapper {
namespace {

/// Cores not covered yet, sorted.
class Uncovered {
 public:
  Uncovered(std::vector<int> cores, const common::MeshDescription& mesh)
      : cores_(std::move(cores)), mesh_(mesh) {
    std::sort(cores_.begin(), cores_.end());
  }

  bool empty() const { return cores_.empty(); }
  int first() const { return cores_.front(); }

  bool has(const common::Region& region) const {
    for (int y = region.y0; y <= region.y1; ++y) {
      for (int x = region.x0; x <= region.x1; ++x) {
        if (x >= mesh_.columns || y >= mesh_.rows) return false;
        if (!std::binary_search(cores_.begin(), cores_.end(), mesh_.core_at(x, y))) return false;
      }
    }
    return true;
  }

  void remove(const common::Region& region) {
    cores_.erase(
        std::remove_if(cores_.begin(), cores_.end(),
                       [&](int core) { return region.contains(mesh_.x(core), mesh_.y(core)); }),
        cores_.end());
  }

  /// The largest rectangle whose corner is the first core: for each height the greatest width.
  common::Region largest() const {
    const int x = mesh_.x(first());
    const int y = mesh_.y(first());
    common::Region best{x, y, x, y};
    int most_columns = mesh_.columns;
    for (int y1 = y; y1 < mesh_.rows && most_columns > 0; ++y1) {
      int columns = 0;
      while (columns < most_columns && has({x + columns, y1, x + columns, y1})) ++columns;
      most_columns = columns;
      const common::Region region{x, y, x + columns - 1, y1};
      if (columns > 0 && region.cores() > best.cores()) best = region;
    }
    return best;
  }

 private:
  std::vector<int> cores_;
  const common::MeshDescription& mesh_;
};

}  // namespace

std::vector<common::Region> cover(std::vector<int> cores, const common::MeshDescription& mesh) {
  std::vector<common::Region> regions;
  for (Uncovered rest(std::move(cores), mesh); !rest.empty(); rest.remove(regions.back())) {
    regions.push_back(rest.largest());
  }
  return regions;
}

int tree_hops(int x, int y, const common::Region& region) {
  const int row = std::max(x, region.x1) - std::min(x, region.x0);
  const int column = std::max(y, region.y1) - std::min(y, region.y0);
  return row + column * (region.x1 - region.x0 + 1);
}

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

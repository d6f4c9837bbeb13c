// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/route/routing.h"

#include <map>
#include <set>

namespace spikeloom::mapper {

TermRoutes::TermRoutes(const LayerMap& layer, std::size_t term, const LayerPlacement& placement,
                       const arch::ChipDescription& chip)
    : term_(layer.terms()[term]) {
  const TermGeometry& geometry = term_.geometry();
  Cover cover(chip.grid());
  for (const ChannelClass& channels : term_.channel_classes()) {
    for (int y = 0; y < geometry.y.inputs; ++y) {
      for (int x = 0; x < geometry.x.inputs; ++x) {
        targets_.push_back(
            find_targets(layer, term, channels.chunks, y, x, placement, chip, cover));
      }
    }
  }
}

std::vector<TermRoutes::Target> TermRoutes::find_targets(const LayerMap& layer, std::size_t term,
                                                         const Span& chunks, int y, int x,
                                                         const LayerPlacement& placement,
                                                         const arch::ChipDescription& chip,
                                                         Cover& cover) const {
  std::map<int, std::set<int>> cores_by_base;
  for (const UnitPlace& row : term_.y().seen_by(y)) {
    for (const UnitPlace& column : term_.x().seen_by(x)) {
      for (int chunk = chunks.first; chunk < chunks.end; ++chunk) {
        const auto block = static_cast<std::size_t>(layer.block_at(chunk, row.block, column.block));
        const int base = term_.expanded()
                             ? placement.entry_base[block] + layer.entry_base(term, chunk)
                             : placement.group_base[block] + layer.group_base(term, chunk) +
                                   term_.unit_base(row.unit, column.unit);
        cores_by_base[base].insert(placement.core[block]);
      }
    }
  }
  const bool multicast = chip.multicasts(term_.geometry().source == converter::kEncoder);
  std::vector<Target> targets;
  std::vector<arch::Region> regions;
  for (const auto& [base, cores] : cores_by_base) {
    regions.clear();
    const std::vector<int> list(cores.begin(), cores.end());
    cover.append(list.data(), list.size(), multicast, regions);
    for (const arch::Region& region : regions) targets.push_back({base, region});
  }
  return targets;
}

const std::vector<TermRoutes::Target>& TermRoutes::targets(int channel, int y, int x) const {
  const TermGeometry& geometry = term_.geometry();
  const int pixel = (term_.class_of(channel) * geometry.y.inputs + y) * geometry.x.inputs + x;
  return targets_[static_cast<std::size_t>(pixel)];
}

void TermRoutes::append(int channel, int y, int x, std::vector<arch::Packet>& packets) const {
  for (const Target& target : targets(channel, y, x)) {
    if (term_.expanded()) {
      packets.push_back(arch::Packet::to_entries(
          target.region, target.base + term_.entry_of_input(channel, y, x)));
      continue;
    }
    packets.push_back(arch::Packet::to_cores(target.region,
                                             target.base + term_.group_of_input(channel, y, x),
                                             term_.axon_of_input(channel, y, x)));
  }
}

NetworkRoutes::NetworkRoutes(const std::vector<LayerMap>& layers, const Placement& placement,
                             const arch::ChipDescription& chip)
    : consumers_(layers, &LayerMap::geometry) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::vector<TermRoutes>& terms = terms_.emplace_back();
    for (std::size_t t = 0; t < layers[l].terms().size(); ++t) {
      terms.emplace_back(layers[l], t, placement[l], chip);
    }
  }
}

void NetworkRoutes::packets(int source, int channel, int y, int x,
                            std::vector<arch::Packet>& packets) const {
  packets.clear();
  for (const Consumer& reader : consumers_.of(source)) {
    into(reader.layer, reader.term).append(channel, y, x, packets);
  }
}

int NetworkRoutes::packet_count(int source, int channel, int y, int x) const {
  int count = 0;
  for (const Consumer& reader : consumers_.of(source)) {
    count += into(reader.layer, reader.term).packet_count(channel, y, x);
  }
  return count;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/emit/emission.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "spikeloom/base/index.h"
#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {
namespace {

using base::at;

/// A block in a core.
struct Occupant {
  int layer = 0;
  int block = 0;
};

/// Assigns dendrites to the groups of a core. A group that would span more memory words than
/// necessary starts at the next word as long as unused dendrites remain: each of its spikes then
/// reads one word less.
void lay_out_groups(const arch::CoreDescription& core, std::vector<arch::GroupEntry>& groups) {
  const int word = std::max(1, core.timing.word_bits / core.columns_per_dendrite());
  int spare = core.ternary_dendrites();
  for (const arch::GroupEntry& group : groups) spare -= group.dendrites;
  int next = 0;
  for (arch::GroupEntry& group : groups) {
    if (group.dendrites == 0) continue;
    const int words = ceil_div(next % word + group.dendrites, word);
    const int min_words = ceil_div(group.dendrites, word);
    const int padding = (word - next % word) % word;
    if (words > min_words && padding <= spare) {
      next += padding;
      spare -= padding;
    }
    group.first_dendrite = next;
    next += group.dendrites;
  }
}

arch::InputRoutes input_routes(const converter::SpikingNetwork& network,
                               const NetworkRoutes& routes) {
  const converter::Shape& shape = network.encoder.output;
  arch::InputRoutes input;
  input.levels = network.encoder.quantizer.levels;
  input.first.push_back(0);
  std::vector<arch::Packet> packets;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        routes.packets(converter::kEncoder, c, y, x, packets);
        for (const arch::Packet& packet : packets) input.packets.push_back(packet.bits());
        input.first.push_back(static_cast<std::uint32_t>(input.packets.size()));
      }
    }
  }
  return input;
}

using Cores = std::map<int, std::vector<Occupant>>;

Cores occupants_by_core(const MappedNetwork& mapped) {
  Cores cores;
  for (std::size_t l = 0; l < mapped.layers.size(); ++l) {
    for (int block = 0; block < mapped.layers[l].blocks(); ++block) {
      cores[mapped.placement[l].core[at(block)]].push_back({static_cast<int>(l), block});
    }
  }
  return cores;
}

void add(EmissionCounts& sum, const EmissionCounts& block) {
  sum.neurons += block.neurons;
  sum.dendrites += block.dendrites;
  sum.synapses += block.synapses;
  sum.axons += block.axons;
  sum.groups += block.groups;
}

/// Emits the cores one by one.
class CoreEmitter {
 public:
  CoreEmitter(const MappedNetwork& mapped, const std::vector<BlockEmitter>& emitters,
              std::vector<EmissionCounts>& counts, arch::Deployment& deployment)
      : mapped_(mapped), emitters_(emitters), counts_(counts), deployment_(deployment) {}

  void emit(int core, const std::vector<Occupant>& occupants) {
    CoreImage image(deployment_.chip.core);
    arch::CoreLabels labels;
    labels.core = core;
    std::vector<arch::GroupEntry> groups;
    for (const Occupant& occupant : occupants) reserve(occupant, groups, labels);
    lay_out_groups(deployment_.chip.core, groups);
    for (const Occupant& occupant : occupants) {
      add(counts_[at(occupant.layer)], emitters_[at(occupant.layer)].emit(
                                           place(occupant), base(occupant), groups, image, labels));
    }
    for (const Occupant& occupant : occupants) {
      for (std::size_t term = 0; term < mapped_.layers[at(occupant.layer)].terms().size(); ++term) {
        add_lists(occupant, term, image);
      }
    }
    for (const arch::GroupEntry& group : groups) image.add_group(group);
    image.append_transactions(deployment_.chip.place(core), deployment_.chip.bus, pool_,
                              deployment_.transactions);
    deployment_.cores.push_back(std::move(labels));
  }

 private:
  BlockPlace place(const Occupant& occupant) const {
    return mapped_.layers[at(occupant.layer)].block_place(occupant.block);
  }
  int base(const Occupant& occupant) const {
    return mapped_.placement[at(occupant.layer)].group_base[at(occupant.block)];
  }

  /// Writes the lists of the expansion table: for each input of a term that the block reads, its
  /// group and axon in each unit.
  void add_lists(const Occupant& occupant, std::size_t term, CoreImage& image) const {
    const LayerMap& layer = mapped_.layers[at(occupant.layer)];
    const TermMap& map = layer.terms()[term];
    if (!map.expanded()) return;
    const BlockPlace block = place(occupant);
    const int chunk = block.channel_block * layer.chunks() + block.chunk;
    const int inputs = map.geometry().inputs_per_group;
    const Span conv_groups = map.geometry().conv_groups_of(layer.block_channels(block));
    const int group_base = base(occupant) + layer.group_base(term, chunk);
    const int entry_base = mapped_.placement[at(occupant.layer)].entry_base[at(occupant.block)] +
                           layer.entry_base(term, chunk);
    for (int y = 0; y < map.geometry().y.inputs; ++y) {
      const std::vector<int> rows = map.y().units_of(y, block.y);
      for (int x = 0; x < map.geometry().x.inputs && !rows.empty(); ++x) {
        const std::vector<int> columns = map.x().units_of(x, block.x);
        for (int c = conv_groups.first * inputs; c < conv_groups.end * inputs; ++c) {
          int entry = entry_base + map.entry_of_input(c, y, x);
          std::size_t left = rows.size() * columns.size();
          for (const int row : rows) {
            for (const int column : columns) {
              const int group =
                  group_base + map.unit_base(row, column) + map.group_of_input(c, y, x);
              image.set_expansion(entry++, {group, map.axon_of_input(c, y, x), --left == 0});
            }
          }
        }
      }
    }
  }

  /// Sets the dendrite counts of a block's groups. Groups that none of its windows use stay empty.
  void reserve(const Occupant& occupant, std::vector<arch::GroupEntry>& groups,
               arch::CoreLabels& labels) const {
    const std::vector<int> dendrites =
        emitters_[at(occupant.layer)].group_dendrites(place(occupant));
    const std::size_t first = at(base(occupant));
    const auto layer = static_cast<std::uint16_t>(occupant.layer);
    if (groups.size() < first + dendrites.size()) {
      groups.resize(first + dendrites.size());
      labels.group_layers.resize(first + dendrites.size(), layer);
    }
    for (std::size_t g = 0; g < dendrites.size(); ++g) {
      groups[first + g].dendrites = dendrites[g];
      labels.group_layers[first + g] = layer;
    }
  }

  const MappedNetwork& mapped_;
  const std::vector<BlockEmitter>& emitters_;
  std::vector<EmissionCounts>& counts_;
  arch::Deployment& deployment_;
  arch::PayloadPool pool_;
};

}  // namespace

std::vector<EmissionCounts> emit_network(const converter::SpikingNetwork& network,
                                         const MappedNetwork& mapped,
                                         arch::Deployment& deployment) {
  std::vector<BlockEmitter> emitters;
  for (std::size_t l = 0; l < mapped.layers.size(); ++l) {
    emitters.emplace_back(network.layers[l], static_cast<int>(l), mapped.layers[l], mapped.routes,
                          deployment.chip.core);
  }
  std::vector<EmissionCounts> counts(mapped.layers.size());
  CoreEmitter emitter(mapped, emitters, counts, deployment);
  for (const auto& [core, occupants] : occupants_by_core(mapped)) emitter.emit(core, occupants);

  const std::vector<int> depths = network.depths();
  for (std::size_t l = 0; l < mapped.layers.size(); ++l) {
    const LayerGeometry& geometry = mapped.layers[l].geometry();
    const std::vector<int>& cores = mapped.placement[l].core;
    const std::set<int> used(cores.begin(), cores.end());
    deployment.layers.push_back({network.layers[l].name, depths[l], geometry.output.size(),
                                 geometry.levels, static_cast<int>(used.size())});
  }
  deployment.input = input_routes(network, mapped.routes);
  return counts;
}

}  // namespace spikeloom::mapper

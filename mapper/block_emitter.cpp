// SPDX-License-Identifier: Apache-2.0
#include "mapper/block_emitter.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/error.h"

namespace spikeloom::mapper {

/// An output neuron of the network, in its block.
struct BlockEmitter::Output {
  int channel;
  int y;
  int x;
  int conv_group;
  int unit_base;  ///< first group of its unit, counted in the block
};

/// The furthest that a potential can go, whatever spikes arrive.
struct BlockEmitter::Sums {
  std::int64_t positive = 0;
  std::int64_t negative = 0;
};

BlockEmitter::BlockEmitter(const converter::SpikingLayer& layer, int layer_number,
                           const LayerMap& map, const LayerRoutes* next,
                           const common::CoreDescription& core)
    : layer_(layer), layer_number_(layer_number), map_(map), next_(next), core_(core) {}

template <typename Function>
void BlockEmitter::for_each_output(const BlockPlace& place, Function function) const {
  const Span rows = map_.y().block(place.y);
  const Span columns = map_.x().block(place.x);
  const Span conv_groups = map_.conv_groups(place);
  const Span chunk = map_.chunk_outputs(place);
  for (int y = rows.first; y < rows.end; ++y) {
    for (int x = columns.first; x < columns.end; ++x) {
      const int base = map_.unit_base(map_.y().unit_of(y), map_.x().unit_of(x));
      for (int g = conv_groups.first; g < conv_groups.end; ++g) {
        for (int c = chunk.first; c < chunk.end; ++c) {
          function(Output{g * map_.geometry().outputs_per_group + c, y, x, g, base});
        }
      }
    }
  }
}

/// The groups, counted in the block, that the output's inputs are in.
void BlockEmitter::gather(const Output& output, std::vector<int>& groups) const {
  groups.clear();
  const Span channels = map_.channel_groups(output.conv_group);
  for (const int y : map_.y().groups_of(output.y)) {
    for (const int x : map_.x().groups_of(output.x)) {
      for (int c = channels.first; c < channels.end; ++c) {
        groups.push_back(output.unit_base + map_.group_in_unit(y, x, c));
      }
    }
  }
}

std::vector<int> BlockEmitter::group_dendrites(const BlockPlace& place) const {
  std::vector<int> dendrites(static_cast<std::size_t>(map_.plan().groups(map_.geometry())));
  std::vector<int> groups;
  for_each_output(place, [&](const Output& output) {
    gather(output, groups);
    for (const int group : groups) {
      dendrites[static_cast<std::size_t>(group)] += map_.geometry().copies;
    }
  });
  return dendrites;
}

EmissionCounts BlockEmitter::emit(const BlockPlace& place, int group_base,
                                  std::vector<common::GroupEntry>& groups, CoreImage& image,
                                  common::CoreLabels& labels) const {
  EmissionCounts counts;
  const auto group_at = [&](int group) -> common::GroupEntry& {
    return groups[static_cast<std::size_t>(group_base + group)];
  };
  const int block_groups = map_.plan().groups(map_.geometry());
  std::vector<int> next_dendrite;
  for (int group = 0; group < block_groups; ++group) {
    next_dendrite.push_back(group_at(group).first_dendrite);
  }
  std::vector<int> gathered;
  std::vector<int> dendrites;
  std::vector<int> dendrite_of_group(static_cast<std::size_t>(block_groups));
  for_each_output(place, [&](const Output& output) {
    gather(output, gathered);
    for (int copy = 0; copy < map_.geometry().copies; ++copy) {
      dendrites.clear();
      for (const int group : gathered) {
        dendrites.push_back(next_dendrite[static_cast<std::size_t>(group)]++);
        dendrite_of_group[static_cast<std::size_t>(group)] = dendrites.back();
      }
      add_synapses(output, copy, dendrite_of_group, group_base, groups, image, counts);
      add_neuron(output, copy, dendrites, image, labels);
      ++counts.neurons;
      counts.dendrites += static_cast<std::int64_t>(dendrites.size());
    }
  });
  for (int group = 0; group < block_groups; ++group) {
    counts.axons += group_at(group).axons;
    counts.groups += group_at(group).dendrites > 0 ? 1 : 0;
  }
  return counts;
}

void BlockEmitter::add_synapses(const Output& output, int copy,
                                const std::vector<int>& dendrite_of_group, int group_base,
                                std::vector<common::GroupEntry>& groups, CoreImage& image,
                                EmissionCounts& counts) const {
  const LayerGeometry& geometry = map_.geometry();
  // A pooling neuron takes one level of its inputs, any other one all levels.
  const int first_level = geometry.pooling ? copy : 0;
  const int levels = geometry.pooling ? 1 : geometry.input_levels;
  Sums sums;
  for (int ky = 0; ky < geometry.y.kernel; ++ky) {
    const int y = geometry.y.tap(output.y, ky);
    if (!geometry.y.inside(y)) continue;
    for (int kx = 0; kx < geometry.x.kernel; ++kx) {
      const int x = geometry.x.tap(output.x, kx);
      if (!geometry.x.inside(x)) continue;
      for (int c = 0; c < geometry.inputs_per_group; ++c) {
        const int channel = output.conv_group * geometry.inputs_per_group + c;
        const int group = output.unit_base + map_.group_of_input(channel, y, x);
        const int axon = map_.axon_of_input(channel, y, x);
        // Axons of zero weights are in use too: their spikes arrive.
        common::GroupEntry& entry = groups[static_cast<std::size_t>(group_base + group)];
        entry.axons = std::max(entry.axons, axon + geometry.input_levels);
        const int weight =
            geometry.pooling
                ? 1
                : layer_.terms.front().weights[static_cast<std::size_t>(
                      ((output.channel * geometry.inputs_per_group + c) * geometry.y.kernel + ky) *
                          geometry.x.kernel +
                      kx)];
        if (weight == 0) continue;
        const int dendrite = dendrite_of_group[static_cast<std::size_t>(group)];
        for (int level = first_level; level < first_level + levels; ++level) {
          image.set_synapse(axon + level, dendrite, weight);
        }
        (weight > 0 ? sums.positive : sums.negative) += levels;
        counts.synapses += levels;
      }
    }
  }
  check_potential(output, sums);
}

void BlockEmitter::check_potential(const Output& output, const Sums& sums) const {
  const std::int64_t limit = std::int64_t{1} << (core_.potential_bits - 1);
  if (sums.positive < limit && sums.negative <= limit) return;
  int bits = core_.potential_bits;
  while (sums.positive >= std::int64_t{1} << (bits - 1) || sums.negative > std::int64_t{1}
                                                                               << (bits - 1)) {
    ++bits;
  }
  throw common::UserError(
      fmt::format("layer \"{}\": the potential of neuron (channel {}, y {}, x {}) reaches from -{} "
                  "to {}, which "
                  "needs {} bits; chip.core.potential_bits is {}",
                  layer_.name, output.channel, output.y, output.x, sums.negative, sums.positive,
                  bits, core_.potential_bits));
}

void BlockEmitter::add_neuron(const Output& output, int copy, const std::vector<int>& dendrites,
                              CoreImage& image, common::CoreLabels& labels) const {
  const LayerGeometry& geometry = map_.geometry();
  const int neuron = layer_.output.index(output.channel, output.y, output.x);
  const int first_level = copy * geometry.levels_per_copy;
  std::vector<std::int32_t> thresholds;
  for (int i = 0; i < geometry.thresholds_of_copy(copy); ++i) {
    thresholds.push_back(geometry.pooling
                             ? 1
                             : layer_.thresholds[static_cast<std::size_t>(
                                   output.channel * geometry.levels + first_level + i)]);
  }
  std::vector<common::Packet> routes;
  if (next_ == nullptr) {
    routes.push_back(common::Packet::to_host(neuron * geometry.levels));
  } else {
    next_->packets(output.channel, output.y, output.x, routes);
  }
  for (common::Packet& route : routes) route = route.with_level(first_level);
  image.add_neuron(dendrites, thresholds, routes);
  labels.neurons.push_back(
      {static_cast<std::uint32_t>(neuron), static_cast<std::uint16_t>(layer_number_),
       static_cast<std::uint8_t>(first_level), static_cast<std::uint8_t>(thresholds.size())});
}

}  // namespace spikeloom::mapper

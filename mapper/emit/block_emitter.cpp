// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/emit/block_emitter.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/mapper/does_not_fit.h"

namespace spikeloom::mapper {

/// An output neuron of the network, in its block.
struct BlockEmitter::Output {
  int channel;
  int y;
  int x;
};

/// Magnitudes of the extreme values of a potential over all possible inputs.
struct BlockEmitter::Sums {
  std::int64_t positive = 0;
  std::int64_t negative = 0;
};

/// A dendrite that an output takes in a group, relative to the block's first group.
struct BlockEmitter::Gather {
  int group;
  int shift;
};

/// The inputs of a term that outputs at one place read, the same for all their channels of a
/// convolution group.
struct BlockEmitter::Inputs {
  struct Input {
    int group;           ///< relative to the block's first group
    int axon;            ///< of level 0
    std::size_t weight;  ///< index among the weights of an output channel
  };
  // What they are the inputs of.
  int y = -1;
  int x = -1;
  int conv_group = -1;
  int base = -1;
  std::vector<Input> inputs;
};

BlockEmitter::BlockEmitter(const converter::SpikingLayer& layer, int layer_number,
                           const LayerMap& map, const NetworkRoutes& routes,
                           const arch::CoreDescription& core)
    : layer_(layer), layer_number_(layer_number), map_(map), routes_(routes), core_(core) {}

template <typename Function>
void BlockEmitter::for_each_output(const BlockPlace& place, Function function) const {
  const Span rows = map_.block_rows(place);
  const Span columns = map_.block_columns(place);
  const Span channels = map_.block_channels(place);
  for (int y = rows.first; y < rows.end; ++y) {
    for (int x = columns.first; x < columns.end; ++x) {
      for (int c = channels.first; c < channels.end; ++c) function(Output{c, y, x});
    }
  }
}

/// First group of a term in the output's unit, relative to the block's first group.
int BlockEmitter::unit_base(std::size_t term, const Output& output) const {
  const TermMap& map = map_.terms()[term];
  return map_.group_base(term, map_.plan().channels.chunk_of(output.channel)) +
         map.unit_base(map.y().unit_of(output.y), map.x().unit_of(output.x));
}

/// Sets `gathers` to the dendrites that the output takes in the groups that hold its inputs.
void BlockEmitter::gather(const Output& output, std::vector<Gather>& gathers) const {
  gathers.clear();
  for (std::size_t term = 0; term < map_.terms().size(); ++term) {
    const TermMap& map = map_.terms()[term];
    const TermGeometry& geometry = map.geometry();
    if (!geometry.has_output(output.channel)) continue;
    const Span channels = map.channel_groups(geometry.conv_group(output.channel));
    const int base = unit_base(term, output);
    for (const int y : map.y().groups_of(output.y)) {
      for (const int x : map.x().groups_of(output.x)) {
        for (int c = channels.first; c < channels.end; ++c) {
          const int group = base + map.group_in_unit(y, x, c);
          for (const WeightPlane& plane : geometry.planes) {
            for (const int shift : plane.shifts) gathers.push_back({group, shift});
          }
        }
      }
    }
  }
}

std::vector<int> BlockEmitter::group_dendrites(const BlockPlace& place) const {
  std::vector<int> dendrites(static_cast<std::size_t>(map_.groups()));
  std::vector<Gather> gathers;
  for_each_output(place, [&](const Output& output) {
    gather(output, gathers);
    for (const Gather& dendrite : gathers) {
      dendrites[static_cast<std::size_t>(dendrite.group)] += map_.geometry().copies;
    }
  });
  return dendrites;
}

EmissionCounts BlockEmitter::emit(const BlockPlace& place, int group_base,
                                  std::vector<arch::GroupEntry>& groups, CoreImage& image,
                                  arch::CoreLabels& labels) const {
  EmissionCounts counts;
  const auto group_at = [&](int group) -> arch::GroupEntry& {
    return groups[static_cast<std::size_t>(group_base + group)];
  };
  const int block_groups = map_.groups();
  std::vector<int> next_dendrite;
  for (int group = 0; group < block_groups; ++group) {
    next_dendrite.push_back(group_at(group).first_dendrite);
  }
  std::vector<Gather> gathers;
  std::vector<arch::GatherEntry> entries;
  std::vector<int> dendrite_of_group(static_cast<std::size_t>(block_groups));
  std::vector<Inputs> inputs(map_.terms().size());
  for_each_output(place, [&](const Output& output) {
    gather(output, gathers);
    for (int copy = 0; copy < map_.geometry().copies; ++copy) {
      entries.clear();
      for (const auto& [group, shift] : gathers) {
        // The dendrites of one group are adjacent.
        int& dendrite = next_dendrite[static_cast<std::size_t>(group)];
        dendrite_of_group[static_cast<std::size_t>(group)] = dendrite;
        entries.push_back({dendrite++, shift});
      }
      Sums sums;
      for (std::size_t term = 0; term < map_.terms().size(); ++term) {
        const TermGeometry& geometry = map_.terms()[term].geometry();
        if (!geometry.has_output(output.channel)) continue;
        find_inputs(output, term, group_base, groups, inputs[term]);
        int dendrites = geometry.dendrites_per_weight();
        for (const WeightPlane& plane : geometry.planes) {
          add_synapses(output, term, plane, dendrites, copy, dendrite_of_group, inputs[term], image,
                       counts, sums);
          dendrites -= static_cast<int>(plane.shifts.size());
        }
      }
      check_potential(output, sums);
      add_neuron(output, copy, entries, image, labels);
      ++counts.neurons;
      counts.dendrites += static_cast<std::int64_t>(entries.size());
    }
  });
  for (int group = 0; group < block_groups; ++group) {
    counts.axons += group_at(group).axons;
    counts.groups += group_at(group).dendrites > 0 ? 1 : 0;
  }
  return counts;
}

/// Sets `inputs` to those of an output, unless they are already.
void BlockEmitter::find_inputs(const Output& output, std::size_t term, int group_base,
                               std::vector<arch::GroupEntry>& groups, Inputs& inputs) const {
  const TermMap& map = map_.terms()[term];
  const TermGeometry& geometry = map.geometry();
  const int conv_group = geometry.conv_group(output.channel);
  const int base = unit_base(term, output);
  if (inputs.y == output.y && inputs.x == output.x && inputs.conv_group == conv_group &&
      inputs.base == base) {
    return;
  }
  inputs = {output.y, output.x, conv_group, base, std::move(inputs.inputs)};
  inputs.inputs.clear();
  const int first_channel = conv_group * geometry.inputs_per_group;
  for (int ky = 0; ky < geometry.y.kernel; ++ky) {
    const int y = geometry.y.tap(output.y, ky);
    if (!geometry.y.inside(y)) continue;
    for (int kx = 0; kx < geometry.x.kernel; ++kx) {
      const int x = geometry.x.tap(output.x, kx);
      if (!geometry.x.inside(x)) continue;
      const TermMap::InputPlace pixel = map.pixel(y, x);
      for (int c = 0; c < geometry.inputs_per_group; ++c) {
        const TermMap::InputPlace channel = map.channel(first_channel + c);
        const int group = base + pixel.group + channel.group;
        const int axon = pixel.axon + channel.axon;
        const int weight = c * geometry.kernel_taps() + ky * geometry.x.kernel + kx;
        inputs.inputs.push_back({group, axon, static_cast<std::size_t>(weight)});
        // Axons with zero weights are in use too, because their spikes still arrive.
        arch::GroupEntry& entry = groups[static_cast<std::size_t>(group_base + group)];
        entry.axons = std::max(entry.axons, axon + geometry.input_levels);
      }
    }
  }
}

/// Writes the weights of one plane. `dendrite_of_group` holds the output's last dendrite in each
/// group; `dendrites` is the number of dendrites of this plane and the planes after it.
void BlockEmitter::add_synapses(const Output& output, std::size_t term, const WeightPlane& plane,
                                int dendrites, int copy, const std::vector<int>& dendrite_of_group,
                                const Inputs& inputs, CoreImage& image, EmissionCounts& counts,
                                Sums& sums) const {
  const TermGeometry& geometry = map_.terms()[term].geometry();
  // A pooling neuron reads one level of its inputs, any other neuron all levels.
  const bool pooling = map_.geometry().pooling;
  const int first_level = pooling ? copy : 0;
  const int levels = pooling ? 1 : geometry.input_levels;
  const auto of_plane = static_cast<int>(plane.shifts.size());
  const int factor = plane.factor();
  const std::vector<std::int8_t>& weights = layer_.terms[plane.term].weights;
  const std::size_t first_weight =
      static_cast<std::size_t>(output.channel - geometry.first_output) *
      static_cast<std::size_t>(geometry.inputs_per_group) *
      static_cast<std::size_t>(geometry.kernel_taps());
  for (const Inputs::Input& input : inputs.inputs) {
    const int weight = pooling ? 1 : weights[first_weight + input.weight];
    if (weight == 0) continue;
    const int first = dendrite_of_group[static_cast<std::size_t>(input.group)] - dendrites + 1;
    for (int dendrite = first; dendrite < first + of_plane; ++dendrite) {
      image.set_synapses(input.axon + first_level, levels, dendrite, weight);
    }
    (weight > 0 ? sums.positive : sums.negative) += levels * factor;
    counts.synapses += levels * of_plane;
  }
}

void BlockEmitter::check_potential(const Output& output, const Sums& sums) const {
  const std::int64_t limit = std::int64_t{1} << (core_.potential_bits - 1);
  if (sums.positive < limit && sums.negative <= limit) return;
  int bits = core_.potential_bits;
  while (sums.positive >= std::int64_t{1} << (bits - 1) || sums.negative > std::int64_t{1}
                                                                               << (bits - 1)) {
    ++bits;
  }
  throw DoesNotFit(
      fmt::format("layer \"{}\": the potential of neuron (channel {}, y {}, x {}) ranges from -{} "
                  "to {}, which needs {} bits; chip.core.potential_bits is {}",
                  layer_.name, output.channel, output.y, output.x, sums.negative, sums.positive,
                  bits, core_.potential_bits));
}

void BlockEmitter::add_neuron(const Output& output, int copy,
                              const std::vector<arch::GatherEntry>& gathers, CoreImage& image,
                              arch::CoreLabels& labels) const {
  const LayerGeometry& geometry = map_.geometry();
  const int neuron = layer_.output.index(output.channel, output.y, output.x);
  const int first_level = copy * geometry.levels_per_copy;
  std::vector<std::int32_t> thresholds(static_cast<std::size_t>(geometry.thresholds_of_copy(copy)),
                                       1);
  if (!geometry.pooling) {
    const std::int32_t* first = layer_.thresholds_of(output.channel, output.y, output.x);
    std::copy_n(first + first_level, thresholds.size(), thresholds.begin());
  }
  std::vector<arch::Packet> routes;
  if (routes_.has_readers(layer_number_)) {
    routes_.packets(layer_number_, output.channel, output.y, output.x, routes);
  } else {
    routes.push_back(arch::Packet::to_host(neuron * geometry.levels));
  }
  for (arch::Packet& route : routes) route = route.with_level(first_level);
  image.add_neuron(gathers, thresholds, routes);
  labels.neurons.push_back(
      {static_cast<std::uint32_t>(neuron), static_cast<std::uint16_t>(layer_number_),
       static_cast<std::uint8_t>(first_level), static_cast<std::uint8_t>(thresholds.size())});
}

}  // namespace spikeloom::mapper

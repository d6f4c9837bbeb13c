// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/emit/block_emitter.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/mapper/does_not_fit.h"

namespace spikeloom::mapper {

/// An output neuron of the network, in its block.
struct BlockEmitter::Output {
  int channel;
  int y;
  int x;
};

/// What the synapses of a neuron add up to.
struct BlockEmitter::Sums {
  // Magnitudes of the extreme values of its potential over all possible inputs.
  std::int64_t positive = 0;
  std::int64_t negative = 0;
  std::int64_t synapses = 0;
};

/// A dendrite that an output takes in a group, relative to the block's first group.
struct BlockEmitter::Gather {
  int group;
  int shift;
};

BlockEmitter::BlockEmitter(const converter::SpikingLayer& layer, int layer_number,
                           const LayerMap& map, const NetworkRoutes& routes,
                           const arch::CoreDescription& core)
    : layer_(layer), layer_number_(layer_number), map_(map), routes_(routes), core_(core) {
  for (const converter::Term& term : layer.terms) signs_.emplace_back(term);
}

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
  const std::vector<std::vector<WeightBits>> bits = weight_bits(place);
  std::vector<Gather> gathers;
  std::vector<arch::GatherEntry> entries;
  for_each_output(place, [&](const Output& output) {
    for (std::size_t term = 0; term < map_.terms().size(); ++term) {
      const TermGeometry& geometry = map_.terms()[term].geometry();
      if (!geometry.has_output(output.channel)) continue;
      if (output.channel != channels_beside(output, term, place).first) continue;
      const int first = geometry.conv_groups_of(map_.block_channels(place)).first;
      const int number = geometry.conv_group(output.channel) - first;
      add_synapses(output, term, bits[term][static_cast<std::size_t>(number)], group_base,
                   next_dendrite, groups, image);
    }
    const Sums sums = this->sums(output);
    check_potential(output, sums);
    gather(output, gathers);
    for (int copy = 0; copy < map_.geometry().copies; ++copy) {
      entries.clear();
      for (const auto& [group, shift] : gathers) {
        entries.push_back({next_dendrite[static_cast<std::size_t>(group)]++, shift});
      }
      add_neuron(output, copy, entries, image, labels);
      ++counts.neurons;
      counts.dendrites += static_cast<std::int64_t>(entries.size());
      counts.synapses += sums.synapses;
    }
  });
  for (int group = 0; group < block_groups; ++group) {
    counts.axons += group_at(group).axons;
    counts.groups += group_at(group).dendrites > 0 ? 1 : 0;
  }
  return counts;
}

/// Returns the channels of the block that read the same inputs of a term as an output does.
Span BlockEmitter::channels_beside(const Output& output, std::size_t term,
                                   const BlockPlace& place) const {
  const TermGeometry& geometry = map_.terms()[term].geometry();
  const Span block = map_.block_channels(place);
  const int first =
      geometry.first_output + geometry.conv_group(output.channel) * geometry.outputs_per_group;
  return {std::max(first, block.first), std::min(first + geometry.outputs_per_group, block.end)};
}

/// Returns the weights of a block by term and, from the block's first one on, convolution group.
std::vector<std::vector<WeightBits>> BlockEmitter::weight_bits(const BlockPlace& place) const {
  std::vector<std::vector<WeightBits>> bits;
  for (std::size_t term = 0; term < map_.terms().size(); ++term) {
    const TermGeometry& geometry = map_.terms()[term].geometry();
    const Span conv_groups = geometry.conv_groups_of(map_.block_channels(place));
    std::vector<WeightBits>& of_term = bits.emplace_back();
    for (int group = conv_groups.first; group < conv_groups.end; ++group) {
      const int channel = std::max(geometry.first_output + group * geometry.outputs_per_group,
                                   map_.block_channels(place).first);
      of_term.emplace_back(layer_, geometry, map_.geometry().copies,
                           channels_beside({channel, 0, 0}, term, place));
    }
  }
  return bits;
}

/// Calls `function` with each input of a term that an output reads: its group relative to the
/// block's first group, its axon of level 0, and the index among the weights of an output channel.
template <typename Function>
void BlockEmitter::for_each_input(const Output& output, std::size_t term, Function function) const {
  const TermMap& map = map_.terms()[term];
  const TermGeometry& geometry = map.geometry();
  const int base = unit_base(term, output);
  const int first_channel = geometry.conv_group(output.channel) * geometry.inputs_per_group;
  for (int ky = 0; ky < geometry.y.kernel; ++ky) {
    const int y = geometry.y.tap(output.y, ky);
    if (!geometry.y.inside(y)) continue;
    for (int kx = 0; kx < geometry.x.kernel; ++kx) {
      const int x = geometry.x.tap(output.x, kx);
      if (!geometry.x.inside(x)) continue;
      const TermMap::InputPlace pixel = map.pixel(y, x);
      for (int c = 0; c < geometry.inputs_per_group; ++c) {
        const TermMap::InputPlace channel = map.channel(first_channel + c);
        function(base + pixel.group + channel.group, pixel.axon + channel.axon,
                 c * geometry.kernel_taps() + ky * geometry.x.kernel + kx);
      }
    }
  }
}

/// Writes the weights of an output, which is the first one that reads its inputs, and of all
/// outputs of the block that read the same. `first_dendrites` has the output's first dendrite in
/// each group.
void BlockEmitter::add_synapses(const Output& output, std::size_t term, const WeightBits& bits,
                                int group_base, const std::vector<int>& first_dendrites,
                                std::vector<arch::GroupEntry>& groups, CoreImage& image) const {
  const TermGeometry& geometry = map_.terms()[term].geometry();
  const int per_copy = geometry.dendrites_per_weight();
  for_each_input(output, term, [&](int group, int axon, int weight) {
    // Axons with zero weights are in use too, because their spikes still arrive.
    arch::GroupEntry& entry = groups[static_cast<std::size_t>(group_base + group)];
    entry.axons = std::max(entry.axons, axon + geometry.input_levels);
    const int first = first_dendrites[static_cast<std::size_t>(group)];
    if (!map_.geometry().pooling) {
      image.set_synapses(axon, geometry.input_levels, first,
                         bits.of(static_cast<std::size_t>(weight)));
      return;
    }
    // A pooling neuron reads one level of its inputs.
    for (int i = 0; i < map_.geometry().copies * per_copy; ++i) {
      image.set_synapses(axon + i / per_copy, 1, first + i, 1);
    }
  });
}

/// Returns the sums of a copy of an output.
BlockEmitter::Sums BlockEmitter::sums(const Output& output) const {
  Sums sums;
  const bool pooling = map_.geometry().pooling;
  for (const TermMap& map : map_.terms()) {
    const TermGeometry& geometry = map.geometry();
    if (!geometry.has_output(output.channel)) continue;
    const int levels = pooling ? 1 : geometry.input_levels;
    for (const WeightPlane& plane : geometry.planes) {
      SignCount count;
      for (int ky = 0; ky < geometry.y.kernel; ++ky) {
        if (!geometry.y.inside(geometry.y.tap(output.y, ky))) continue;
        for (int kx = 0; kx < geometry.x.kernel; ++kx) {
          if (!geometry.x.inside(geometry.x.tap(output.x, kx))) continue;
          const SignCount at_tap =
              pooling ? SignCount{geometry.inputs_per_group, 0}
                      : signs_[plane.term].count(output.channel - geometry.first_output,
                                                 ky * geometry.x.kernel + kx);
          count.positive += at_tap.positive;
          count.negative += at_tap.negative;
        }
      }
      sums.positive += count.positive * levels * plane.factor();
      sums.negative += count.negative * levels * plane.factor();
      sums.synapses += (count.positive + count.negative) * levels *
                       static_cast<std::int64_t>(plane.shifts.size());
    }
  }
  return sums;
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

// SPDX-License-Identifier: Apache-2.0
#include "mapper/traffic.h"

#include <algorithm>
#include <map>

namespace spikeloom::mapper {
namespace {

/// Inputs along an axis that the same units see.
struct InputClass {
  std::vector<int> inputs;
  std::vector<UnitPlace> seen_by;
};

std::vector<InputClass> input_classes(const AxisMap& axis) {
  std::vector<InputClass> classes;
  for (int input = 0; input < axis.axis().inputs; ++input) {
    const std::vector<UnitPlace>& seen = axis.seen_by(input);
    if (seen.empty()) continue;
    auto found = std::find_if(classes.rbegin(), classes.rend(),
                              [&](const InputClass& other) { return other.seen_by == seen; });
    if (found == classes.rend()) {
      classes.push_back({{}, seen});
      found = classes.rbegin();
    }
    found->inputs.push_back(input);
  }
  return classes;
}

std::vector<Stream::Receiver> receivers_of(const LayerMap& layer, const BlockIndex& blocks,
                                           int layer_number, int channel_block,
                                           const InputClass& rows, const InputClass& columns) {
  std::vector<Stream::Receiver> receivers;
  for (const UnitPlace& row : rows.seen_by) {
    for (const UnitPlace& column : columns.seen_by) {
      for (int chunk = 0; chunk < layer.chunks(); ++chunk) {
        const int block = layer.block_number({channel_block, row.block, column.block, chunk});
        const int base = layer.expanded() ? 0 : layer.unit_base(row.unit, column.unit);
        receivers.push_back({blocks.number(layer_number, block), base});
      }
    }
  }
  std::sort(receivers.begin(), receivers.end(),
            [](const Stream::Receiver& a, const Stream::Receiver& b) {
              return a.unit_base != b.unit_base ? a.unit_base < b.unit_base : a.block < b.block;
            });
  receivers.erase(std::unique(receivers.begin(), receivers.end(),
                              [](const Stream::Receiver& a, const Stream::Receiver& b) {
                                return a.unit_base == b.unit_base && a.block == b.block;
                              }),
                  receivers.end());
  return receivers;
}

}  // namespace

std::int64_t Stream::spikes_of(int block) const {
  const auto found = std::find_if(sources.begin(), sources.end(),
                                  [block](const Source& source) { return source.block == block; });
  return found == sources.end() ? 0 : found->spikes;
}

SpikeCounts uniform_spikes(const std::vector<LayerMap>& layers) {
  SpikeCounts counts;
  const auto add = [&counts](int neurons, int levels) {
    counts.emplace_back(static_cast<std::size_t>(neurons), static_cast<std::uint32_t>(levels));
  };
  add(layers.front().geometry().inputs(), layers.front().geometry().input_levels);
  for (const LayerMap& layer : layers) add(layer.geometry().outputs(), layer.geometry().levels);
  return counts;
}

Traffic::Traffic(const std::vector<LayerMap>& layers, const SpikeCounts& spikes) : blocks_(layers) {
  received_by_.resize(at(blocks_.blocks()));
  sent_by_.resize(at(blocks_.blocks()));
  outputs_of_.resize(at(blocks_.blocks()));
  const int last = static_cast<int>(layers.size()) - 1;
  for (int layer = 0; layer <= last; ++layer) {
    add_streams(layers, layer == 0 ? Stream::kHost : layer - 1, layer, spikes[at(layer)]);
  }
  add_outputs(layers, last, spikes[at(last + 1)]);
}

void Traffic::add_streams(const std::vector<LayerMap>& layers, int from, int layer,
                          const std::vector<std::uint32_t>& spikes) {
  const LayerMap& target = layers[at(layer)];
  const LayerGeometry& geometry = target.geometry();
  const int inputs_per_block = target.plan().channels.conv_groups * geometry.inputs_per_group;
  const int channels = geometry.conv_groups * geometry.inputs_per_group;
  const std::vector<InputClass> rows = input_classes(target.y());
  const std::vector<InputClass> columns = input_classes(target.x());
  for (int channel_block = 0; channel_block < target.channel_blocks(); ++channel_block) {
    const Span block_channels{channel_block * inputs_per_block,
                              std::min((channel_block + 1) * inputs_per_block, channels)};
    for (const InputClass& row : rows) {
      for (const InputClass& column : columns) {
        std::map<int, Stream::Source> sources;
        for (int c = block_channels.first; c < block_channels.end; ++c) {
          for (const int y : row.inputs) {
            for (const int x : column.inputs) {
              const int block =
                  from == Stream::kHost
                      ? Stream::kHost
                      : blocks_.number(from, layers[at(from)].block_of_output(c, y, x));
              Stream::Source& source =
                  sources.try_emplace(block, Stream::Source{block, 0, 0}).first->second;
              source.spikes += spikes[at((c * geometry.y.inputs + y) * geometry.x.inputs + x)];
              source.neurons += from == Stream::kHost ? 1 : layers[at(from)].geometry().copies;
            }
          }
        }
        const int number = static_cast<int>(streams_.size());
        Stream& stream = streams_.emplace_back();
        stream.expanded = target.expanded();
        stream.receivers = receivers_of(target, blocks_, layer, channel_block, row, column);
        for (const auto& [block, source] : sources) {
          stream.sources.push_back(source);
          if (block != Stream::kHost) sent_by_[at(block)].push_back(number);
        }
        for (const Stream::Receiver& receiver : stream.receivers) {
          std::vector<int>& received = received_by_[at(receiver.block)];
          if (received.empty() || received.back() != number) received.push_back(number);
        }
      }
    }
  }
}

void Traffic::add_outputs(const std::vector<LayerMap>& layers, int layer,
                          const std::vector<std::uint32_t>& spikes) {
  const LayerMap& source = layers[at(layer)];
  const LayerGeometry& geometry = source.geometry();
  for (int block = 0; block < source.blocks(); ++block) {
    outputs_.push_back(
        {blocks_.number(layer, block), 0, source.neurons(source.block_place(block))});
  }
  std::size_t neuron = 0;
  for (int c = 0; c < geometry.conv_groups * geometry.outputs_per_group; ++c) {
    for (int y = 0; y < geometry.y.outputs; ++y) {
      for (int x = 0; x < geometry.x.outputs; ++x) {
        outputs_[at(source.block_of_output(c, y, x))].spikes += spikes[neuron++];
      }
    }
  }
  for (const Stream::Source& output : outputs_) outputs_of_[at(output.block)] = output.spikes;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/traffic.h"

#include <algorithm>
#include <map>

#include "spikeloom/base/index.h"

namespace spikeloom::mapper {
namespace {

using base::at;

/// Inputs along an axis that are read by the same units.
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

std::vector<Stream::Receiver> receivers_of(const LayerMap& layer, std::size_t term,
                                           const BlockIndex& blocks, int layer_number,
                                           const Span& chunks, const InputClass& rows,
                                           const InputClass& columns) {
  const TermMap& map = layer.terms()[term];
  std::vector<Stream::Receiver> receivers;
  for (const UnitPlace& row : rows.seen_by) {
    for (const UnitPlace& column : columns.seen_by) {
      for (int chunk = chunks.first; chunk < chunks.end; ++chunk) {
        const int block = layer.block_at(chunk, row.block, column.block);
        const int base = map.expanded()
                             ? layer.entry_base(term, chunk)
                             : layer.group_base(term, chunk) + map.unit_base(row.unit, column.unit);
        receivers.push_back({blocks.number(layer_number, block), base});
      }
    }
  }
  std::sort(receivers.begin(), receivers.end(),
            [](const Stream::Receiver& a, const Stream::Receiver& b) {
              return a.base != b.base ? a.base < b.base : a.block < b.block;
            });
  receivers.erase(std::unique(receivers.begin(), receivers.end(),
                              [](const Stream::Receiver& a, const Stream::Receiver& b) {
                                return a.base == b.base && a.block == b.block;
                              }),
                  receivers.end());
  return receivers;
}

std::vector<Stream::Source> sources_of(const std::vector<LayerMap>& layers,
                                       const BlockIndex& blocks, const TermGeometry& term,
                                       const Span& channels, const InputClass& rows,
                                       const InputClass& columns,
                                       const std::vector<std::uint32_t>& spikes) {
  const bool host = term.source == converter::kEncoder;
  std::map<int, Stream::Source> by_block;
  for (int c = channels.first; c < channels.end; ++c) {
    for (const int y : rows.inputs) {
      for (const int x : columns.inputs) {
        const int block =
            host ? Stream::kHost
                 : blocks.number(term.source, layers[at(term.source)].block_of_output(c, y, x));
        Stream::Source& source =
            by_block.try_emplace(block, Stream::Source{block, 0, 0}).first->second;
        source.spikes += spikes[at((c * term.y.inputs + y) * term.x.inputs + x)];
        source.neurons += host ? 1 : layers[at(term.source)].geometry().copies;
      }
    }
  }
  std::vector<Stream::Source> sources;
  for (const auto& [block, source] : by_block) sources.push_back(source);
  return sources;
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
  const TermGeometry& first = layers.front().geometry().terms.front();
  add(first.inputs(), first.input_levels);
  for (const LayerMap& layer : layers) add(layer.geometry().output.size(), layer.geometry().levels);
  return counts;
}

Traffic::Traffic(const std::vector<LayerMap>& layers, const SpikeCounts& spikes) : blocks_(layers) {
  received_by_.resize(at(blocks_.blocks()));
  sent_by_.resize(at(blocks_.blocks()));
  outputs_of_.resize(at(blocks_.blocks()));
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    for (std::size_t term = 0; term < layers[layer].terms().size(); ++term) {
      const int source = layers[layer].geometry().terms[term].source;
      add_streams(layers, {layer, term}, spikes[at(source + 1)]);
    }
  }
  add_outputs(layers, static_cast<int>(layers.size()) - 1, spikes.back());
}

void Traffic::add_streams(const std::vector<LayerMap>& layers, const Consumer& reader,
                          const std::vector<std::uint32_t>& spikes) {
  const LayerMap& layer = layers[reader.layer];
  const TermMap& target = layer.terms()[reader.term];
  const std::vector<InputClass> rows = input_classes(target.y());
  const std::vector<InputClass> columns = input_classes(target.x());
  for (const ChannelClass& channels : target.channel_classes()) {
    for (const InputClass& row : rows) {
      for (const InputClass& column : columns) {
        const int number = static_cast<int>(streams_.size());
        Stream& stream = streams_.emplace_back();
        stream.expanded = target.expanded();
        stream.receivers = receivers_of(layer, reader.term, blocks_, static_cast<int>(reader.layer),
                                        channels.chunks, row, column);
        stream.sources =
            sources_of(layers, blocks_, target.geometry(), channels.channels, row, column, spikes);
        for (const Stream::Source& source : stream.sources) {
          if (source.block != Stream::kHost) sent_by_[at(source.block)].push_back(number);
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
  for (int c = 0; c < geometry.output.channels; ++c) {
    for (int y = 0; y < geometry.output.height; ++y) {
      for (int x = 0; x < geometry.output.width; ++x) {
        outputs_[at(source.block_of_output(c, y, x))].spikes += spikes[neuron++];
      }
    }
  }
  for (const Stream::Source& output : outputs_) outputs_of_[at(output.block)] = output.spikes;
}

}  // namespace spikeloom::mapper

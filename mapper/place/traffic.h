// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/mapper/plan/block_index.h"
#include "spikeloom/mapper/plan/layer_plan.h"
#include "spikeloom/mapper/plan/layer_readers.h"

namespace spikeloom::mapper {

/// Spikes summed over images, [source + 1][neuron]: index 0 is the host's input, l + 1 is layer l.
using SpikeCounts = std::vector<std::vector<std::uint32_t>>;

/// Returns the counts used when no spikes were measured: each neuron fires each of its levels once.
SpikeCounts uniform_spikes(const std::vector<LayerMap>& layers);

/// Neurons whose spikes have the same receivers and therefore need the same packets, each to a
/// rectangle of cores.
struct Stream {
  static constexpr int kHost = -1;

  /// A unit with windows over the neurons.
  struct Receiver {
    int block;  ///< by BlockIndex
    int base;   ///< first group of the unit in the block, or first entry of the term if expanded
  };
  /// The neurons of the stream in one block, or in the host's input.
  struct Source {
    int block;  ///< by BlockIndex, or kHost
    std::int64_t spikes;
    std::int64_t neurons;  ///< core neurons, each with route entries of its own
  };

  bool expanded = false;  ///< packets address entries of the receivers' expansion tables
  std::vector<Receiver> receivers;
  std::vector<Source> sources;  ///< in ascending order of block

  /// Whether its neurons are the host's input.
  bool from_host() const { return !sources.empty() && sources.front().block == kHost; }
  /// Spikes of the block's neurons in this stream; 0 if it has none.
  std::int64_t spikes_of(int block) const;
};

/// Traffic between the blocks of a network, independent of their placement.
class Traffic {
 public:
  Traffic(const std::vector<LayerMap>& layers, const SpikeCounts& spikes);

  const BlockIndex& blocks() const { return blocks_; }
  const std::vector<Stream>& streams() const { return streams_; }
  /// Blocks that send to the host, one packet per spike.
  const std::vector<Stream::Source>& outputs() const { return outputs_; }
  /// Spikes that a block sends to the host.
  std::int64_t outputs_of(int block) const { return outputs_of_[at(block)]; }
  /// Indices of the streams that the block receives, and of those that it sends.
  const std::vector<int>& received_by(int block) const { return received_by_[at(block)]; }
  const std::vector<int>& sent_by(int block) const { return sent_by_[at(block)]; }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  /// `spikes` are the counts of the reader's source.
  void add_streams(const std::vector<LayerMap>& layers, const Consumer& reader,
                   const std::vector<std::uint32_t>& spikes);
  void add_outputs(const std::vector<LayerMap>& layers, int layer,
                   const std::vector<std::uint32_t>& spikes);

  BlockIndex blocks_;
  std::vector<Stream> streams_;
  std::vector<Stream::Source> outputs_;
  std::vector<std::int64_t> outputs_of_;
  std::vector<std::vector<int>> received_by_;
  std::vector<std::vector<int>> sent_by_;
};

}  // namespace spikeloom::mapper

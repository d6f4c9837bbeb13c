// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/mapper/plan/block_index.h"
#include "spikeloom/mapper/plan/consumers.h"
#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// Spikes by producer and neuron, summed over images. Producer 0 is the host's input, l + 1 layer
/// l.
using SpikeCounts = std::vector<std::vector<std::uint32_t>>;

/// Each neuron fires each of its levels once: what is expected where nothing was measured.
SpikeCounts uniform_spikes(const std::vector<LayerMap>& layers);

/// Neurons whose spikes go to the same places, so that they need the same packets: a rectangle of
/// cores each.
struct Stream {
  static constexpr int kHost = -1;

  /// A unit with windows over the neurons.
  struct Receiver {
    int block;  ///< by BlockIndex
    int base;   ///< the unit's first group in the block; its term's first entry where expanded
  };
  /// Those of the neurons that one block holds, or the host.
  struct Source {
    int block;  ///< by BlockIndex, or kHost
    std::int64_t spikes;
    std::int64_t neurons;  ///< of the core's tables: each has route entries of its own
  };

  bool expanded = false;  ///< packets name entries of the receivers' expansion tables, not groups
  std::vector<Receiver> receivers;
  std::vector<Source> sources;  ///< by block

  std::int64_t spikes_of(int block) const;
};

/// Who sends how much to whom, wherever the blocks are.
class Traffic {
 public:
  Traffic(const std::vector<LayerMap>& layers, const SpikeCounts& spikes);

  const BlockIndex& blocks() const { return blocks_; }
  const std::vector<Stream>& streams() const { return streams_; }
  /// What blocks send to the host: a packet a spike.
  const std::vector<Stream::Source>& outputs() const { return outputs_; }
  /// Of one block.
  std::int64_t outputs_of(int block) const { return outputs_of_[at(block)]; }
  /// Streams that the block receives, and streams that it sends.
  const std::vector<int>& received_by(int block) const { return received_by_[at(block)]; }
  const std::vector<int>& sent_by(int block) const { return sent_by_[at(block)]; }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  /// `spikes`: of the reader's source.
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

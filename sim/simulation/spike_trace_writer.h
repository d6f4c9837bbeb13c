// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/sim/simulation/schedule.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// Writes all spikes of a run's images as a NumPy archive (docs/waveforms.md). Several processes
/// may write their spikes at the same time; the file does not depend on their number. It gets its
/// final name when `finish` is called.
class SpikeTraceWriter {
 public:
  /// Writes `count` images from `first` on. Keeps references to what `simulation` refers to. Throws
  /// base::UserError if `path` cannot be written.
  SpikeTraceWriter(std::string path, const Simulation& simulation, std::size_t first,
                   std::size_t count);
  ~SpikeTraceWriter();
  SpikeTraceWriter(const SpikeTraceWriter&) = delete;
  SpikeTraceWriter& operator=(const SpikeTraceWriter&) = delete;

  void write(const Observation& seen) const;
  void finish();

 private:
  /// A spike in the log file.
  struct Spike {
    std::int32_t core;
    std::uint32_t neuron;
    std::uint32_t index;
    std::uint32_t level;
  };
  /// Header in the log file before the spikes of a layer in a tick.
  struct Block {
    std::uint32_t tick;
    std::uint32_t layer;
    std::uint64_t spikes;  ///< number of spikes that follow
  };
  struct Place {
    Block block;
    std::uint64_t offset;  ///< of its first spike in the log file, in bytes
  };

  std::uint32_t entry_tick(std::size_t image) const;
  std::vector<Spike> spikes_of(const Observation& seen) const;
  std::vector<Place> find_blocks() const;
  std::vector<Spike> read(const Place& place) const;

  std::string path_;
  std::string log_path_;
  int log_ = -1;
  const arch::Deployment& deployment_;
  const converter::SpikingNetwork& network_;
  const DataSet& data_;
  std::size_t first_;
  std::size_t count_;
  Schedule schedule_;
  std::vector<std::size_t> depths_;  ///< by category
  std::vector<LayerShape> shapes_;   ///< likewise
};

}  // namespace spikeloom::sim

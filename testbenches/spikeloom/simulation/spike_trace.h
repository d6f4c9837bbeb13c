// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/deployment.h"
#include "converter/spiking_network.h"
#include "testbenches/spikeloom/inputs/input_faults.h"
#include "testbenches/spikeloom/simulation/schedule.h"
#include "testbenches/spikeloom/simulation/simulation.h"

namespace spikeloom::program {

struct PreparedRun;

/// Writes all spikes of a run's images as a NumPy archive (docs/waveforms.md). Several processes
/// may write theirs at the same time; the file is the same for any number of them. It gets its
/// place only when `finish` is called.
class SpikeTraceWriter {
 public:
  /// Throws common::UserError where `path` cannot be written.
  SpikeTraceWriter(std::string path, const PreparedRun& prepared);
  ~SpikeTraceWriter();
  SpikeTraceWriter(const SpikeTraceWriter&) = delete;
  SpikeTraceWriter& operator=(const SpikeTraceWriter&) = delete;

  void write(const Observation& seen) const;
  void finish();

 private:
  /// A spike as it lies in the log.
  struct Spike {
    std::int32_t core;
    std::uint32_t neuron;
    std::uint32_t index;
    std::uint32_t level;
  };
  /// The spikes of a layer in a tick follow it in the log.
  struct Block {
    std::uint32_t tick;
    std::uint32_t layer;
    std::uint64_t spikes;
  };
  struct Place {
    Block block;
    std::uint64_t offset;
  };

  std::uint32_t entry_tick(std::size_t image) const;
  std::vector<Spike> spikes_of(const Observation& seen) const;
  std::vector<Place> find_blocks() const;
  std::vector<Spike> read(const Place& place) const;

  std::string path_;
  std::string log_path_;
  int log_ = -1;
  const PreparedRun& prepared_;
  Schedule schedule_;
  std::vector<int> depths_;  ///< by account
};

/// The input of a run, read from such a file: what the host sent for each image.
struct RecordedInput {
  std::size_t first = 0;                        ///< the first image's number in its data set
  std::vector<std::uint8_t> labels;             ///< by image
  std::vector<std::vector<InputSpike>> spikes;  ///< by image, in the order of sending

  /// Throws common::UserError for a file that is not one, or was recorded of another input than
  /// that of `network`.
  static RecordedInput read(const std::string& path, const converter::SpikingNetwork& network);
};

}  // namespace spikeloom::program

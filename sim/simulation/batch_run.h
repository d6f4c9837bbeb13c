// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/hw/functional/layered_board.h"
#include "spikeloom/sim/simulation/host_input.h"
#include "spikeloom/sim/simulation/recorder.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// Runs the images of a range side by side, in batches of hw::kLanes. The results are those of one
/// image after the other.
class BatchRun {
 public:
  /// Whether it serves a simulation: only spikes are wanted, and no one looks at the board.
  static bool serves(const Simulation& simulation);

  /// Keeps references to all.
  BatchRun(const Simulation& simulation, const ImageRange& range, Recorder& recorder,
           HostInput& input, const converter::Readout& readout, hw::LayeredBoard& board);

  void run();

 private:
  /// Sets the input of the board to the spikes of `count` images of the range, from `first` on.
  void load(std::size_t first, std::size_t count);
  void read_out(std::size_t first, std::size_t count);

  const Simulation& simulation_;
  const ImageRange& range_;
  Recorder& recorder_;
  HostInput& host_;
  const converter::Readout& readout_;
  hw::LayeredBoard& board_;

  std::vector<std::uint64_t> bits_;  ///< [image][level][neuron / 64]
};

}  // namespace spikeloom::sim

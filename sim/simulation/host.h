// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/host/host_driver.h"
#include "spikeloom/sim/simulation/host_input.h"
#include "spikeloom/sim/simulation/recorder.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// The host's side of a run: loads the deployment, sends the input spikes of the images and reads
/// the predicted classes.
class Host {
 public:
  /// Keeps references to all; stores the cost of the bus transactions in `result`.
  Host(const Simulation& simulation, const ImageRange& range, const hw::Board& board,
       Recorder& recorder, RangeResult& result);

  /// The sequence that `driver` executes. Throws base::UserError if the configuration does not read
  /// back as written.
  void run(hw::HostDriver& driver);

 private:
  void verify(hw::HostDriver& driver);
  /// Sends the images side by side if that gives the same results. Returns whether it does.
  bool run_batches();
  /// Returns the packets of an image.
  std::vector<std::uint64_t> encode(std::size_t image);
  void read_out(std::size_t tick, const std::vector<std::uint64_t>& outputs);

  const Simulation& simulation_;
  const ImageRange& range_;
  const hw::Board& board_;
  Recorder& recorder_;
  RangeResult& result_;
  std::optional<HostInput> input_;  ///< absent with a workload, like the readout
  std::optional<converter::Readout> readout_;
};

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/input_faults.h"
#include "spikeloom/sim/simulation/board_energy.h"
#include "spikeloom/sim/simulation/range_result.h"
#include "spikeloom/sim/simulation/recorded_input.h"
#include "spikeloom/sim/simulation/schedule.h"

namespace spikeloom::sim {

/// A part of a run: images first .. first + count - 1 of the data set.
struct ImageRange {
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t preload = 0;       ///< images before `first` that fill the pipeline, not recorded
  bool measure_latency = false;  ///< run the first one alone before all others, for its latency
};

/// A layer's spikes of one image, as the chip made them, at the end of their tick.
struct Observation {
  std::size_t image;  ///< in the data set
  std::size_t category;
  std::uint64_t tick;                       ///< since the chip's reset
  const std::vector<std::uint8_t>& levels;  ///< by neuron of the layer: spikes
  const std::vector<InputSpike>& input;     ///< of the host's input; of a layer empty
  hw::Board& board;
};

struct Simulation {
  const arch::Deployment& deployment;
  const converter::SpikingNetwork& network;
  const DataSet& data;
  hw::Timing timing;
  /// Called for each layer of each image of the share where given.
  std::function<void(const Observation&)> observe;
  /// Called as often as an image is done.
  std::function<void()> progress;
  /// Read back all of the configuration before the first tick.
  bool verify_config = false;
  InputFaults faults = {};
  /// What the host sends in place of encoded images.
  const RecordedInput* recorded = nullptr;
  /// Write waveforms, with the power that `energy` gives.
  const hw::TraceRequest* trace = nullptr;
  const BoardEnergy* energy = nullptr;

  /// Where its images are in which tick.
  Schedule schedule() const {
    return {deployment.chip.sync.pipeline, static_cast<std::size_t>(network.depth())};
  }
};

/// The chip reported a fault.
class ChipStopped : public base::UserError {
 public:
  using base::UserError::UserError;
};

/// Elaborates a board, loads the deployment over its bus and runs a share of the images, pipelined
/// (an image a tick) or one after the other, as the chip's sync.pipeline says. Once a process
/// (SystemC elaborates once). Throws ChipStopped where the chip reports a fault, and
/// base::UserError where its memory does not hold what was written.
RangeResult simulate(const Simulation& simulation, const ImageRange& range);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/cosim/vectors/vector_recorder.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/hw/faults/hardware_faults.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/input_faults.h"
#include "spikeloom/sim/inputs/workload_config.h"
#include "spikeloom/sim/simulation/board_energy.h"
#include "spikeloom/sim/simulation/layer_shapes.h"
#include "spikeloom/sim/simulation/range_result.h"
#include "spikeloom/sim/simulation/recorded_input.h"
#include "spikeloom/sim/simulation/schedule.h"

namespace spikeloom::sim {

/// A range of a run's images: first .. first + count - 1 of the data set.
struct ImageRange {
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t preload = 0;       ///< unrecorded images before `first` that fill the pipeline
  bool measure_latency = false;  ///< run image `first` alone before all others
};

/// The spikes of a layer for one image, as read from the chip at the end of the tick in which they
/// fired.
struct Observation {
  std::size_t image;  ///< index in the data set
  std::size_t category;
  std::uint64_t tick;                       ///< counted from the chip's reset
  const std::vector<std::uint8_t>& levels;  ///< number of spikes by neuron of the layer
  const std::vector<InputSpike>& input;     ///< spikes of the host's input; empty for a layer
  hw::Board& board;
};

/// Input, options and callbacks of a simulation. Keeps references to what it is made from.
struct Simulation {
  const arch::Deployment& deployment;
  const converter::SpikingNetwork& network;
  const DataSet& data;
  hw::Timing timing;
  /// Called for each layer of each image of the range, if set.
  std::function<void(const Observation&)> observe;
  /// Called after each image, if set.
  std::function<void()> progress;
  /// If set, takes the records of the images, which the result then lacks.
  ImageRecords::BlockSink send_block = nullptr;
  /// Read back the whole configuration before the first tick.
  bool verify_config = false;
  InputFaults faults = {};
  hw::HardwareFaults hardware_faults = {};
  /// If not null, the host sends this input instead of encoded images.
  const RecordedInput* recorded = nullptr;
  /// If not null, the deployment is of this workload: there is no network, no data and no input,
  /// and each tick counts as an image.
  const WorkloadConfig* workload = nullptr;
  /// If not null, write waveforms, with the power computed by `energy`.
  const hw::TraceRequest* trace = nullptr;
  const BoardEnergy* energy = nullptr;
  /// If not null, records golden vectors. Not together with waveforms.
  cosim::VectorRecorder* vectors = nullptr;
  /// Parts of the board in place of the built-in ones.
  hw::BoardParts parts = {};

  /// Returns the shapes of the input and of the layers.
  std::vector<LayerShape> shapes() const {
    return workload != nullptr ? layer_shapes(*workload) : layer_shapes(network);
  }
  /// Returns which image is where in which tick.
  Schedule schedule() const {
    if (workload != nullptr) return Schedule::of_ticks(static_cast<std::size_t>(workload->warm_up));
    return {deployment.chip.sync, static_cast<std::size_t>(network.depth())};
  }
};

/// The chip reported a fault.
class ChipStopped : public base::UserError {
 public:
  using base::UserError::UserError;
};

/// Elaborates a board, loads the deployment over its bus and runs a range of the images, pipelined
/// (an image every sync.ticks_per_image ticks) or one after the other, according to the chip's
/// sync.pipeline. May be called once per process, since SystemC elaborates once. Throws ChipStopped
/// if the chip reports a fault, and base::UserError if its memory does not read back as written.
RangeResult simulate(const Simulation& simulation, const ImageRange& range);

}  // namespace spikeloom::sim

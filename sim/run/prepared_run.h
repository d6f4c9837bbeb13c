// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/base/progress.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/report/report.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/run_config.h"
#include "spikeloom/sim/run/run_request.h"
#include "spikeloom/sim/simulation/recorded_input.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// All that a run needs before it starts: network converted and mapped, data read, all checked
/// against each other.
struct PreparedRun {
  RunConfig config;
  converter::SpikingNetwork network;
  arch::Deployment deployment;
  DataSet data;
  std::size_t first = 0;
  std::size_t count = 0;
  std::optional<RecordedInput> recorded;  ///< in place of images: `data` has labels alone then

  /// Its simulation, with nobody who observes; refers to this.
  Simulation simulation() const;
};

/// Maps a run's network as its configuration says. Throws base::UserError where it does not fit.
/// Shows its progress on `sink`, which may be null; fills `report` where given.
arch::Deployment map_run(const RunConfig& config, const converter::SpikingNetwork& network,
                         base::ProgressSink* sink, mapper::MappingReport* report = nullptr);

/// Throws base::UserError where network, input faults, data set and images do not go together, or
/// the images take longer than can be simulated.
void check_run(const RunConfig& config, const converter::SpikingNetwork& network,
               const DataSet& data);

/// Reads the run file with its settings, data set or trace, and prepares the run. Mapping shows its
/// progress on `sink`, which may be null. Throws base::UserError.
PreparedRun prepare_run(const RunRequest& request, base::ProgressSink* sink);

/// As the first, of parts that are there already; without a deployment as the configuration says.
PreparedRun prepare_run(RunConfig config, converter::SpikingNetwork network, DataSet data,
                        std::optional<arch::Deployment> deployment, base::ProgressSink* sink);

}  // namespace spikeloom::sim

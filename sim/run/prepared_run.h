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
#include "spikeloom/sim/run/mapping_cache.h"
#include "spikeloom/sim/run/run_request.h"
#include "spikeloom/sim/simulation/recorded_input.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// Where a run's deployment is from.
enum class MappingOrigin {
  kMapped,
  kRemapped,  ///< mapped, because the file in the cache was damaged
  kCache,
  kGiven,  ///< a file of the user, another run, or a workload
};

/// Everything that a run needs before it starts: the network converted and mapped, the data set
/// read, all checked for consistency. The run of a workload has its deployment alone: no network,
/// no data, and ticks in place of images.
struct PreparedRun {
  RunConfig config;
  converter::SpikingNetwork network;
  arch::Deployment deployment;
  MappingOrigin mapping = MappingOrigin::kGiven;
  DataSet data;
  std::size_t first = 0;                  ///< index of the first image in the data set
  std::size_t count = 0;                  ///< number of images
  std::optional<RecordedInput> recorded;  ///< replaces the images; `data` then holds only labels

  /// Returns the run's simulation without an observer. It refers to this object.
  Simulation simulation() const;
};

/// Maps a run's network according to its configuration. Throws base::UserError if it does not fit.
/// Shows its progress on `sink`, which may be null; fills `report` unless it is null.
arch::Deployment map_run(const RunConfig& config, const converter::SpikingNetwork& network,
                         base::ProgressSink* sink, mapper::MappingReport* report = nullptr);

/// Throws base::UserError if the network, input faults, data set and images are inconsistent, or if
/// the images take longer than the simulated time that can be represented.
void check_run(const RunConfig& config, const converter::SpikingNetwork& network,
               const DataSet& data);

/// Throws base::UserError if the ticks of a run's workload take longer than the simulated time that
/// can be represented.
void check_workload(const RunConfig& config);

/// Throws base::UserError if the run is of a workload.
void require_network(const RunConfig& config);

/// Reads the run file with its settings and the data set or the trace, and prepares the run.
/// Mapping shows its progress on `sink`, which may be null. Throws base::UserError.
PreparedRun prepare_run(const RunRequest& request, base::ProgressSink* sink);

/// Likewise from parts that are already loaded. Without a deployment, loads one or maps the
/// network, as the configuration says; `cache` may be null.
PreparedRun prepare_run(RunConfig config, converter::SpikingNetwork network, DataSet data,
                        std::optional<arch::Deployment> deployment, base::ProgressSink* sink,
                        const MappingCache* cache = nullptr);

/// Likewise of a workload.
PreparedRun prepare_workload(RunConfig config);

}  // namespace spikeloom::sim

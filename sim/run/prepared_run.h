// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/report/report.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/run_config.h"
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
/// Shows its progress if not `quiet`; fills `report` where given.
arch::Deployment map_run(const RunConfig& config, const converter::SpikingNetwork& network,
                         bool quiet, mapper::MappingReport* report = nullptr);

/// Throws base::UserError where network, input faults, data set and images do not go together, or
/// the images take longer than can be simulated.
void check_run(const RunConfig& config, const converter::SpikingNetwork& network,
               const DataSet& data);

/// The options that choose the run's images.
void add_image_options(boost::program_options::options_description& description);

/// The other options by which a command line changes a run file.
void add_run_options(boost::program_options::options_description& description);

/// Reads run file and options ("run", --images, --first, --timing, --board, --set) and prepares the
/// run. Throws base::UserError.
PreparedRun prepare_run(const boost::program_options::variables_map& options);

/// As the first, but the input is that of a recorded spike trace, the option "trace": the data set
/// is not read.
PreparedRun prepare_replay(const boost::program_options::variables_map& options);

/// As the first, with the settings "key=value" alone. Mapping shows its progress if not `quiet`.
PreparedRun prepare_run(const std::string& path, const std::vector<std::string>& settings,
                        bool quiet);

/// As the first, of parts that are there already; without a deployment as the configuration says.
PreparedRun prepare_run(RunConfig config, converter::SpikingNetwork network, DataSet data,
                        std::optional<arch::Deployment> deployment, bool quiet);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "common/deployment.h"
#include "converter/spiking_network.h"
#include "mapper/report.h"
#include "testbenches/spikeloom/inputs/data_set.h"
#include "testbenches/spikeloom/inputs/run_config.h"
#include "testbenches/spikeloom/simulation/recorded_input.h"
#include "testbenches/spikeloom/simulation/simulation.h"

namespace spikeloom::program {

/// All that a run needs before it starts: network converted and mapped, data read, all checked
/// against each other.
struct PreparedRun {
  RunConfig config;
  converter::SpikingNetwork network;
  common::Deployment deployment;
  DataSet data;
  std::size_t first = 0;
  std::size_t count = 0;
  std::optional<RecordedInput> recorded;  ///< in place of images: `data` has labels alone then

  /// Its simulation, with nobody who observes; refers to this.
  Simulation simulation() const;
};

/// Maps a run's network as its configuration says. Throws common::UserError where it does not fit.
/// Shows its progress if not `quiet`; fills `report` where given.
common::Deployment map_run(const RunConfig& config, const converter::SpikingNetwork& network,
                           bool quiet, mapper::MappingReport* report = nullptr);

/// Throws common::UserError where network, input faults, data set and images do not go together, or
/// the images take longer than can be simulated.
void check_run(const RunConfig& config, const converter::SpikingNetwork& network,
               const DataSet& data);

/// The options that choose the run's images.
void add_image_options(boost::program_options::options_description& description);

/// The other options by which a command line changes a run file.
void add_run_options(boost::program_options::options_description& description);

/// Reads run file and options ("run", --images, --first, --timing, --board, --set) and prepares the
/// run. Throws common::UserError.
PreparedRun prepare_run(const boost::program_options::variables_map& options);

/// As the first, but the input is that of a recorded spike trace, the option "trace": the data set
/// is not read.
PreparedRun prepare_replay(const boost::program_options::variables_map& options);

/// As the first, with the settings "key=value" alone. Mapping shows its progress if not `quiet`.
PreparedRun prepare_run(const std::string& path, const std::vector<std::string>& settings,
                        bool quiet);

/// As the first, of parts that are there already; without a deployment as the configuration says.
PreparedRun prepare_run(RunConfig config, converter::SpikingNetwork network, DataSet data,
                        std::optional<common::Deployment> deployment, bool quiet);

}  // namespace spikeloom::program

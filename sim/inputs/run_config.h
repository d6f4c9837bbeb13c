// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/config_file.h"
#include "spikeloom/hw/energy/energy_description.h"
#include "spikeloom/hw/faults/hardware_faults.h"
#include "spikeloom/hw/sync/tick_barrier.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/plan/objective.h"
#include "spikeloom/sim/inputs/data_source.h"
#include "spikeloom/sim/inputs/input_faults.h"
#include "spikeloom/sim/inputs/source_file.h"
#include "spikeloom/sim/inputs/workload_config.h"

namespace spikeloom::sim {

/// A validated run file with the chip and energy files that it names.
struct RunConfig {
  std::string path;
  std::string name;
  std::string network;     ///< path of an ONNX model or a spiking network file
  std::string deployment;  ///< path of a deployment to run instead of mapping; may be empty
  arch::ChipDescription chip;
  std::string chip_path;
  hw::EnergyDescription energy;
  std::string energy_path;
  DataSource data;
  std::int64_t first = 0;   ///< index of the first image in the data set
  std::int64_t images = 0;  ///< number of images; 0: all from `first` on; of a workload, of ticks
  hw::Timing timing = hw::Timing::kCycle;
  std::uint64_t seed = 0;  ///< of the mapper, or of the workload
  mapper::Objective objective = mapper::kDefaultObjective;
  int effort = mapper::kDefaultEffort;
  InputFaults faults;
  hw::HardwareFaults hardware_faults;
  std::optional<WorkloadConfig> workload;  ///< in place of network, data, mapper and faults
  std::vector<SourceFile> files;           ///< of a prepared run also those of the images
  std::vector<std::string> settings;  ///< "key=value" of load_run, except images, first, timing
};

/// Reads a run file. `settings` ("key=value") override keys of the run file ("images=10"), the
/// files that it names ("chip=my.yaml", relative to the working directory), or keys in those files
/// ("chip.core.axons=512", "energy.events.gather.energy=1 pJ"). Throws base::UserError, also for a
/// voltage or clock that the technology does not allow, and for a workload that does not fit the
/// chip.
RunConfig load_run(const std::string& path, const std::vector<std::string>& settings);
RunConfig load_run(const std::string& path, const std::vector<base::Override>& settings);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/config_file.h"

namespace spikeloom::sim {

/// Where the neurons of a workload send their spikes, each to one axon of one core.
enum class Destinations {
  kRandom,  ///< to a core in use, each as likely as the others
  kLocal,   ///< to a core within a radius
};

constexpr std::string_view name(Destinations value) {
  switch (value) {
    case Destinations::kRandom:
      return "random";
    case Destinations::kLocal:
      return "local";
  }
  return {};
}

/// A synthetic load of a chip, in place of a network and its data (docs/running.md).
struct WorkloadConfig {
  double firing_rate = 0.0;         ///< probability that a neuron fires in a tick
  std::optional<double> firing_hz;  ///< the same as the run file gives it, if as a frequency
  int active_synapses = 0;          ///< nonzero synapses of each axon
  Destinations destinations = Destinations::kRandom;
  int radius = 0;   ///< of local destinations, in cores along each axis
  int cores = 0;    ///< cores in use, the first ones of the board
  int neurons = 0;  ///< neurons of each of them
  int ticks = 0;
  int warm_up = 0;  ///< ticks before these that do not count
  std::uint64_t seed = 0;
  std::map<std::string, std::string> locations;  ///< of its keys in the run file
};

/// Reads the mapping `workload` of a run file. Problems are errors of `file`. The number of cores
/// or of neurons is 0 if it is not given.
WorkloadConfig read_workload(const base::ConfigMap& map, base::ConfigFile& file);

/// Completes a workload by what depends on the chip: numbers of cores and neurons that are not
/// given, which are all, and the firing rate of a frequency. Throws base::UserError that lists all
/// numbers which the chip does not allow; `chip_path` names its file.
void fit_to_chip(WorkloadConfig& workload, const arch::ChipDescription& chip,
                 const std::string& chip_path);

}  // namespace spikeloom::sim

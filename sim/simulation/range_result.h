// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/faults/hardware_faults.h"
#include "spikeloom/hw/host/host_driver.h"
#include "spikeloom/sim/simulation/image_records.h"

namespace spikeloom::sim {

/// Activity of a core in the steady ticks.
struct CoreUse {
  std::uint64_t spikes = 0;
  std::uint64_t busy_cycles = 0;  ///< from each tick's start to the core's last neuron
  std::uint64_t dendrites = 0;    ///< ternary dendrites that hold synapses; the same in every tick
};

/// Late spikes at one receiver, in the ticks of the range's images.
struct LateCounts {
  int core = 0;  ///< core number, or hw::LateReport::kHost
  std::uint64_t spikes = 0;
  std::uint64_t unfinished_ticks = 0;
  std::uint64_t first_tick = 0;  ///< first tick with a late spike; 0 is the first image's
};

/// Result of simulating a range of images.
struct RangeResult {
  ImageRecords images;
  std::vector<std::vector<std::uint32_t>> spikes;  ///< [category][neuron], summed over the images
  hw::BusCost load;
  std::optional<hw::BusCost> verification;  ///< if Simulation::verify_config is set
  hw::FaultCounts faults;
  std::vector<LateCounts> late;  ///< by receiver, the host first; only receivers with late spikes
  /// Events of each core in the steady ticks, in the deployment's order.
  std::vector<hw::EventCounts> cores;
  std::vector<CoreUse> core_use;     ///< in the steady ticks, by core in the deployment's order
  std::vector<std::uint64_t> links;  ///< packets in the steady ticks, by arch::Link::index

  /// Appends the result of the range that follows this one.
  void append(RangeResult&& next);
};

}  // namespace spikeloom::sim

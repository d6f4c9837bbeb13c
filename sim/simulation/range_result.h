// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/faults/hardware_faults.h"
#include "spikeloom/hw/host/host_driver.h"

namespace spikeloom::sim {

/// Activity of one category for one image.
struct LayerCounts {
  std::uint64_t spikes = 0;
  std::uint64_t synaptic_operations = 0;  ///< nonzero physical synapses driven
  std::uint64_t row_word_reads = 0;       ///< crossbar words read, zeros included
  std::uint64_t packets = 0;              ///< packets sent
  std::uint64_t deliveries = 0;           ///< deliveries of those packets to cores
  std::uint64_t axon_writes = 0;          ///< axons set by packets to this layer
  std::uint64_t paper_sop = 0;            ///< received spikes x ANN neurons x levels x 2
};

/// When a category finished in a tick, in cycles from the tick's start.
struct PartTiming {
  static constexpr std::int32_t kNone = -1;

  std::int64_t core_cycles = 0;    ///< end of the last core that holds neurons of it
  std::int64_t packet_cycles = 0;  ///< its last packet entered the network or arrived
  std::int32_t core = kNone;       ///< number of that last core
  std::int32_t reserved = 0;       ///< no padding: the struct is sent as bytes
};

/// A tick with the activity of all layers.
struct TickRecord {
  std::int64_t cycles = 0;
  std::int64_t last_output = 0;  ///< cycle of the last packet to the host; 0 if there is none
  std::vector<hw::EventCounts> events;  ///< by category
  std::vector<PartTiming> parts;        ///< by category
};

/// Activity of a core in the steady ticks.
struct CoreUse {
  std::uint64_t spikes = 0;
  std::uint64_t busy_cycles = 0;  ///< from each tick's start to the core's last neuron
  std::uint64_t dendrites = 0;    ///< ternary dendrites that hold synapses; the same in every tick
};

/// One image: the activity that it caused in each layer, in whichever tick, and the ticks
/// attributed to it: with a pipeline the tick in which the host sent it, without one all ticks from
/// then to its last output.
struct ImageRecord {
  std::size_t index = 0;         ///< index in the data set
  std::optional<int> label;      ///< class; absent if the images have no labels
  std::optional<int> predicted;  ///< class; absent with a workload
  bool steady = false;           ///< counts in the means: every layer held an image, or no pipeline
  /// Cycles from its first packet to its last output, if it was alone on the chip.
  std::optional<std::int64_t> latency_cycles;
  std::vector<LayerCounts> layers;  ///< by category
  std::vector<TickRecord> ticks;

  std::int64_t cycles() const;  ///< sum over its ticks
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
  std::vector<ImageRecord> images;
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

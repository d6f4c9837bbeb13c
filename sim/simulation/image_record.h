// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/hw/energy/events.h"

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

}  // namespace spikeloom::sim

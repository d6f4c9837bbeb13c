// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/host/host_driver.h"

namespace spikeloom::sim {

/// What one account did for one image.
struct LayerCounts {
  std::uint64_t spikes = 0;
  std::uint64_t synaptic_operations = 0;  ///< nonzero physical synapses driven
  std::uint64_t row_word_reads = 0;       ///< crossbar words read, zeros included
  std::uint64_t packets = 0;              ///< that it sent
  std::uint64_t deliveries = 0;           ///< of those, to cores
  std::uint64_t axon_writes = 0;          ///< axons that the packets to it have set
  std::uint64_t paper_sop = 0;            ///< received spikes x ANN neurons x levels x 2
};

/// When an account was done in a tick, in cycles from the tick's start.
struct PartTiming {
  static constexpr std::int32_t kNone = -1;

  std::int64_t core_cycles = 0;    ///< the last of the cores that hold neurons of it
  std::int64_t packet_cycles = 0;  ///< its last packet had entered or arrived
  std::int32_t core = kNone;       ///< that last core
  std::int32_t reserved = 0;
};

/// A tick, with all that happened then in any layer.
struct TickRecord {
  std::int64_t cycles = 0;
  std::int64_t last_output = 0;         ///< cycle of the host's last packet; 0 for none
  std::vector<hw::EventCounts> events;  ///< by account
  std::vector<PartTiming> parts;        ///< by account
};

/// What a core did in the ticks that count.
struct CoreUse {
  std::uint64_t spikes = 0;
  std::uint64_t busy_cycles = 0;  ///< from a tick's start to its last neuron
  std::uint64_t dendrites = 0;    ///< ternary ones that hold synapses, in any tick
};

/// One image: what it caused in each layer, whenever that was; and the ticks that are booked to it:
/// pipelined, the one in which the host sent it, otherwise all from then to its last output.
struct ImageRecord {
  std::size_t index = 0;  ///< in the data set
  int label = 0;
  int predicted = 0;
  bool steady = false;  ///< its time and energy count: every layer held an image, or no pipeline
  /// From its first packet to its last output, where it was alone on the chip.
  std::optional<std::int64_t> latency_cycles;
  std::vector<LayerCounts> layers;  ///< by account
  std::vector<TickRecord> ticks;

  std::int64_t cycles() const;  ///< of its ticks
};

/// What was late at one receiver, in the ticks of the share's images.
struct LateCounts {
  int core = 0;  ///< or hw::LateReport::kHost
  std::uint64_t spikes = 0;
  std::uint64_t unfinished_ticks = 0;
  std::uint64_t first_tick = 0;  ///< 0 being that of the first image
};

struct RangeResult {
  std::vector<ImageRecord> images;
  std::vector<std::vector<std::uint32_t>> spikes;  ///< [account][neuron], summed over the images
  hw::BusCost load;
  std::optional<hw::BusCost> verification;  ///< where Simulation::verify_config
  std::vector<LateCounts> late;             ///< by receiver, the host first; those that had any
  /// Each core's own events in the ticks that count, in the deployment's order.
  std::vector<hw::EventCounts> cores;
  std::vector<CoreUse> core_use;     ///< likewise
  std::vector<std::uint64_t> links;  ///< packets in those ticks, by hw::Link::index

  /// Adds the images after this result's, and what was counted for them.
  void append(RangeResult&& next);
};

}  // namespace spikeloom::sim

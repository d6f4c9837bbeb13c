// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Reads a board's cores at the end of a tick and accumulates the activity of each over the steady
/// ticks. Configures the cores to count events by category.
class CoreStatistics {
 public:
  /// Keeps references to both.
  CoreStatistics(const arch::Deployment& deployment, hw::Board& board);

  /// Sets `levels` to the spike counts of the last tick: [layer][neuron].
  void read_levels(std::vector<std::vector<std::uint8_t>>& levels) const;
  /// Returns when each category finished in the last tick.
  std::vector<PartTiming> part_timings() const;
  /// Adds the last tick; `events` by core of the board.
  void add(const std::vector<hw::EventCounts>& events);

  /// RangeResult::cores
  const std::vector<hw::EventCounts>& events() const { return events_; }
  /// RangeResult::core_use
  std::vector<CoreUse> use() const;

 private:
  void set_core_categories(const arch::CoreLabels& labels);

  const arch::Deployment& deployment_;
  hw::Board& board_;
  // By core of the deployment:
  std::vector<std::vector<std::size_t>> categories_;  ///< categories whose neurons the core holds
  std::vector<hw::EventCounts> events_;
  std::vector<CoreUse> use_;  ///< without `dendrites`
};

}  // namespace spikeloom::sim

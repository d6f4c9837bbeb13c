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

/// Reads a board's cores at the end of a tick, and sums up what each did in those that count. Has
/// the cores tell their events apart by account.
class CoreStatistics {
 public:
  /// Both are referred to.
  CoreStatistics(const arch::Deployment& deployment, hw::Board& board);

  /// Sets `levels` to the spikes of the tick just done: [layer][neuron].
  void read_levels(std::vector<std::vector<std::uint8_t>>& levels) const;
  /// When each account was done in it.
  std::vector<PartTiming> part_timings() const;
  /// Adds the tick just done; `events` by core of the board.
  void book(const std::vector<hw::EventCounts>& events);

  /// RangeResult::cores
  const std::vector<hw::EventCounts>& events() const { return events_; }
  /// RangeResult::core_use
  std::vector<CoreUse> use() const;

 private:
  void name_categories(const arch::CoreLabels& labels);

  const arch::Deployment& deployment_;
  hw::Board& board_;
  // By core of the deployment:
  std::vector<std::vector<std::size_t>> categories_;  ///< whose neurons it holds
  std::vector<hw::EventCounts> events_;
  std::vector<CoreUse> use_;  ///< without the dendrites
};

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/sync/tick_barrier.h"
#include "spikeloom/sim/simulation/core_statistics.h"
#include "spikeloom/sim/simulation/schedule.h"
#include "spikeloom/sim/simulation/simulation.h"
#include "spikeloom/sim/simulation/spike_statistics.h"

namespace spikeloom::sim {

/// Follows the images through the chip: at the end of each tick, books what each layer did for the
/// image that it held.
class Recorder {
 public:
  /// All are referred to.
  Recorder(const Simulation& simulation, const ImageRange& range, hw::Board& board);

  const Schedule& schedule() const { return schedule_; }

  /// Image `share.first` has gone through alone, from the chip's first tick on.
  void alone_done() { images_.front().latency_cycles = latency(0); }
  /// From now on, image `share.first - share.preload` is the one of tick `tick`.
  void start(std::uint64_t tick) { start_ = tick; }
  /// The host has encoded an image: `position` 0 is that of the start; spikes by neuron, and each.
  void input(std::size_t position, const std::vector<std::uint8_t>& levels,
             const std::vector<InputSpike>& spikes);
  /// `events` by account, `core_events` by core of the board.
  void tick_done(const hw::TickReport& report, const std::vector<hw::EventCounts>& events,
                 const std::vector<hw::EventCounts>& core_events);
  /// The record of the image that the last layer holds in tick `tick` from the start, or null.
  ImageRecord* leaving(std::size_t tick) { return at_depth(tick, depths_.back()); }

  /// Which image the host was sending in the last tick, for messages.
  std::string last_entry() const;

  /// Moves all records to `result`.
  void finish(RangeResult& result);

 private:
  struct Tick {
    hw::TickReport report;
    std::int64_t last_output;
  };

  /// The record of the image that layers of `depth` hold in tick `tick`, or null.
  ImageRecord* at_depth(std::size_t tick, std::size_t depth);
  /// The record of an image by its position, 0 being the first preloaded one, or null.
  ImageRecord* record(std::size_t position);

  void book_category(std::size_t tick, std::size_t category, const hw::TickReport& report,
                     const hw::EventCounts& events);
  void book_tick(std::size_t tick, const hw::TickReport& report,
                 const std::vector<hw::EventCounts>& events,
                 const std::vector<hw::EventCounts>& core_events);
  void book_late(std::size_t tick);
  /// From the start of tick `first`, counted from the chip's reset, to the host's last packet of an
  /// image that entered then.
  std::int64_t latency(std::size_t first) const;
  void observe(const ImageRecord& image, std::size_t category, std::uint64_t tick,
               const std::vector<std::uint8_t>& levels, const std::vector<InputSpike>& input);

  const Simulation& simulation_;
  const ImageRange& range_;
  hw::Board& board_;
  std::vector<std::size_t> depths_;  ///< by account
  Schedule schedule_;
  SpikeStatistics spikes_;
  CoreStatistics cores_;
  std::vector<std::vector<std::uint8_t>> levels_;  ///< [layer][neuron], of the tick just done
  std::vector<ImageRecord> images_;
  std::vector<std::uint64_t> links_;
  std::map<int, LateCounts> late_;
  std::vector<Tick> ticks_;  ///< all, from the chip's reset
  std::optional<std::uint64_t> start_;
};

}  // namespace spikeloom::sim

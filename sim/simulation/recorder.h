// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/functional/layered_board.h"
#include "spikeloom/hw/sync/tick_barrier.h"
#include "spikeloom/sim/simulation/core_statistics.h"
#include "spikeloom/sim/simulation/schedule.h"
#include "spikeloom/sim/simulation/simulation.h"
#include "spikeloom/sim/simulation/spike_statistics.h"

namespace spikeloom::sim {

/// Tracks the images through the chip. At the end of each tick, attributes the activity of each
/// layer to the image that the layer held.
class Recorder {
 public:
  /// Keeps references to all.
  Recorder(const Simulation& simulation, const ImageRange& range, hw::Board& board);

  const Schedule& schedule() const { return schedule_; }

  /// To be called when image `range.first` has run through alone, from the chip's first tick on.
  void alone_done() { image(0).latency_cycles = latency(0); }
  /// To be called when the image sequence starts: image `range.first - range.preload` enters in
  /// tick `tick`.
  void start(std::uint64_t tick) { start_ = tick; }
  /// To be called when the host has encoded the image at `position`, 0 being the first one after
  /// start(). `levels` is the number of spikes by neuron, `spikes` lists them.
  void input(std::size_t position, const std::vector<std::uint8_t>& levels,
             const std::vector<InputSpike>& spikes);
  /// To be called at the end of a tick; `events` by category, `core_events` by core of the board.
  /// `faults` may be null.
  void tick_done(const hw::TickReport& report, const std::vector<hw::EventCounts>& events,
                 const std::vector<hw::EventCounts>& core_events, const hw::PacketFaults* faults);
  /// Returns the record of the image that the last layer holds in tick `tick` after start(), or
  /// null.
  ImageRecord* leaving(std::size_t tick) { return at_depth(tick, depths_.back()); }

  // Of images that run side by side (BatchRun).
  SpikeStatistics& spikes() { return spikes_; }
  /// To be called when the next `count` images of the range have run.
  void batch_done(std::size_t count, hw::LayeredBoard& board);
  /// Returns the record of an image of the range, 0 being the first one.
  ImageRecord& image(std::size_t number);

  /// To be called when the outputs of all ticks before `tick` after start() are read.
  void ticks_read(std::size_t tick);
  /// To be called when the records of the first `count` images of the range are complete.
  void images_done(std::size_t count);

  /// Describes, for messages, which image the host was sending in the last tick.
  std::string last_entry() const;

  /// Moves all records to `result`.
  void finish(RangeResult& result);

 private:
  struct Tick {
    hw::TickReport report;
    std::int64_t last_output;
  };

  /// Returns the record of the image that layers of `depth` hold in tick `tick`, or null.
  ImageRecord* at_depth(std::size_t tick, std::size_t depth);
  /// Returns the record of the image at a position, 0 being the first preloaded one; null for a
  /// preloaded image or one after the last.
  ImageRecord* record(std::size_t position);

  void add_layer_counts(std::size_t tick, std::size_t category, const hw::TickReport& report,
                        const hw::EventCounts& events);
  void add_tick(std::size_t tick, const hw::TickReport& report,
                const std::vector<hw::EventCounts>& events,
                const std::vector<hw::EventCounts>& core_events);
  void add_late_spikes(std::size_t tick);
  void add_faults(std::size_t tick, const hw::PacketFaults& faults);
  /// Returns the cycles from the start of tick `first`, counted from the chip's reset, to the last
  /// output packet of the image that entered in it.
  std::int64_t latency(std::uint64_t first) const;
  void observe(const ImageRecord& image, std::size_t category, std::uint64_t tick,
               const std::vector<std::uint8_t>& levels, const std::vector<InputSpike>& input);

  const Simulation& simulation_;
  const ImageRange& range_;
  hw::Board& board_;
  std::vector<std::size_t> depths_;  ///< by category
  std::size_t ticks_in_layers_;      ///< from an image's entry until no layer holds it
  Schedule schedule_;
  SpikeStatistics spikes_;
  CoreStatistics cores_;
  std::vector<std::vector<std::uint8_t>> levels_;  ///< [layer][neuron], of the last tick
  ImageRecords done_;                              ///< complete
  std::deque<ImageRecord> images_;                 ///< those after them
  std::size_t images_done_ = 0;
  std::vector<std::uint64_t> links_;
  std::map<int, LateCounts> late_;
  std::uint64_t dropped_packets_ = 0;
  std::uint64_t corrupted_packets_ = 0;
  std::deque<Tick> ticks_;  ///< the last ones, as many as an image takes
  std::optional<std::uint64_t> start_;
};

}  // namespace spikeloom::sim

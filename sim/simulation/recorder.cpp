// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/recorder.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {

Recorder::Recorder(const Simulation& simulation, const ImageRange& range, hw::Board& board)
    : simulation_(simulation),
      range_(range),
      board_(board),
      depths_(category_depths(simulation.deployment)),
      ticks_in_layers_(*std::max_element(depths_.begin(), depths_.end()) + 1),
      schedule_(simulation.schedule()),
      spikes_(simulation.deployment, simulation.network),
      cores_(simulation.deployment, board) {
  for (const arch::DeployedLayer& layer : simulation.deployment.layers) {
    levels_.emplace_back(static_cast<std::size_t>(layer.neurons));
  }
  if (simulation.send_block) done_.send_to(simulation.send_block);
}

ImageRecord& Recorder::image(std::size_t number) {
  while (images_done_ + images_.size() <= number) {
    ImageRecord image;
    image.index = range_.first + images_done_ + images_.size();
    image.label = simulation_.data.label(image.index);
    image.layers.resize(depths_.size());
    images_.push_back(std::move(image));
  }
  return images_[number - images_done_];
}

void Recorder::ticks_read(std::size_t tick) {
  const std::size_t step = schedule_.ticks_per_image();
  const std::size_t ticks = std::max(ticks_in_layers_, step);
  const std::size_t position = tick < ticks ? 0 : (tick - ticks) / step + 1;
  if (position > range_.preload) images_done(std::min(position - range_.preload, range_.count));
}

void Recorder::images_done(std::size_t count) {
  for (; images_done_ < count; ++images_done_) {
    done_.add(std::move(image(images_done_)));
    images_.pop_front();
  }
}

void Recorder::input(std::size_t position, const std::vector<std::uint8_t>& levels,
                     const std::vector<InputSpike>& spikes) {
  ImageRecord* const image = record(position);
  if (image == nullptr) return;
  spikes_.add(*image, kInputCategory, levels);
  observe(*image, kInputCategory, *start_ + position * schedule_.ticks_per_image(), levels, spikes);
}

void Recorder::tick_done(const hw::TickReport& report, const std::vector<hw::EventCounts>& events,
                         const std::vector<hw::EventCounts>& core_events,
                         const hw::PacketFaults* faults) {
  ticks_.push_back({report, board_.fabric().last_output()});
  if (ticks_.size() > ticks_in_layers_) ticks_.pop_front();
  if (!start_ || report.number < *start_) return;
  const std::size_t tick = report.number - *start_;
  cores_.read_levels(levels_);
  for (std::size_t category = 0; category < depths_.size(); ++category) {
    add_layer_counts(tick, category, report, events[category]);
  }
  add_tick(tick, report, events, core_events);
  add_late_spikes(tick);
  if (faults != nullptr) add_faults(tick, *faults);
}

void Recorder::add_layer_counts(std::size_t tick, std::size_t category,
                                const hw::TickReport& report, const hw::EventCounts& events) {
  const bool input = category == kInputCategory;
  if (!input) {
    // Axons are written when their sources fire; all sources are one depth earlier, except neurons
    // that fire without input and send to each other.
    ImageRecord* const next =
        at_depth(tick, depths_[category] - (simulation_.deployment.driven() ? 1 : 0));
    if (next != nullptr) next->layers[category].axon_writes += events[hw::Event::kAxonWrite];
  }
  ImageRecord* const image = at_depth(tick, depths_[category]);
  if (image == nullptr) return;
  const hw::NetworkActivity& sent = board_.fabric().activity()[category];
  LayerCounts& counts = image->layers[category];
  counts.packets += input ? sent.host_packets : sent.packets;
  counts.deliveries += sent.deliveries;
  if (input) return;
  counts.synaptic_operations += events[hw::Event::kAccumulate];
  counts.row_word_reads += events[hw::Event::kRowWordRead];
  const std::vector<std::uint8_t>& levels = levels_[category - layer_category(0)];
  spikes_.add(*image, category, levels);
  observe(*image, category, report.number, levels, {});
}

void Recorder::add_tick(std::size_t tick, const hw::TickReport& report,
                        const std::vector<hw::EventCounts>& events,
                        const std::vector<hw::EventCounts>& core_events) {
  const std::size_t position = schedule_.attributed_image(tick);
  ImageRecord* const image = record(position);
  if (image == nullptr) return;
  image->ticks.push_back(
      {report.cycles, board_.fabric().last_output(), events, cores_.part_timings()});
  image->steady = schedule_.steady(position);
  if (image->steady) {
    cores_.add(core_events);
    board_.fabric().add_link_packets(links_);
  }
  if (simulation_.deployment.driven() && !simulation_.deployment.chip.sync.pipeline &&
      schedule_.image(tick, depths_.back())) {
    image->latency_cycles = latency(report.number - depths_.back());
  }
}

void Recorder::add_late_spikes(std::size_t tick) {
  for (const hw::LateReport::Receiver& receiver : board_.late().receivers) {
    LateCounts& counts =
        late_.try_emplace(receiver.core, LateCounts{receiver.core, 0, 0, tick}).first->second;
    counts.spikes += receiver.spikes;
    counts.unfinished_ticks += receiver.unfinished ? 1 : 0;
  }
}

void Recorder::add_faults(std::size_t tick, const hw::PacketFaults& faults) {
  // The ticks before and after the images of a share are those of others.
  if (record(schedule_.attributed_image(tick)) == nullptr) return;
  dropped_packets_ += faults.dropped();
  corrupted_packets_ += faults.corrupted();
}

void Recorder::batch_done(std::size_t count, hw::LayeredBoard& board) {
  image(images_done_ + count - 1);  // makes the records
  for (std::size_t category = 0; category < depths_.size(); ++category) {
    hw::LayeredBoard::Counts& counts = board.counts(category);
    const auto add = [&](hw::LaneSum& sum, std::uint64_t LayerCounts::*member) {
      const auto values = sum.take();
      for (std::size_t i = 0; i < count; ++i) {
        images_[i].layers[category].*member += values[i];
      }
    };
    add(counts.synaptic_operations, &LayerCounts::synaptic_operations);
    add(counts.row_word_reads, &LayerCounts::row_word_reads);
    add(counts.packets, &LayerCounts::packets);
    add(counts.deliveries, &LayerCounts::deliveries);
    add(counts.axon_writes, &LayerCounts::axon_writes);
  }
  spikes_.end_batch(images_, count);
  for (std::size_t i = 0; i < count; ++i) {
    images_[i].steady = schedule_.steady(range_.preload + images_done_ + i);
  }
}

std::int64_t Recorder::latency(std::uint64_t first) const {
  const auto begin =
      ticks_.begin() + static_cast<std::ptrdiff_t>(first - ticks_.front().report.number);
  const Tick& last = *(begin + static_cast<std::ptrdiff_t>(depths_.back()));
  return last.report.start_cycle + last.last_output - begin->report.start_cycle;
}

std::string Recorder::last_entry() const {
  if (ticks_.empty()) return "before the first tick";
  const std::uint64_t number = ticks_.back().report.number;
  if (!simulation_.deployment.driven()) return fmt::format("tick {}", range_.first + number);
  if (!start_ || number < *start_) {
    return range_.measure_latency ? fmt::format("image {} alone on the chip", range_.first)
                                  : "before the first image";
  }
  const std::size_t entry = schedule_.attributed_image(number - *start_);
  const std::size_t entries = range_.preload + range_.count;
  const std::size_t first = range_.first - range_.preload;
  return entry < entries ? fmt::format("image {} entering", first + entry)
                         : fmt::format("image {} the last to enter", first + entries - 1);
}

void Recorder::finish(RangeResult& result) {
  images_done(range_.count);
  if (simulation_.send_block) done_.end_block();
  result.images = std::move(done_);
  result.spikes = spikes_.spikes();
  result.faults.dropped_packets = dropped_packets_;
  result.faults.corrupted_packets = corrupted_packets_;
  for (const auto& [core, counts] : late_) result.late.push_back(counts);
  result.cores = cores_.events();
  result.core_use = cores_.use();
  result.links = std::move(links_);
}

ImageRecord* Recorder::at_depth(std::size_t tick, std::size_t depth) {
  const std::optional<std::size_t> position = schedule_.image(tick, depth);
  return position ? record(*position) : nullptr;
}

ImageRecord* Recorder::record(std::size_t position) {
  if (position < range_.preload) return nullptr;
  const std::size_t number = position - range_.preload;
  return number < range_.count ? &image(number) : nullptr;
}

void Recorder::observe(const ImageRecord& image, std::size_t category, std::uint64_t tick,
                       const std::vector<std::uint8_t>& levels,
                       const std::vector<InputSpike>& input) {
  if (!simulation_.observe) return;
  simulation_.observe({image.index, category, tick, levels, input, board_});
}

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/share.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/hw/functional/lanes.h"

namespace spikeloom::sim {
namespace {

/// Shares that each worker gets in the end, at most: so many that workers of unequal speed end
/// together, and that few images are lost with a process.
constexpr std::size_t kSharesOfAWorker = 8;
/// Images that take about as long as loading the chip, cycle by cycle.
constexpr std::size_t kLoadingImages = 32;
/// A share is so many times longer than what precedes its images.
constexpr std::size_t kMuchLonger = 20;
/// No share is so many times longer than one that is worth it: its result is kept at its end,
/// whole.
constexpr std::size_t kTooLong = 8;
/// Batches of a share with timing functional, which is some hundred times as fast.
constexpr std::size_t kBatches = 16;

/// Returns the number of images that make a share worth what precedes them.
std::size_t worthwhile(const Simulation& simulation) {
  if (!has_cycles(simulation.timing)) return kBatches * hw::kLanes;
  return kMuchLonger * (simulation.schedule().images_behind() + kLoadingImages);
}

/// Whether late spikes make an image depend on all images before it.
bool depends_on_the_past(const Simulation& simulation) {
  const arch::SyncDescription& sync = simulation.deployment.chip.sync;
  return has_cycles(simulation.timing) && sync.tick_cycles != 0 &&
         !arch::stops_chip(sync.late_spikes);
}

/// Returns the number of images, from the first on, that one worker has to run so that the traced
/// ticks are the same as in a run with one worker.
std::size_t images_of_trace(const Simulation& simulation, std::size_t count) {
  if (simulation.trace == nullptr) return 0;
  if (!simulation.trace->to) return count;
  const Schedule schedule = simulation.schedule();
  const std::uint64_t ticks = *simulation.trace->to + 1;
  if (ticks <= schedule.first_tick()) return 0;
  const std::size_t step = schedule.ticks_per_image();
  return std::min<std::size_t>(count, (ticks - schedule.first_tick() + step - 1) / step);
}

}  // namespace

std::string Share::encode() const {
  return nlohmann::json{range.first, range.count, range.preload, range.measure_latency, traced}
      .dump();
}

Share Share::decode(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  Share share;
  json.at(0).get_to(share.range.first);
  json.at(1).get_to(share.range.count);
  json.at(2).get_to(share.range.preload);
  json.at(3).get_to(share.range.measure_latency);
  json.at(4).get_to(share.traced);
  return share;
}

std::string ShareReport::encode() const {
  return fmt::format("{}{} {}\n", static_cast<char>(kind), first, images) + body;
}

ShareReport ShareReport::decode(const std::string& text) {
  const std::size_t space = text.find(' ');
  const std::size_t end = text.find('\n');
  ShareReport report;
  report.kind = static_cast<Kind>(text.at(0));
  report.first = std::stoull(text.substr(1, space - 1));
  report.images = std::stoull(text.substr(space + 1, end - space - 1));
  report.body = text.substr(end + 1);
  return report;
}

std::size_t suitable_shares(const Simulation& simulation, std::size_t count, std::size_t workers,
                            std::size_t share_images) {
  if (share_images != 0) return (count + share_images - 1) / share_images;
  workers = std::max<std::size_t>(workers, 1);
  if (simulation.observe || simulation.trace != nullptr) return workers;
  const std::size_t fewest = worthwhile(simulation);
  const std::size_t each = std::clamp<std::size_t>(count / workers / fewest, 1, kSharesOfAWorker);
  return std::max(workers * each, count / (kTooLong * fewest));
}

std::vector<Share> cut_into_shares(const Simulation& simulation, std::size_t first,
                                   std::size_t count, std::size_t number,
                                   const std::vector<ImageRange>& done) {
  std::size_t left = count;
  for (const ImageRange& range : done) left -= range.count;
  number = depends_on_the_past(simulation)
               ? 1
               : std::clamp<std::size_t>(number, 1, std::max<std::size_t>(count, 1));
  const arch::SyncDescription& sync = simulation.deployment.chip.sync;
  const std::size_t behind = simulation.schedule().images_behind();
  std::vector<Share> shares;
  // Adds the images from `begin` to before `end` as equal shares.
  const auto add = [&](std::size_t begin, std::size_t end, std::size_t parts) {
    for (std::size_t i = 0; i < parts; ++i) {
      Share share;
      share.range.first = begin + (end - begin) * i / parts;
      share.range.count = begin + (end - begin) * (i + 1) / parts - share.range.first;
      share.range.preload = std::min(share.range.first - first, behind);
      share.traced = share.range.first == first;
      share.range.measure_latency = share.traced && sync.pipeline &&
                                    hw::has_cycles(simulation.timing) &&
                                    simulation.workload == nullptr;
      shares.push_back(share);
    }
  };
  const std::size_t end = first + count;
  const std::size_t head = std::max(count / number, images_of_trace(simulation, count));
  if (simulation.trace != nullptr && number > 1) {
    add(first, first + head, 1);
    if (head < count) add(first + head, end, number - 1);
    return shares;
  }
  // The gaps between what is done.
  std::size_t at = first;
  const auto add_gap = [&](std::size_t to) {
    if (to > at) add(at, to, ((to - at) * number + left - 1) / left);
  };
  for (const ImageRange& range : done) {
    add_gap(range.first);
    at = range.first + range.count;
  }
  add_gap(end);
  return shares;
}

}  // namespace spikeloom::sim

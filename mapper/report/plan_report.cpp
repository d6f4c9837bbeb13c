// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/plan_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/mapper/plan/layer_readers.h"

namespace spikeloom::mapper {
namespace {

constexpr std::size_t kFrontColumns = 8;

/// Returns up to kFrontColumns points of the front: both ends, and evenly spaced ones between them.
std::vector<ParetoPoint> sample(const std::vector<ParetoPoint>& front) {
  const std::size_t count = std::min(front.size(), kFrontColumns);
  std::vector<ParetoPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(front[count == 1 ? 0 : i * (front.size() - 1) / (count - 1)]);
  }
  return points;
}

}  // namespace

PlanReport report_plans(const std::vector<LayerChoice>& layers, const PlanSelection& walk,
                        const PlanSelection::Result& result, Objective objective) {
  const auto spikes = static_cast<double>(LayerReaders(layers, &LayerChoice::geometry).spikes());
  PlanReport report;
  report.objective = objective;
  for (const LayerChoice& layer : layers) {
    report.fewest_cores.push_back(layer.candidates.front().cores);
  }
  for (const PlanPoint& point : result.front.points) {
    report.front.push_back({point.cores, static_cast<double>(point.cost.first) / spikes});
  }
  report.chosen = {result.point.cores, static_cast<double>(walk.packets(result.point)) / spikes};
  report.works = walk.works(result.point);
  return report;
}

std::string format_pareto_front(const PlanReport& report) {
  std::string cores = fmt::format("{:<24}", "Pareto front: cores");
  std::string packets = fmt::format("{:<24}", "packets/spike");
  for (const ParetoPoint& point : sample(report.front)) {
    cores += fmt::format("{:>7}", point.cores);
    packets += fmt::format("{:>7.2f}", point.packets_per_spike);
  }
  return fmt::format("{}\n{}\nchosen: {} at {:.2f}, by objective {}{}\n", cores, packets,
                     report.chosen.cores, report.chosen.packets_per_spike, name(report.objective),
                     report.front.size() > kFrontColumns
                         ? fmt::format("; the front has {} points", report.front.size())
                         : "");
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/plan_selection.h"

#include <algorithm>

namespace spikeloom::mapper {
namespace {

/// Points tried from the fewest cores on: smaller blocks in a few more cores may pack better.
constexpr std::size_t kCoreTries = 8;

}  // namespace

PlanSelection::PlanSelection(const std::vector<LayerChoice>& layers,
                             const arch::ChipDescription& chip, int cores, Objective objective,
                             const EnergyCoefficients& energy)
    : layers_(layers),
      chip_(chip),
      cores_(cores),
      objective_(objective),
      search_(layers, chip.core),
      traffic_(traffic_costs(layers)) {
  if (needs_energy(objective)) energy_ = energy_costs(layers, chip, energy);
}

std::vector<LayerMap> PlanSelection::maps(const PlanPoint& point) const {
  std::vector<LayerMap> maps;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    maps.push_back(layers_[l].maps[static_cast<std::size_t>(point.plans[l])]);
  }
  return maps;
}

std::vector<BlockWork> PlanSelection::works(const PlanPoint& point) const {
  std::vector<BlockWork> works;
  for (std::size_t l = 0; l < layers_.size(); ++l) works.push_back(search_.work(l, point.plans));
  return works;
}

std::int64_t PlanSelection::packets(const PlanPoint& point) const {
  std::int64_t packets = 0;
  for (std::size_t l = 0; l < traffic_.size(); ++l) {
    packets += traffic_[l][static_cast<std::size_t>(point.plans[l])].first;
  }
  return packets;
}

PlanSelection::Result PlanSelection::choose(const Fits& fits) const {
  Result result;
  result.front = search_.front(traffic_);
  if (result.front.points.empty()) return result;
  result.point = result.front.points.front();
  switch (objective_) {
    case Objective::kCores: {
      std::size_t found = 0;
      fewest_cores(result.front.points, fits, result, found);
      break;
    }
    case Objective::kTraffic:
      min_cost(result.front.points, fits, result);
      break;
    case Objective::kEnergy:
      min_cost(search_.front(energy_).points, fits, result);
      break;
    case Objective::kBalance:
      // The cycles counted are those of one block per core; cores are shared only if there are too
      // few.
      if (!min_busiest(fits, result, Sharing::kNone)) min_busiest(fits, result, Sharing::kAllowed);
      break;
  }
  return result;
}

bool PlanSelection::try_point(const PlanPoint& point, const Fits& fits, Result& result,
                              Sharing sharing) const {
  if (sharing == Sharing::kNone && point.cores > cores_) return false;
  if (!may_fit(point) || !fits(maps(point), sharing)) return false;
  result.fits = true;
  result.point = point;
  return true;
}

bool PlanSelection::fewest_cores(const std::vector<PlanPoint>& points, const Fits& fits,
                                 Result& result, std::size_t& found) const {
  for (found = 0; found < std::min(kCoreTries, points.size()); ++found) {
    if (try_point(points[found], fits, result)) return true;
  }
  return false;
}

void PlanSelection::min_cost(const std::vector<PlanPoint>& points, const Fits& fits,
                             Result& result) const {
  if (try_point(points.back(), fits, result)) return;
  std::size_t good = 0;
  if (!fewest_cores(points, fits, result, good)) return;
  for (std::size_t bad = points.size() - 1; bad - good > 1;) {
    const std::size_t middle = good + (bad - good) / 2;
    (try_point(points[middle], fits, result) ? good : bad) = middle;
  }
}

bool PlanSelection::min_busiest(const Fits& fits, Result& result, Sharing sharing) const {
  const auto works = [&](std::int64_t cycles) {
    const PlanParetoFront front = search_.front(traffic_, cycles);
    return !front.points.empty() && try_point(front.points.front(), fits, result, sharing);
  };
  const std::vector<std::int64_t> cycles = search_.busiest_cycles();
  if (!works(cycles.back())) return false;
  std::size_t good = cycles.size() - 1;
  for (std::size_t low = 0; low < good;) {
    const std::size_t middle = low + (good - low) / 2;
    if (works(cycles[middle])) {
      good = middle;
    } else {
      low = middle + 1;
    }
  }
  return true;
}

/// Necessary conditions for any packing: the cores have enough dendrites in total, and each block
/// that needs more than half of a core has a core of its own.
bool PlanSelection::may_fit(const PlanPoint& point) const {
  const int available = chip_.core.ternary_dendrites();
  std::int64_t dendrites = 0;
  int large = 0;
  for (const LayerMap& layer : maps(point)) {
    for (int block = 0; block < layer.blocks(); ++block) {
      const int needed = layer.dendrites(layer.block_place(block));
      dendrites += needed;
      large += 2 * needed > available ? 1 : 0;
    }
  }
  return dendrites <= std::int64_t{cores_} * available && large <= cores_;
}

}  // namespace spikeloom::mapper

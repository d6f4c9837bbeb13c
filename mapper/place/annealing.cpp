// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/annealing.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace spikeloom::mapper {
namespace {

constexpr int kSamples = 64;         ///< moves from which the initial temperature is derived
constexpr std::size_t kReport = 64;  ///< moves between two progress reports

/// Returns a rise of the cost beyond which no move is kept at a temperature.
std::int64_t most_rise(double temperature) {
  constexpr double kFarBelowNoLimit = 0x1p62;
  return static_cast<std::int64_t>(
      std::min(std::ceil(RandomSource::kNever * temperature) + 1.0, kFarBelowNoLimit));
}

}  // namespace

void MovableOccupancy::take(int block) {
  taken_.push_back({block, occupancy_.slot(block)});
  occupancy_.take(block);
}

void MovableOccupancy::put_back() {
  for (const Taken& taken : taken_) {
    if (occupancy_.slot(taken.block).core != Slot::kNowhere) occupancy_.take(taken.block);
  }
  for (const Taken& taken : taken_) occupancy_.put(taken.block, taken.before);
}

Annealing::Annealing(Occupancy occupancy, const Traffic& traffic, const arch::ChipDescription& chip,
                     std::uint64_t seed, std::function<void(std::size_t)> progress)
    : occupancy_(std::move(occupancy)),
      cost_(traffic, chip, link_cycles(chip)),
      route_entries_(chip.core.route_entries),
      max_cores_(occupancy_.occupancy().space().used()),
      random_(seed),
      progress_(std::move(progress)) {
  cost_.evaluate(occupancy_.occupancy().slots());
}

void Annealing::run(Moves& moves, std::size_t count, double heat) {
  const double hottest = heat * mean_rise(moves);
  occupancy_.begin();
  keep_best(cost_.total());
  for (std::size_t i = 0; i < count; ++i) {
    if (progress_ && i % kReport == 0) progress_(std::min(kReport, count - i));
    const double left = 1.0 - static_cast<double>(i) / static_cast<double>(count);
    const double temperature = hottest * left * left * left;
    const std::int64_t before = cost_.total();
    if (!try_move(moves, left, most_rise(temperature))) continue;
    const std::int64_t rise = cost_.total() - before;
    const bool kept = rise <= 0 || (temperature > 0.0 &&
                                    random_.exponential(static_cast<double>(rise) / temperature));
    if (!kept) {
      take_back();
    } else if (rise > 0 && before < best_cost_) {
      // A placement is recorded only when it is left, which saves copies during a descent.
      keep_best(before);
    }
    moves.judged(kept);
  }
  return_to_best();
}

bool Annealing::try_move(Moves& moves, double left, std::int64_t most_rise) {
  occupancy_.begin();
  if (!moves.propose(occupancy_, random_, left)) {
    occupancy_.put_back();
    return false;
  }
  moved_.clear();
  for (const MovableOccupancy::Taken& taken : occupancy_.taken()) moved_.push_back(taken.block);
  const bool fits = occupancy().space().used() <= max_cores_;
  if (fits) {
    if (cost_.update(moved_, occupancy().slots(), most_rise) && routes_fit()) return true;
    cost_.undo();
  }
  occupancy_.put_back();
  moves.judged(false);
  return false;
}

void Annealing::take_back() {
  cost_.undo();
  occupancy_.put_back();
}

/// Whether the route entries are within the limit in all cores that the last move changed.
bool Annealing::routes_fit() const {
  const auto fit = [this](int block) {
    std::int64_t routes = 0;
    for (const int occupant : occupancy().occupants(occupancy().slot(block).core)) {
      routes += cost_.routes(occupant);
    }
    return routes <= route_entries_;
  };
  return std::all_of(moved_.begin(), moved_.end(), fit) &&
         std::all_of(cost_.rerouted().begin(), cost_.rerouted().end(), fit);
}

double Annealing::mean_rise(Moves& moves) {
  double sum = 0.0;
  int rises = 0;
  for (int i = 0; i < kSamples; ++i) {
    const std::int64_t before = cost_.total();
    if (!try_move(moves, 1.0, TrafficCost::kNoLimit)) continue;
    const std::int64_t rise = cost_.total() - before;
    take_back();
    moves.judged(false);
    if (rise <= 0) continue;
    sum += static_cast<double>(rise);
    ++rises;
  }
  return rises == 0 ? 0.0 : sum / rises;
}

void Annealing::keep_best(std::int64_t cost) {
  best_cost_ = cost;
  best_slots_ = occupancy().slots();
  for (const MovableOccupancy::Taken& taken : occupancy_.taken()) {
    best_slots_[static_cast<std::size_t>(taken.block)] = taken.before;
  }
}

void Annealing::return_to_best() {
  if (cost_.total() <= best_cost_) return;
  occupancy_.begin();
  moved_.clear();
  for (int block = 0; block < static_cast<int>(best_slots_.size()); ++block) {
    if (occupancy().slot(block) == best_slots_[static_cast<std::size_t>(block)]) continue;
    occupancy_.take(block);
    moved_.push_back(block);
  }
  for (const int block : moved_)
    occupancy_.put(block, best_slots_[static_cast<std::size_t>(block)]);
  cost_.update(moved_, occupancy().slots());
}

}  // namespace spikeloom::mapper

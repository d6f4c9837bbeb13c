// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/annealing.h"

#include <algorithm>
#include <utility>

namespace spikeloom::mapper {
namespace {

constexpr int kSamples = 64;         ///< moves that the first temperature is taken from
constexpr std::size_t kReport = 64;  ///< moves between two reports of progress

}  // namespace

void MovableSeating::take(int block) {
  taken_.push_back({block, seating_.seat(block)});
  seating_.take(block);
}

void MovableSeating::put_back() {
  for (const Taken& taken : taken_) {
    if (seating_.seat(taken.block).core != Seat::kNowhere) seating_.take(taken.block);
  }
  for (const Taken& taken : taken_) seating_.put(taken.block, taken.before);
}

Annealing::Annealing(Seating seating, const Traffic& traffic, const arch::ChipDescription& chip,
                     std::uint64_t seed, std::function<void(std::size_t)> progress)
    : seating_(std::move(seating)),
      cost_(traffic, chip, link_cycles(chip)),
      route_entries_(chip.core.route_entries),
      most_cores_(seating_.seating().space().used()),
      random_(seed),
      progress_(std::move(progress)) {
  cost_.evaluate(seating_.seating().seats());
}

void Annealing::run(Moves& moves, std::size_t count, double heat) {
  const double hottest = heat * mean_rise(moves);
  seating_.begin();
  keep_best(cost_.total());
  for (std::size_t i = 0; i < count; ++i) {
    if (progress_ && i % kReport == 0) progress_(std::min(kReport, count - i));
    const double left = 1.0 - static_cast<double>(i) / static_cast<double>(count);
    const std::int64_t before = cost_.total();
    if (!try_move(moves, left)) continue;
    const std::int64_t rise = cost_.total() - before;
    const double temperature = hottest * left * left * left;
    const bool kept = rise <= 0 || (temperature > 0.0 &&
                                    random_.exponential(static_cast<double>(rise) / temperature));
    if (!kept) {
      take_back();
    } else if (rise > 0 && before < best_) {
      // Written down only when it is left.
      keep_best(before);
    }
    moves.judged(kept);
  }
  return_to_best();
}

bool Annealing::try_move(Moves& moves, double left) {
  seating_.begin();
  if (!moves.propose(seating_, random_, left)) {
    seating_.put_back();
    return false;
  }
  moved_.clear();
  for (const MovableSeating::Taken& taken : seating_.taken()) moved_.push_back(taken.block);
  const bool fits = seating().space().used() <= most_cores_;
  if (fits) {
    cost_.update(moved_, seating().seats());
    if (routes_fit()) return true;
    cost_.undo();
  }
  seating_.put_back();
  moves.judged(false);
  return false;
}

void Annealing::take_back() {
  cost_.undo();
  seating_.put_back();
}

/// In the cores that the last move has changed.
bool Annealing::routes_fit() const {
  const auto fit = [this](int block) {
    std::int64_t routes = 0;
    for (const int tenant : seating().tenants(seating().seat(block).core)) {
      routes += cost_.routes(tenant);
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
    if (!try_move(moves, 1.0)) continue;
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
  best_ = cost;
  best_seats_ = seating().seats();
  for (const MovableSeating::Taken& taken : seating_.taken()) {
    best_seats_[static_cast<std::size_t>(taken.block)] = taken.before;
  }
}

void Annealing::return_to_best() {
  if (cost_.total() <= best_) return;
  seating_.begin();
  moved_.clear();
  for (int block = 0; block < static_cast<int>(best_seats_.size()); ++block) {
    if (seating().seat(block) == best_seats_[static_cast<std::size_t>(block)]) continue;
    seating_.take(block);
    moved_.push_back(block);
  }
  for (const int block : moved_) seating_.put(block, best_seats_[static_cast<std::size_t>(block)]);
  cost_.update(moved_, seating().seats());
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/random_source.h"
#include "spikeloom/mapper/place/traffic_cost.h"

namespace spikeloom::mapper {

/// A placement under change: blocks that a move takes up are remembered, to be put back.
class MovableOccupancy {
 public:
  explicit MovableOccupancy(Occupancy occupancy) : occupancy_(std::move(occupancy)) {}

  const Occupancy& occupancy() const { return occupancy_; }
  void take(int block);
  void put(int block, const Slot& slot) { occupancy_.put(block, slot); }

  /// A block that has been taken since the last begin(), and its seat before.
  struct Taken {
    int block;
    Slot before;
  };
  void begin() { taken_.clear(); }
  const std::vector<Taken>& taken() const { return taken_; }
  void put_back();

 private:
  Occupancy occupancy_;
  std::vector<Taken> taken_;
};

/// A kind of move.
class Moves {
 public:
  virtual ~Moves() = default;
  /// Makes one: takes blocks and puts all of them elsewhere. `left`, 1 at the start and 0 at the
  /// end, is the share of moves still to come. False where it found none; it may leave blocks
  /// taken.
  virtual bool propose(MovableOccupancy& occupancy, RandomSource& random, double left) = 0;
  /// The last one was taken back, or not.
  virtual void judged(bool /*kept*/) {}
};

/// Simulated annealing: which moves are kept.
class Annealing {
 public:
  /// `progress`: called now and then with the number of moves since the last call.
  Annealing(Occupancy occupancy, const Traffic& traffic, const arch::ChipDescription& chip,
            std::uint64_t seed, std::function<void(std::size_t)> progress);

  /// Tries `count` moves. The first temperature is `heat` times what a move costs on average, of
  /// those that cost something; it falls with the third power of the moves left. Ends at the
  /// cheapest placement that it met.
  void run(Moves& moves, std::size_t count, double heat);

  const Occupancy& occupancy() const { return occupancy_.occupancy(); }
  std::int64_t cost() const { return cost_.total(); }

 private:
  /// False where there was no move, or one that exceeds a limit; all is as before then.
  bool try_move(Moves& moves, double left);
  void take_back();
  bool routes_fit() const;
  double mean_rise(Moves& moves);
  /// The placement before the last move was the cheapest so far.
  void keep_best(std::int64_t cost);
  void return_to_best();

  MovableOccupancy occupancy_;
  TrafficCost cost_;
  int route_entries_;
  int max_cores_;
  RandomSource random_;
  std::function<void(std::size_t)> progress_;
  std::vector<int> moved_;
  Slots best_slots_;
  std::int64_t best_ = 0;
};

}  // namespace spikeloom::mapper

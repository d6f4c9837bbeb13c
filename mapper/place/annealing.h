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

/// A placement that records the blocks that a move removes, so that the move can be undone.
class MovableOccupancy {
 public:
  explicit MovableOccupancy(Occupancy occupancy) : occupancy_(std::move(occupancy)) {}

  const Occupancy& occupancy() const { return occupancy_; }
  /// Removes a block from its core and records where it was.
  void take(int block);
  void put(int block, const Slot& slot) { occupancy_.put(block, slot); }

  /// A block taken since the last begin(), and where it was before.
  struct Taken {
    int block;
    Slot before;
  };
  /// Begins a new move.
  void begin() { taken_.clear(); }
  const std::vector<Taken>& taken() const { return taken_; }
  /// Undoes the move: returns all taken blocks to where they were.
  void put_back();

 private:
  Occupancy occupancy_;
  std::vector<Taken> taken_;
};

/// Generates moves of one kind.
class Moves {
 public:
  virtual ~Moves() = default;
  /// Makes a move: takes blocks and puts all of them elsewhere. `left` is the fraction of moves
  /// still to come, 1 at the start and 0 at the end. Returns false if it found no move; blocks may
  /// then remain taken.
  virtual bool propose(MovableOccupancy& occupancy, RandomSource& random, double left) = 0;
  /// Called after each proposed move with the decision: kept or undone.
  virtual void judged(bool /*kept*/) {}
};

/// Simulated annealing: decides which moves are kept.
class Annealing {
 public:
  /// `progress` is called periodically with the number of moves since the last call.
  Annealing(Occupancy occupancy, const Traffic& traffic, const arch::ChipDescription& chip,
            std::uint64_t seed, std::function<void(std::size_t)> progress);

  /// Tries `count` moves. The initial temperature is `heat` times the mean cost increase of the
  /// moves that increase the cost; the temperature is proportional to the cube of the fraction of
  /// moves left. Ends with the placement of the lowest cost found.
  void run(Moves& moves, std::size_t count, double heat);

  const Occupancy& occupancy() const { return occupancy_.occupancy(); }
  std::int64_t cost() const { return cost_.total(); }

 private:
  /// Returns false if there was no move, the move exceeds a limit, or the cost would rise by more
  /// than `most_rise`; the placement is then unchanged.
  bool try_move(Moves& moves, double left, std::int64_t most_rise);
  void take_back();
  bool routes_fit() const;
  double mean_rise(Moves& moves);
  /// Records the placement before the last move as the best one, with its cost.
  void keep_best(std::int64_t cost);
  void return_to_best();

  MovableOccupancy occupancy_;
  TrafficCost cost_;
  int route_entries_;
  int max_cores_;
  RandomSource random_;
  std::function<void(std::size_t)> progress_;
  std::vector<int> moved_;  ///< blocks of the last move
  Slots best_slots_;
  std::int64_t best_cost_ = 0;
};

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "spikeloom/mapper/place/annealing.h"
#include "spikeloom/mapper/place/piece_placement.h"

namespace spikeloom::mapper {

/// Moves of whole pieces: a piece moves by a small step or to any position and may change its
/// shape, or two pieces swap places.
class PieceMoves : public Moves {
 public:
  /// `seating` must be the placement of the pieces in `spots`.
  PieceMoves(std::vector<Piece> pieces, std::vector<PiecePosition> spots,
             const Occupancy& occupancy);

  bool propose(MovableOccupancy& occupancy, RandomSource& random, double left) override;
  void judged(bool kept) override;

 private:
  static constexpr int kNoBlock = -1;

  bool move(MovableOccupancy& occupancy, RandomSource& random);
  bool swap(MovableOccupancy& occupancy, RandomSource& random);
  bool may_fit(const MovableOccupancy& movable, std::size_t piece, const PiecePosition& spot,
               std::initializer_list<std::size_t> removed) const;
  int block_at(const Occupancy& occupancy, std::size_t piece, int x, int y) const;
  void take(MovableOccupancy& occupancy, std::size_t piece);
  bool put(MovableOccupancy& occupancy, std::size_t piece, PiecePosition spot);
  PiecePosition random_spot(const MovableOccupancy& occupancy, RandomSource& random,
                            std::size_t piece) const;
  bool inside(const MovableOccupancy& occupancy, std::size_t piece,
              const PiecePosition& spot) const;

  std::vector<Piece> pieces_;
  std::vector<PiecePosition> spots_;
  std::vector<std::vector<int>> blocks_;  ///< [piece]: blocks by BlockIndex
  std::vector<std::pair<std::size_t, PiecePosition>>
      before_;  ///< pieces of the last move, and their spots
};

}  // namespace spikeloom::mapper

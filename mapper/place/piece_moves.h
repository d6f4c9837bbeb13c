// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "spikeloom/mapper/place/annealing.h"
#include "spikeloom/mapper/place/piece_placement.h"

namespace spikeloom::mapper {

/// Moves of whole pieces: a step to the side, to anywhere, in another shape; two swap places. The
/// seating is that of the pieces in their spots.
class PieceMoves : public Moves {
 public:
  PieceMoves(std::vector<Piece> pieces, std::vector<Spot> spots, const Seating& seating);

  bool propose(MovableSeating& seating, RandomSource& random, double left) override;
  void judged(bool kept) override;

 private:
  bool move(MovableSeating& seating, RandomSource& random);
  bool swap(MovableSeating& seating, RandomSource& random);
  void take(MovableSeating& seating, std::size_t piece);
  bool put(MovableSeating& seating, std::size_t piece, Spot spot);
  Spot somewhere(const MovableSeating& seating, RandomSource& random, std::size_t piece) const;
  bool inside(const MovableSeating& seating, std::size_t piece, const Spot& spot) const;

  std::vector<Piece> pieces_;
  std::vector<Spot> spots_;
  std::vector<std::vector<int>> blocks_;              ///< of the pieces, by BlockIndex
  std::vector<std::pair<std::size_t, Spot>> before_;  ///< pieces of the last move
};

}  // namespace spikeloom::mapper

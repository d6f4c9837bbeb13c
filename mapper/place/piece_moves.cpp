// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/piece_moves.h"

#include <optional>
#include <utility>

namespace spikeloom::mapper {
namespace {

constexpr int kStep = 2;    ///< maximum step in columns and rows
constexpr int kTries = 16;  ///< attempts to find a position for a piece

int size(const std::vector<Piece>& pieces) { return static_cast<int>(pieces.size()); }

}  // namespace

PieceMoves::PieceMoves(std::vector<Piece> pieces, std::vector<PiecePosition> spots,
                       const Occupancy& occupancy)
    : pieces_(std::move(pieces)), spots_(std::move(spots)) {
  for (const Piece& piece : pieces_) blocks_.push_back(blocks_of(occupancy, piece));
}

bool PieceMoves::propose(MovableOccupancy& occupancy, RandomSource& random, double /*left*/) {
  before_.clear();
  const bool found = pieces_.size() > 1 && random.below(4) == 0 ? swap(occupancy, random)
                                                                : move(occupancy, random);
  if (!found) judged(false);
  return found;
}

void PieceMoves::judged(bool kept) {
  if (!kept) {
    for (const auto& [piece, spot] : before_) spots_[piece] = spot;
  }
  before_.clear();
}

bool PieceMoves::move(MovableOccupancy& occupancy, RandomSource& random) {
  const auto piece = static_cast<std::size_t>(random.below(size(pieces_)));
  const PiecePosition old = spots_[piece];
  bool taken = false;
  const bool near = random.below(2) == 0;
  for (int i = 0; i < kTries; ++i) {
    PiecePosition spot = random_spot(occupancy, random, piece);
    if (near) {
      spot.x = old.x + random.between(-kStep, kStep);
      spot.y = old.y + random.between(-kStep, kStep);
      if (random.below(2) == 0) spot.shape = old.shape;
    }
    if (spot.x == old.x && spot.y == old.y && spot.shape == old.shape) continue;
    if (!taken) {
      if (!may_fit(occupancy, piece, spot, {piece})) continue;
      take(occupancy, piece);
      taken = true;
    }
    if (put(occupancy, piece, spot)) return true;
  }
  return false;
}

bool PieceMoves::swap(MovableOccupancy& occupancy, RandomSource& random) {
  const int first = random.below(size(pieces_));
  const auto a = static_cast<std::size_t>(first);
  const auto b =
      static_cast<std::size_t>((first + random.between(1, size(pieces_) - 1)) % size(pieces_));
  const PiecePosition of_a = spots_[a];
  const PiecePosition of_b = spots_[b];
  bool taken = false;
  for (int i = 0; i < kTries; ++i) {
    PiecePosition spot = random_spot(occupancy, random, a);
    spot.x = of_b.x + random.between(-1, 1);
    spot.y = of_b.y + random.between(-1, 1);
    if (!taken) {
      if (!may_fit(occupancy, a, spot, {a, b})) continue;
      take(occupancy, a);
      take(occupancy, b);
      taken = true;
    }
    if (!put(occupancy, a, spot)) continue;
    for (int j = 0; j < kTries; ++j) {
      PiecePosition other = random_spot(occupancy, random, b);
      other.x = of_a.x + random.between(-kStep, kStep);
      other.y = of_a.y + random.between(-kStep, kStep);
      if (put(occupancy, b, other)) return true;
    }
    return false;
  }
  return false;
}

/// Whether a piece may find room at a spot, ignoring groups and entries, once `removed` are taken
/// away. Most spots have none, which is known long before all blocks of the pieces are taken.
bool PieceMoves::may_fit(const MovableOccupancy& movable, std::size_t piece,
                         const PiecePosition& spot,
                         std::initializer_list<std::size_t> removed) const {
  if (!inside(movable, piece, spot)) return false;
  const Occupancy& occupancy = movable.occupancy();
  const BlockArray& array = pieces_[piece].shapes[static_cast<std::size_t>(spot.shape)];
  for (int row = 0; row < array.rows; ++row) {
    for (int column = 0; column < array.columns; ++column) {
      int blocks = 0;
      BlockNeed gone;
      for (const std::size_t other : removed) {
        const int block = block_at(occupancy, other, spot.x + column, spot.y + row);
        if (block == kNoBlock) continue;
        gone += occupancy.need(block);
        ++blocks;
      }
      const int block = occupancy.blocks().number(pieces_[piece].layer, array.at(row, column));
      if (!occupancy.space().fits_without(occupancy.grid().core_at(spot.x + column, spot.y + row),
                                          blocks, gone, occupancy.need(block))) {
        return false;
      }
    }
  }
  return true;
}

/// Returns the block of a placed piece in the core at (x, y), or kNoBlock.
int PieceMoves::block_at(const Occupancy& occupancy, std::size_t piece, int x, int y) const {
  const PiecePosition& spot = spots_[piece];
  const BlockArray& array = pieces_[piece].shapes[static_cast<std::size_t>(spot.shape)];
  const int row = y - spot.y;
  const int column = x - spot.x;
  if (row < 0 || row >= array.rows || column < 0 || column >= array.columns) return kNoBlock;
  return occupancy.blocks().number(pieces_[piece].layer, array.at(row, column));
}

void PieceMoves::take(MovableOccupancy& occupancy, std::size_t piece) {
  before_.emplace_back(piece, spots_[piece]);
  for (const int block : blocks_[piece]) occupancy.take(block);
}

bool PieceMoves::put(MovableOccupancy& occupancy, std::size_t piece, PiecePosition spot) {
  if (!inside(occupancy, piece, spot)) return false;
  if (!settle(occupancy.occupancy(), pieces_[piece], spot)) return false;
  spots_[piece] = spot;
  for_each_slot(occupancy.occupancy(), pieces_[piece], spot,
                [&](int block, const Slot& slot) { occupancy.put(block, slot); });
  return true;
}

/// Returns a random shape of the piece at a random position; it lies inside the grid if the shape
/// fits the grid at all.
PiecePosition PieceMoves::random_spot(const MovableOccupancy& occupancy, RandomSource& random,
                                      std::size_t piece) const {
  const arch::MeshDescription& grid = occupancy.occupancy().grid();
  const std::vector<BlockArray>& shapes = pieces_[piece].shapes;
  PiecePosition spot;
  spot.shape = random.below(static_cast<int>(shapes.size()));
  const BlockArray& array = shapes[static_cast<std::size_t>(spot.shape)];
  spot.x = array.columns < grid.columns ? random.between(0, grid.columns - array.columns) : 0;
  spot.y = array.rows < grid.rows ? random.between(0, grid.rows - array.rows) : 0;
  return spot;
}

bool PieceMoves::inside(const MovableOccupancy& occupancy, std::size_t piece,
                        const PiecePosition& spot) const {
  const arch::MeshDescription& grid = occupancy.occupancy().grid();
  const BlockArray& array = pieces_[piece].shapes[static_cast<std::size_t>(spot.shape)];
  return spot.x >= 0 && spot.y >= 0 && spot.x + array.columns <= grid.columns &&
         spot.y + array.rows <= grid.rows;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/annealer.h"

#include <utility>

#include "spikeloom/mapper/place/annealing.h"
#include "spikeloom/mapper/place/core_moves.h"
#include "spikeloom/mapper/place/piece_moves.h"

namespace spikeloom::mapper {
namespace {

// Moves per unit of effort. Most piece moves find no room and take almost no time.
constexpr std::size_t kPieceMoves = 1000;  ///< per piece
constexpr std::size_t kCoreMoves = 60;     ///< per block
// Initial temperatures, relative to the mean cost increase of a move (docs/decisions.md).
constexpr double kPieceHeat = 0.3;
constexpr double kCoreHeat = 0.01;

}  // namespace

Occupancy anneal(PieceLayout start, const Traffic& traffic, const arch::ChipDescription& chip,
                 const AnnealOptions& options) {
  const auto effort = static_cast<std::size_t>(options.effort);
  const std::size_t piece_moves = effort * kPieceMoves * start.pieces.size();
  const std::size_t core_moves =
      effort * kCoreMoves * static_cast<std::size_t>(traffic.blocks().blocks());
  std::size_t done = 0;
  const auto progress = [&](std::size_t moves) {
    if (options.progress) options.progress(done, piece_moves + core_moves);
    done += moves;
  };
  PieceMoves pieces(std::move(start.pieces), std::move(start.spots), start.occupancy);
  Annealing annealing(std::move(start.occupancy), traffic, chip, options.seed, progress);
  annealing.run(pieces, piece_moves, kPieceHeat);
  CoreMoves cores(traffic);
  annealing.run(cores, core_moves, kCoreHeat);
  return annealing.occupancy();
}

}  // namespace spikeloom::mapper

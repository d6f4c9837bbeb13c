// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/place/block_array.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// A layer's blocks, or a part of them, that are placed as one rectangle.
struct Piece {
  int layer = 0;
  std::vector<BlockArray> shapes;  ///< same blocks, to choose from
};

/// A piece on the board.
struct Spot {
  static constexpr int kNone = -1;
  int shape = kNone;
  int x = 0;
  int y = 0;
  int group_base = 0;
  int entry_base = 0;
};

/// All pieces in their places.
struct PieceLayout {
  std::vector<Piece> pieces;
  std::vector<Spot> spots;  ///< of the pieces
  Occupancy occupancy;
};

/// Gives `spot`, whose shape and place are set, bases that are free in all cores that the piece
/// would take. The number of empty ones among these, or nothing where the piece does not fit.
std::optional<int> settle(const Occupancy& occupancy, const Piece& piece, Spot& spot);
/// Calls `function` with each block of the piece, by BlockIndex, and its seat in that spot.
void for_each_slot(const Occupancy& occupancy, const Piece& piece, const Spot& spot,
                   const std::function<void(int, const Slot&)>& function);
/// Blocks of a piece by BlockIndex.
std::vector<int> blocks_of(const Occupancy& occupancy, const Piece& piece);

/// Puts every block on a core, a layer's blocks as one rectangle where one is free, over cores that
/// other layers have left room in before new ones. Rectangles go where their traffic travels least,
/// by the topology's distances, multicast left out: in the order of the network first; if that
/// leaves no place for one, by size and in random orders of `seed`; if that fails, rectangles are
/// halved, at the cost of packets. Then each is taken up and put to its best place again until
/// nothing improves. Nothing is returned where the board has too few cores. Without sharing each
/// block gets a core of its own.
std::optional<PieceLayout> place_pieces(const std::vector<LayerMap>& layers, const Traffic& traffic,
                                        const arch::ChipDescription& chip, std::uint64_t seed,
                                        Sharing sharing = Sharing::kAllowed);

}  // namespace spikeloom::mapper

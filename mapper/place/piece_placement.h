// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/mapper/place/block_array.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// Blocks of a layer, all or some of them, that are placed as one rectangle.
struct Piece {
  int layer = 0;
  std::vector<BlockArray> shapes;  ///< alternative arrangements of the same blocks
};

/// Shape and position of a piece on the board.
struct PiecePosition {
  static constexpr int kNone = -1;
  int shape = kNone;  ///< index of the piece's shape
  int x = 0;          ///< leftmost column
  int y = 0;          ///< topmost row
  int group_base = 0;
  int entry_base = 0;
};

/// All pieces with their positions.
struct PieceLayout {
  std::vector<Piece> pieces;
  std::vector<PiecePosition> spots;  ///< [piece]
  Occupancy occupancy;
};

/// Sets the bases of `spot`, whose shape and position are given, to the first values that are free
/// in all cores of the piece. Returns the number of these cores that are empty, or nothing if the
/// piece does not fit.
std::optional<int> settle(const Occupancy& occupancy, const Piece& piece, PiecePosition& spot);
/// Calls `function` with the number of each block of the piece (by BlockIndex) and its core and
/// bases in `spot`.
void for_each_slot(const Occupancy& occupancy, const Piece& piece, const PiecePosition& spot,
                   const std::function<void(int, const Slot&)>& function);
/// Returns the blocks of a piece, by BlockIndex.
std::vector<int> blocks_of(const Occupancy& occupancy, const Piece& piece);

/// Places every block in a core. The blocks of a layer form one rectangle if possible, preferably
/// on cores in which other layers have left room. Rectangles are placed in the order of the network
/// where the traffic-weighted distance, without multicast, is smallest. If a rectangle finds no
/// place, they are packed tightly, first in descending order of size and then in random orders by
/// `seed`. If that fails, rectangles are halved, at the cost of more packets. Finally each
/// rectangle in turn is moved to its best position until nothing improves, for a limited number of
/// rounds. Returns nothing if no placement was found. With Sharing::kNone each block gets a core of
/// its own. `usable` are the usable cores of `chip`.
std::optional<PieceLayout> place_pieces(const std::vector<LayerMap>& layers, const Traffic& traffic,
                                        const arch::ChipDescription& chip,
                                        const arch::UsableCores& usable, std::uint64_t seed,
                                        Sharing sharing = Sharing::kAllowed);

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// Blocks of a layer arranged as a rectangle of cores.
struct BlockArray {
  int rows = 0;
  int columns = 0;
  std::vector<int> blocks;  ///< row by row

  int at(int row, int column) const {
    return blocks[static_cast<std::size_t>(row * columns + column)];
  }
  int size() const { return rows * columns; }
  BlockArray transposed() const;
  /// Returns the part of `part_rows` x `part_columns` whose first block is at (row, column).
  BlockArray part(int row, int column, int part_rows, int part_columns) const;
};

/// Returns all arrangements that keep the blocks with common packets together: blocks lie like
/// their outputs in the image, and the chunks at one position form a rectangle there. The receivers
/// of a packet for any range of rows and columns then form a rectangle.
std::vector<BlockArray> arrangements(const LayerMap& layer);

}  // namespace spikeloom::mapper

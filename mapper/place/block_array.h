// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// Blocks of a layer laid out as a rectangle of cores.
struct BlockArray {
  int rows = 0;
  int columns = 0;
  std::vector<int> blocks;  ///< row by row

  int at(int row, int column) const {
    return blocks[static_cast<std::size_t>(row * columns + column)];
  }
  int size() const { return rows * columns; }
  BlockArray transposed() const;
  BlockArray part(int row, int column, int part_rows, int part_columns) const;
};

/// The rectangles that keep the blocks which receive the same packets together: blocks lie as their
/// outputs do in the image, the chunks of a place as a rectangle in its stead. Whatever range of
/// rows and columns a packet is for, its receivers are then a rectangle.
std::vector<BlockArray> arrangements(const LayerMap& layer);

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/block_array.h"

namespace spikeloom::mapper {
namespace {

/// Stacks `blocks_down` of the channel blocks, and `chunks_down` of the chunks of each, vertically.
BlockArray arrange(const LayerMap& layer, int blocks_down, int chunks_down) {
  const int rows = layer.rows();
  const int columns = layer.columns();
  const int blocks_across = layer.channel_blocks() / blocks_down;
  const int chunks_across = layer.chunks() / chunks_down;
  BlockArray array;
  array.rows = blocks_down * rows * chunks_down;
  array.columns = blocks_across * columns * chunks_across;
  array.blocks.resize(static_cast<std::size_t>(array.size()));
  for (int block = 0; block < layer.blocks(); ++block) {
    const BlockPlace place = layer.block_place(block);
    const int row = (place.channel_block / blocks_across * rows + place.y) * chunks_down +
                    place.chunk / chunks_across;
    const int column = (place.channel_block % blocks_across * columns + place.x) * chunks_across +
                       place.chunk % chunks_across;
    array.blocks[static_cast<std::size_t>(row * array.columns + column)] = block;
  }
  return array;
}

}  // namespace

BlockArray BlockArray::transposed() const {
  BlockArray result{columns, rows, {}};
  for (int column = 0; column < columns; ++column) {
    for (int row = 0; row < rows; ++row) result.blocks.push_back(at(row, column));
  }
  return result;
}

BlockArray BlockArray::part(int row, int column, int part_rows, int part_columns) const {
  BlockArray result{part_rows, part_columns, {}};
  for (int r = row; r < row + part_rows; ++r) {
    for (int c = column; c < column + part_columns; ++c) result.blocks.push_back(at(r, c));
  }
  return result;
}

std::vector<BlockArray> arrangements(const LayerMap& layer) {
  std::vector<BlockArray> arrays;
  for (int blocks_down = 1; blocks_down <= layer.channel_blocks(); ++blocks_down) {
    if (layer.channel_blocks() % blocks_down != 0) continue;
    for (int chunks_down = 1; chunks_down <= layer.chunks(); ++chunks_down) {
      if (layer.chunks() % chunks_down != 0) continue;
      arrays.push_back(arrange(layer, blocks_down, chunks_down));
      arrays.push_back(arrays.back().transposed());
    }
  }
  return arrays;
}

}  // namespace spikeloom::mapper

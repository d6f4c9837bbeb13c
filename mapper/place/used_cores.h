// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/place/occupancy.h"

namespace spikeloom::mapper {

/// Counts the cores in use in any rectangle of a board.
class UsedCores {
 public:
  explicit UsedCores(const Occupancy& occupancy) : columns_(occupancy.grid().columns + 1) {
    const arch::MeshDescription& grid = occupancy.grid();
    before_.resize(at(columns_ * (grid.rows + 1)));
    for (int y = 0; y < grid.rows; ++y) {
      int in_row = 0;
      for (int x = 0; x < grid.columns; ++x) {
        in_row += occupancy.space().empty(grid.core_at(x, y)) ? 0 : 1;
        before_[at((y + 1) * columns_ + x + 1)] = before(x + 1, y) + in_row;
      }
    }
  }

  /// Of the rectangle of `columns` x `rows` cores whose first one is at (x, y).
  int in(int x, int y, int columns, int rows) const {
    return before(x + columns, y + rows) - before(x + columns, y) - before(x, y + rows) +
           before(x, y);
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  /// Returns how many are left of column x and above row y.
  int before(int x, int y) const { return before_[at(y * columns_ + x)]; }

  int columns_;
  std::vector<int> before_;  ///< [y][x]
};

}  // namespace spikeloom::mapper

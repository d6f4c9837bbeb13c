// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/cover.h"

#include <algorithm>

#include "spikeloom/base/index.h"

namespace spikeloom::mapper {

namespace {

using base::at;

}  // namespace

Cover::Cover(const arch::MeshDescription& grid) : grid_(grid), rows_(at(grid.rows)) {
  for (int core = 0; core < grid.cores(); ++core) places_.push_back({grid.x(core), grid.y(core)});
}

void Cover::append(const int* cores, std::size_t count, bool multicast,
                   std::vector<arch::Region>& regions) {
  if (count == 0) return;
  if (!multicast) {
    for (std::size_t i = 0; i < count; ++i) {
      const Place& place = places_[at(cores[i])];
      regions.push_back({place.x, place.y, place.x, place.y});
    }
    return;
  }
  arch::Region box{grid_.columns, grid_.rows, 0, 0};
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [x, y] = places_[at(cores[i])];
    box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x), std::max(box.y1, y)};
  }
  if (at(box.cores()) == count) {
    regions.push_back(box);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [x, y] = places_[at(cores[i])];
    rows_[at(y)][at(x / kWordBits)] |= std::uint64_t{1} << x % kWordBits;
  }
  for (int y = box.y0; y <= box.y1; ++y) {
    for (int x = first_column(rows_[at(y)]); x >= 0; x = first_column(rows_[at(y)])) {
      regions.push_back(largest_at(x, y, box.y1));
      remove(regions.back());
    }
  }
}

/// Returns the first set column, or -1 for an empty row.
int Cover::first_column(const Row& row) {
  for (std::size_t word = 0; word < row.size(); ++word) {
    if (row[word] != 0) return static_cast<int>(word) * kWordBits + __builtin_ctzll(row[word]);
  }
  return -1;
}

/// Returns the largest rectangle of uncovered cores with its first corner at (x, y): tries the
/// maximum width for each height.
arch::Region Cover::largest_at(int x, int y, int last_row) const {
  arch::Region best{x, y, x, y};
  int max_columns = grid_.columns - x;
  for (int y1 = y; y1 <= last_row; ++y1) {
    int columns = 0;
    while (columns < max_columns && has(rows_[at(y1)], x + columns)) ++columns;
    if (columns == 0) break;
    max_columns = columns;
    const arch::Region region{x, y, x + columns - 1, y1};
    if (region.cores() > best.cores()) best = region;
  }
  return best;
}

void Cover::remove(const arch::Region& region) {
  for (int y = region.y0; y <= region.y1; ++y) {
    for (int x = region.x0; x <= region.x1; ++x) {
      rows_[at(y)][at(x / kWordBits)] &= ~(std::uint64_t{1} << x % kWordBits);
    }
  }
}

std::vector<arch::Region> cover(const std::vector<int>& cores, const arch::MeshDescription& grid,
                                bool multicast) {
  std::vector<arch::Region> regions;
  Cover(grid).append(cores.data(), cores.size(), multicast, regions);
  return regions;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/cover.h"

#include <algorithm>

namespace spikeloom::mapper {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

Cover::Cover(const arch::MeshDescription& grid) : rows_(at(grid.rows)) {
  places_.reserve(at(grid.cores()));
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
  const Place& first = places_[at(cores[0])];
  arch::Region box{first.x, first.y, first.x, first.y};
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

/// Returns the number of successive set columns from x on.
int Cover::columns_from(const Row& row, int x) {
  int columns = 0;
  for (std::size_t word = at(x / kWordBits); word < row.size(); ++word) {
    const int low = (x + columns) % kWordBits;
    const std::uint64_t clear = ~(row[word] >> low);
    const int set = clear == 0 ? kWordBits : __builtin_ctzll(clear);
    columns += std::min(set, kWordBits - low);
    if (set < kWordBits - low) break;
  }
  return columns;
}

/// Returns the largest rectangle of uncovered cores with its first corner at (x, y): tries the
/// maximum width for each height.
arch::Region Cover::largest_at(int x, int y, int last_row) const {
  arch::Region best{x, y, x, y};
  int max_columns = columns_from(rows_[at(y)], x);
  for (int y1 = y; y1 <= last_row; ++y1) {
    max_columns = std::min(max_columns, columns_from(rows_[at(y1)], x));
    if (max_columns == 0) break;
    const arch::Region region{x, y, x + max_columns - 1, y1};
    if (region.cores() > best.cores()) best = region;
  }
  return best;
}

void Cover::remove(const arch::Region& region) {
  Row columns{};
  for (int x = region.x0; x <= region.x1; ++x) {
    columns[at(x / kWordBits)] |= std::uint64_t{1} << x % kWordBits;
  }
  for (int y = region.y0; y <= region.y1; ++y) {
    for (std::size_t word = 0; word < columns.size(); ++word) rows_[at(y)][word] &= ~columns[word];
  }
}

std::vector<arch::Region> cover(const std::vector<int>& cores, const arch::MeshDescription& grid,
                                bool multicast) {
  std::vector<arch::Region> regions;
  Cover(grid).append(cores.data(), cores.size(), multicast, regions);
  return regions;
}

}  // namespace spikeloom::mapper

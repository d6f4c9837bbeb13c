// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/cover.h"

#include <algorithm>

#include "spikeloom/base/index.h"

namespace spikeloom::mapper {
namespace {

using base::at;

constexpr int kRowPartBits = 64;

template <typename Row>
constexpr int kColumns = static_cast<int>(sizeof(Row)) * 8;

/// Returns the lowest column of a row, or the number of its columns if none is set.
template <typename Row>
int first_column(Row row) {
  for (int word = 0; word < kColumns<Row>; word += kRowPartBits) {
    const auto part = static_cast<std::uint64_t>(row >> word);
    if (part != 0) return word + __builtin_ctzll(part);
  }
  return kColumns<Row>;
}

/// Returns the row with the lowest `count` columns.
template <typename Row>
Row lowest_columns(int count) {
  return count == kColumns<Row> ? static_cast<Row>(~Row{0}) : (Row{1} << count) - 1;
}

}  // namespace

Cover::Cover(const arch::MeshDescription& grid) {
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
  for (std::size_t i = 1; i < count; ++i) {
    const auto& [x, y] = places_[at(cores[i])];
    box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x), std::max(box.y1, y)};
  }
  if (at(box.cores()) == count) {
    regions.push_back(box);
  } else if (box.x1 - box.x0 < kRowPartBits) {
    append_greedy(cores, count, box, rows_.data(), regions);
  } else {
    append_greedy(cores, count, box, long_rows_.data(), regions);
  }
}

template <typename Row>
void Cover::append_greedy(const int* cores, std::size_t count, const arch::Region& box, Row* rows,
                          std::vector<arch::Region>& regions) const {
  const int height = box.y1 - box.y0 + 1;
  std::fill(rows, rows + height, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [x, y] = places_[at(cores[i])];
    rows[y - box.y0] |= Row{1} << (x - box.x0);
  }
  for (int y = 0; y < height; ++y) {
    while (rows[y] != 0) {
      const int x = first_column(rows[y]);
      // The columns from x on that all rows down to y1 have; the largest rectangle of them is best.
      Row columns = rows[y] >> x;
      int best_width = 0;
      int best_height = 0;
      for (int y1 = y; y1 < height && (rows[y1] >> x & 1) != 0; ++y1) {
        columns &= rows[y1] >> x;
        const int width = first_column(static_cast<Row>(~columns));
        columns &= lowest_columns<Row>(width);
        if (width * (y1 - y + 1) <= best_width * best_height) continue;
        best_width = width;
        best_height = y1 - y + 1;
      }
      regions.push_back(
          {box.x0 + x, box.y0 + y, box.x0 + x + best_width - 1, box.y0 + y + best_height - 1});
      const Row covered = lowest_columns<Row>(best_width) << x;
      for (int i = y; i < y + best_height; ++i) rows[i] &= ~covered;
    }
  }
}

}  // namespace spikeloom::mapper

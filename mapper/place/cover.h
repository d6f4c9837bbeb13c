// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::mapper {

/// Partitions sets of cores into rectangles, one packet each. Reuses its memory between calls.
class Cover {
 public:
  explicit Cover(const arch::MeshDescription& grid);

  /// Appends disjoint rectangles that cover exactly the `count` distinct cores. If the cores form a
  /// rectangle, appends it alone. Otherwise greedy: repeatedly takes the largest rectangle whose
  /// first core is the first uncovered one. Without multicast, each core is a rectangle of its own.
  void append(const int* cores, std::size_t count, bool multicast,
              std::vector<arch::Region>& regions);

 private:
  static constexpr int kWordBits = 64;
  /// One bit per column of the grid.
  using Row = std::array<std::uint64_t, (arch::Packet::kMaxCoordinate + kWordBits) / kWordBits>;

  static int first_column(const Row& row);
  static int columns_from(const Row& row, int x);
  arch::Region largest_at(int x, int y, int last_row) const;
  void remove(const arch::Region& region);

  /// Coordinates of a core.
  struct Place {
    int x;
    int y;
  };
  std::vector<Place> places_;  ///< by core
  std::vector<Row> rows_;      ///< cores not covered yet; empty between calls
};

/// Like Cover::append, for a single set of cores.
std::vector<arch::Region> cover(const std::vector<int>& cores, const arch::MeshDescription& grid,
                                bool multicast = true);

}  // namespace spikeloom::mapper

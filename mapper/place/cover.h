// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
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
  /// Coordinates of a core.
  struct Place {
    int x;
    int y;
  };
  /// One bit per column of a grid.
  __extension__ using LongRow = unsigned __int128;
  static constexpr std::size_t kMaxRows = arch::Packet::kMaxCoordinate + 1;
  static_assert(kMaxRows <= sizeof(LongRow) * 8);

  /// Appends the rectangles of cores that form none, which lie in `box`. A Row has a bit per column
  /// of the box.
  template <typename Row>
  void append_greedy(const int* cores, std::size_t count, const arch::Region& box, Row* rows,
                     std::vector<arch::Region>& regions) const;

  std::vector<Place> places_;  ///< by core
  // Cores not covered yet, by row of the box.
  std::array<std::uint64_t, kMaxRows> rows_;
  std::array<LongRow, kMaxRows> long_rows_;
};

}  // namespace spikeloom::mapper

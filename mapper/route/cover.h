// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::mapper {

/// Cuts sets of cores into rectangles, one packet each. Keeps its memory from set to set.
class Cover {
 public:
  explicit Cover(const arch::MeshDescription& grid, bool multicast = true);

  /// Appends disjoint rectangles that cover exactly the `count` different cores. Greedy: the
  /// largest one at the first core that is not covered yet; one rectangle where the cores are one.
  /// Without multicast each core is one of its own.
  void append(const int* cores, std::size_t count, std::vector<arch::Region>& regions);

 private:
  static constexpr int kWordBits = 64;
  /// A bit a column of the grid.
  using Row = std::array<std::uint64_t, (arch::Packet::kMaxCoordinate + kWordBits) / kWordBits>;

  static bool has(const Row& row, int x) {
    return (row[static_cast<std::size_t>(x / kWordBits)] >> x % kWordBits & 1U) != 0;
  }
  static int first_column(const Row& row);
  arch::Region largest_at(int x, int y, int last_row) const;
  void remove(const arch::Region& region);

  arch::MeshDescription grid_;
  bool multicast_;
  std::vector<Row> rows_;  ///< cores not covered yet; empty between calls
};

/// As Cover::append, for a single set.
std::vector<arch::Region> cover(const std::vector<int>& cores, const arch::MeshDescription& grid,
                                bool multicast = true);

}  // namespace spikeloom::mapper

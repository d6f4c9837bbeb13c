// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::arch {

/// Pairs of items of which only one can be kept.
class Conflicts {
 public:
  explicit Conflicts(std::size_t items);

  void add(std::size_t a, std::size_t b);
  bool has(std::size_t a, std::size_t b) const { return (rows_[a][b / 64] >> b % 64 & 1U) != 0; }

  /// Returns which items to drop such that no pair of the rest is in conflict: the fewest that
  /// branch and bound finds within `max_steps` steps. The first steps are those of a greedy search,
  /// so there is always a result.
  std::vector<bool> fewest_dropped(std::size_t max_steps) const;

 private:
  using Row = std::vector<std::uint64_t>;

  std::vector<Row> rows_;  ///< a bit for each other item
};

}  // namespace spikeloom::arch

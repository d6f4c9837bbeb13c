// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::hw {

/// The arithmetic of the ternary crossbar. Each (axon, dendrite) has a plus and a minus bit. The
/// rows of a tick's axons are summed bit-sliced: 64 to 512 dendrites in parallel, with a tree of
/// carry-save adders over the rows (Harley and Seal) and one expansion to integers at the end. The
/// order of the rows does not matter.
class Crossbar {
 public:
  explicit Crossbar(const arch::CoreDescription& core);

  /// Loads one row in the format of the bus: the `plus` and `minus` planes, arch::plane_row_bytes
  /// each. With Synapse::kBinaryPair, all columns are in `plus`, and `minus` is null.
  void load_row(int axon, const std::uint8_t* plus, const std::uint8_t* minus);

  /// For each d with first <= d < first + count, adds the sum of the weights at (row, d) over
  /// `rows` to sums[d - first].
  void accumulate(const std::vector<int>& rows, int first, int count, std::int32_t* sums) const;

  /// Returns the number of nonzero weights of a row in first <= d < first + count.
  int nonzeros(int axon, int first, int count) const;

  /// Returns the weight at (axon, dendrite): -1, 0 or +1.
  int weight(int axon, int dendrite) const;

  /// Return the plus and minus bits of a row: bit d % 64 of word d / 64 is that of dendrite d.
  const std::uint64_t* plus_row(int axon) const;
  const std::uint64_t* minus_row(int axon) const;

 private:
  arch::Synapse synapse_;
  int dendrites_;       ///< ternary dendrites
  std::size_t stride_;  ///< words of a row

  /// A cache line, aligned so that rows of 512 dendrites do not straddle two lines.
  struct alignas(64) Line {
    std::uint64_t words[8];
  };
  std::vector<Line> plus_;
  std::vector<Line> minus_;
};

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/core/memory_bytes.h"

namespace spikeloom::hw {

/// The arithmetic of the ternary crossbar. Each (axon, dendrite) has a plus and a minus bit. The
/// rows of a tick's axons are summed bit-sliced: 64 to 512 dendrites in parallel, with a tree of
/// carry-save adders over the rows (Harley and Seal) and one expansion to integers at the end. The
/// order of the rows does not matter.
class Crossbar {
 public:
  /// The planes are those of the bus: a row of arch::plane_row_bytes for each axon. With
  /// Synapse::kBinaryPair, all columns are in `plus`, and `minus` is empty.
  Crossbar(const arch::CoreDescription& core, const MemoryBytes& plus, const MemoryBytes& minus);

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
  std::size_t stride_;  ///< words of a row
  MemoryBytes plus_;
  MemoryBytes minus_;
};

}  // namespace spikeloom::hw

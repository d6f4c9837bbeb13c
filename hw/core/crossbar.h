// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::hw {

/// The ternary crossbar's arithmetic: a plus and a minus bit for each (axon, dendrite), summed over
/// the axons of a tick bit-sliced: 64 to 512 dendrites side by side, a carry-save tree over the
/// rows (Harley and Seal), one expansion to integers at the end. The order of the rows does not
/// matter.
class Crossbar {
 public:
  explicit Crossbar(const arch::CoreDescription& core);

  /// Takes one row as it lies on the bus: `plus` and `minus` planes of arch::plane_row_bytes; for
  /// Synapse::kBinaryPair all columns are in `plus` and `minus` is null.
  void load_row(int axon, const std::uint8_t* plus, const std::uint8_t* minus);

  /// sums[d - first] += sum over `rows` of the weight at (row, d), for first <= d < first + count.
  void accumulate(const std::vector<int>& rows, int first, int count, std::int32_t* sums) const;

  /// Nonzero weights of a row in first <= d < first + count.
  int nonzeros(int axon, int first, int count) const;

  /// The weight at (axon, dendrite): -1, 0, +1.
  int weight(int axon, int dendrite) const;

 private:
  arch::Synapse synapse_;
  int dendrites_;       ///< ternary
  std::size_t stride_;  ///< words of a row

  /// A cache line, so that rows of 512 dendrites do not straddle two.
  struct alignas(64) Line {
    std::uint64_t words[8];
  };
  std::vector<Line> plus_;
  std::vector<Line> minus_;

  const std::uint64_t* plus_row(int axon) const;
  const std::uint64_t* minus_row(int axon) const;
};

}  // namespace spikeloom::hw

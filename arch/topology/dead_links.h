// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::arch {

/// Finds the listed dead link that an output of a router leads over. In a torus whose ring has two
/// routers both of its links join the same ones, and both are dead.
class DeadLinks {
 public:
  static constexpr int kNone = -1;

  explicit DeadLinks(const ChipDescription& chip) : DeadLinks(chip, chip.defects.links) {}
  /// Of other links of the same board than the listed ones.
  DeadLinks(const ChipDescription& chip, const std::vector<DeadLink>& dead);

  bool any() const { return !by_output_.empty(); }
  /// Returns the index in the list, or kNone. `output` is an arch::Link::index.
  int at(std::size_t output) const { return any() ? by_output_[output] : kNone; }

 private:
  std::vector<int> by_output_;  ///< empty if no link is dead
};

}  // namespace spikeloom::arch

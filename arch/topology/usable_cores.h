// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::arch {

/// The cores of a board that a network may use: they work, and no packet between any two of them,
/// or between one of them and the host, crosses a dead link, to single cores and to rectangles of
/// them alike.
///
/// Routing is fixed, so a dead link cuts off the cores whose packets to or from the host cross it.
/// Of the pairs of other cores whose packets cross one, one core of each is left out: as few cores
/// as a search finds (docs/network.md). The search is exact unless there are very many links, and
/// always gives the same result for the same chip.
class UsableCores {
 public:
  /// A core that works but is left out.
  struct CutOff {
    int core;
    std::size_t link;  ///< index in chip.defects.links of one that packets to or from it cross
  };

  explicit UsableCores(const ChipDescription& chip);

  bool usable(int core) const { return usable_[static_cast<std::size_t>(core)]; }
  /// Returns the number of usable cores.
  int count() const { return count_; }
  /// Returns the cores that are left out, in ascending order.
  const std::vector<CutOff>& cut_off() const { return cut_off_; }
  /// Returns "2 dead (chip0.core_1_0, ...) and 1 cut off (chip0.core_3_0 by (2,0) to (3,0))". Of
  /// each kind it names at most five cores.
  std::string missing(const ChipDescription& chip) const;

 private:
  std::vector<bool> usable_;
  int count_ = 0;
  std::vector<CutOff> cut_off_;
};

}  // namespace spikeloom::arch

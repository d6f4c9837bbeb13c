// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/mapper/place/placement.h"
#include "spikeloom/mapper/plan/block_index.h"
#include "spikeloom/mapper/plan/core_space.h"

namespace spikeloom::mapper {

/// Core of a block, and its first group and first expansion entry there.
struct Slot {
  static constexpr int kNowhere = -1;
  int core = kNowhere;
  int group_base = 0;
  int entry_base = 0;
  bool operator==(const Slot& o) const {
    return core == o.core && group_base == o.group_base && entry_base == o.entry_base;
  }
};

using Slots = std::vector<Slot>;  ///< by BlockIndex

/// An incomplete placement: the blocks in each core, and the resources left.
class Occupancy {
 public:
  /// Initially no block is placed. Only the usable cores of the chip have room.
  Occupancy(const std::vector<LayerMap>& layers, const arch::ChipDescription& chip,
            const arch::UsableCores& usable, Sharing sharing);

  const BlockIndex& blocks() const { return blocks_; }
  const arch::MeshDescription& grid() const { return grid_; }
  const CoreSpace& space() const { return space_; }
  const BlockNeed& need(int block) const { return needs_[at(block)]; }
  const Slots& slots() const { return slots_; }
  const Slot& slot(int block) const { return slots_[at(block)]; }
  /// Blocks in a core, in the order in which they were put there.
  const std::vector<int>& occupants(int core) const { return occupants_[at(core)]; }

  /// Raises the bases of `slot`, whose core is given, to the first values at which the core has
  /// room for the block's groups and entries. Returns false if a limit of the core would be
  /// exceeded.
  bool settle(int block, Slot& slot) const;
  /// Whether the block's groups and entries at these bases are within the limits of a core.
  bool within(int block, const Slot& slot) const;

  /// Places a block that is not placed.
  void put(int block, const Slot& slot);
  /// Removes a placed block from its core.
  void take(int block);
  void take_all();

  /// Returns the placement by layer. All blocks must be placed.
  Placement placement() const;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  arch::CoreDescription core_;
  arch::MeshDescription grid_;
  BlockIndex blocks_;
  std::vector<BlockNeed> needs_;
  CoreSpace space_;
  Slots slots_;
  std::vector<std::vector<int>> occupants_;  ///< [core]
};

}  // namespace spikeloom::mapper

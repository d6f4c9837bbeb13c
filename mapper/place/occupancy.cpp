// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/occupancy.h"

#include <algorithm>

namespace spikeloom::mapper {

Occupancy::Occupancy(const std::vector<LayerMap>& layers, const arch::ChipDescription& chip,
                     const arch::UsableCores& usable, Sharing sharing)
    : core_(chip.core),
      grid_(chip.grid()),
      blocks_(layers),
      space_(chip.core, grid_.cores(), sharing),
      slots_(at(blocks_.blocks())),
      occupants_(at(grid_.cores())) {
  for (const std::vector<BlockNeed>& needs : block_needs(layers)) {
    needs_.insert(needs_.end(), needs.begin(), needs.end());
  }
  for (int core = 0; core < grid_.cores(); ++core) {
    if (!usable.usable(core)) space_.close(core);
  }
}

bool Occupancy::settle(int block, Slot& slot) const {
  const BlockNeed& needed = need(block);
  if (!space_.fits(slot.core, needed)) return false;
  slot.group_base = space_.free_groups(slot.core, slot.group_base, needed.groups);
  if (needed.entries > 0) {
    slot.entry_base = space_.free_entries(slot.core, slot.entry_base, needed.entries);
  }
  return within(block, slot);
}

bool Occupancy::within(int block, const Slot& slot) const {
  const BlockNeed& needed = need(block);
  return slot.group_base + needed.groups <= core_.fan_in_groups &&
         (needed.entries == 0 || slot.entry_base + needed.entries <= core_.expansion.entries);
}

void Occupancy::put(int block, const Slot& slot) {
  space_.add(slot.core, need(block), slot.group_base, slot.entry_base);
  occupants_[at(slot.core)].push_back(block);
  slots_[at(block)] = slot;
}

void Occupancy::take(int block) {
  Slot& slot = slots_[at(block)];
  space_.remove(slot.core, need(block), slot.group_base, slot.entry_base);
  std::vector<int>& occupants = occupants_[at(slot.core)];
  occupants.erase(std::find(occupants.begin(), occupants.end(), block));
  slot = {};
}

void Occupancy::take_all() {
  for (int block = 0; block < blocks_.blocks(); ++block) {
    if (slot(block).core != Slot::kNowhere) take(block);
  }
}

Placement Occupancy::placement() const {
  Placement placement;
  for (int block = 0; block < blocks_.blocks(); ++block) {
    placement.resize(at(blocks_.layer(block)) + 1);
    LayerPlacement& layer = placement.back();
    layer.core.push_back(slot(block).core);
    layer.group_base.push_back(slot(block).group_base);
    layer.entry_base.push_back(slot(block).entry_base);
  }
  return placement;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/seating.h"

#include <algorithm>

namespace spikeloom::mapper {

Seating::Seating(const std::vector<LayerMap>& layers, const arch::ChipDescription& chip,
                 Sharing sharing)
    : core_(chip.core),
      grid_(chip.grid()),
      blocks_(layers),
      space_(chip.core, grid_.cores(), sharing),
      seats_(at(blocks_.blocks())),
      tenants_(at(grid_.cores())) {
  for (const std::vector<BlockNeed>& needs : block_needs(layers)) {
    needs_.insert(needs_.end(), needs.begin(), needs.end());
  }
}

bool Seating::settle(int block, Seat& seat) const {
  const BlockNeed& needed = need(block);
  if (!space_.fits(seat.core, needed)) return false;
  seat.group_base = space_.free_groups(seat.core, seat.group_base, needed.groups);
  if (needed.entries > 0) {
    seat.entry_base = space_.free_entries(seat.core, seat.entry_base, needed.entries);
  }
  return within(block, seat);
}

bool Seating::within(int block, const Seat& seat) const {
  const BlockNeed& needed = need(block);
  return seat.group_base + needed.groups <= core_.fan_in_groups &&
         (needed.entries == 0 || seat.entry_base + needed.entries <= core_.expansion.entries);
}

void Seating::put(int block, const Seat& seat) {
  space_.add(seat.core, need(block), seat.group_base, seat.entry_base);
  tenants_[at(seat.core)].push_back(block);
  seats_[at(block)] = seat;
}

void Seating::take(int block) {
  Seat& seat = seats_[at(block)];
  space_.remove(seat.core, need(block), seat.group_base, seat.entry_base);
  std::vector<int>& tenants = tenants_[at(seat.core)];
  tenants.erase(std::find(tenants.begin(), tenants.end(), block));
  seat = {};
}

void Seating::take_all() {
  for (int block = 0; block < blocks_.blocks(); ++block) {
    if (seat(block).core != Seat::kNowhere) take(block);
  }
}

Placement Seating::placement() const {
  Placement placement;
  for (int block = 0; block < blocks_.blocks(); ++block) {
    placement.resize(at(blocks_.layer(block)) + 1);
    LayerPlacement& layer = placement.back();
    layer.core.push_back(seat(block).core);
    layer.group_base.push_back(seat(block).group_base);
    layer.entry_base.push_back(seat(block).entry_base);
  }
  return placement;
}

}  // namespace spikeloom::mapper

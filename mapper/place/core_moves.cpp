// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/core_moves.h"

#include <algorithm>
#include <vector>

namespace spikeloom::mapper {
namespace {

template <typename T>
const T& any_of(const std::vector<T>& items, RandomSource& random) {
  return items[static_cast<std::size_t>(random.below(static_cast<int>(items.size())))];
}

/// Returns a random core at most `distance` columns and rows away from `core`.
int near(const arch::MeshDescription& grid, RandomSource& random, int core, int distance) {
  const auto along = [&](int place, int size) {
    return random.between(std::max(0, place - distance), std::min(size - 1, place + distance));
  };
  const int x = along(grid.x(core), grid.columns);
  return grid.core_at(x, along(grid.y(core), grid.rows));
}

/// Puts the taken `blocks` into core `to` with unchanged bases.
void carry(MovableOccupancy& occupancy, const std::vector<int>& blocks, int to) {
  for (const MovableOccupancy::Taken& taken : occupancy.taken()) {
    if (std::find(blocks.begin(), blocks.end(), taken.block) == blocks.end()) continue;
    occupancy.put(taken.block, {to, taken.before.group_base, taken.before.entry_base});
  }
}

/// Moves a block to another core. Returns false, with the block taken, if it does not fit.
bool move_block(MovableOccupancy& occupancy, int block, int core) {
  const Slot before = occupancy.occupancy().slot(block);
  occupancy.take(block);
  // Prefer the same bases, so that the block still shares multicast packets with other receivers.
  Slot slot{core, before.group_base, before.entry_base};
  if (!occupancy.occupancy().settle(block, slot)) {
    slot = {core, 0, 0};
    if (!occupancy.occupancy().settle(block, slot)) return false;
  }
  occupancy.put(block, slot);
  return true;
}

}  // namespace

bool CoreMoves::propose(MovableOccupancy& occupancy, RandomSource& random, double left) {
  const Occupancy& now = occupancy.occupancy();
  const int block = random.below(now.blocks().blocks());
  const int from = now.slot(block).core;
  const int to = target(now, random, block, left);
  if (to == from || now.space().closed(to)) return false;
  const bool alone = now.occupants(from).size() == 1;
  if (random.below(2) == 0 && !(alone && now.occupants(to).empty())) {
    return move_block(occupancy, block, to);
  }
  const std::vector<int> here = now.occupants(from);
  const std::vector<int> there = now.occupants(to);
  for (const int occupant : here) occupancy.take(occupant);
  for (const int occupant : there) occupancy.take(occupant);
  carry(occupancy, here, to);
  carry(occupancy, there, from);
  return true;
}

int CoreMoves::target(const Occupancy& occupancy, RandomSource& random, int block,
                      double left) const {
  const arch::MeshDescription& grid = occupancy.grid();
  if (random.below(2) == 0) {
    const int other = partner(random, block);
    if (other != Stream::kHost) return near(grid, random, occupancy.slot(other).core, 1);
  }
  const int size = std::max(grid.columns, grid.rows);
  return near(grid, random, occupancy.slot(block).core,
              std::max(1, static_cast<int>(left * static_cast<double>(size))));
}

/// Returns a random block that sends to this one, receives the same packets, or receives packets
/// from this one; or Stream::kHost.
int CoreMoves::partner(RandomSource& random, int block) const {
  const std::vector<int>& received = traffic_.received_by(block);
  const std::vector<int>& sent = traffic_.sent_by(block);
  if (sent.empty() || random.below(2) == 0) {
    if (received.empty()) return Stream::kHost;
    const Stream& stream = traffic_.streams()[static_cast<std::size_t>(any_of(received, random))];
    return random.below(2) == 0 ? any_of(stream.sources, random).block
                                : any_of(stream.receivers, random).block;
  }
  const Stream& stream = traffic_.streams()[static_cast<std::size_t>(any_of(sent, random))];
  return any_of(stream.receivers, random).block;
}

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/energy/events.h"

namespace spikeloom::hw {

/// Adds the events of the tick that `board` has just finished to `counts`, which has one entry for
/// each stat category (CoreIf::set_categories), and to `cores`, which has one entry for each core
/// of the board. The events of a core are its own, from its axon buffers to its routing table.
void collect_events(const Board& board, std::vector<EventCounts>& counts,
                    std::vector<EventCounts>& cores);

}  // namespace spikeloom::hw

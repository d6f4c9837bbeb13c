// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/energy/events.h"

namespace spikeloom::hw {

/// The events of the tick that `board` has just finished, by account (CoreIf::set_accounts).
/// Adds to `counts`, one entry an account, and to `cores`, one a core of the board: its own events,
/// from its axon buffers to its routing table.
void collect_events(const Board& board, std::vector<EventCounts>& counts,
                    std::vector<EventCounts>& cores);

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "hw/chip/chip.h"
#include "hw/energy/events.h"

namespace spikeloom::hw {

/// The events of the tick that `chip` has just finished, by account (CoreModel::set_accounts).
/// Adds to `counts`, one entry an account.
void collect_events(Chip& chip, std::vector<EventCounts>& counts);

}  // namespace spikeloom::hw

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/faults/hardware_faults.h"

namespace spikeloom::hw {

/// Returns the links of a board that these faults break: those that are listed, and those that
/// HardwareFaults::link_dead hits.
std::vector<arch::DeadLink> broken_links(const HardwareFaults& faults,
                                         const arch::ChipDescription& chip);

}  // namespace spikeloom::hw

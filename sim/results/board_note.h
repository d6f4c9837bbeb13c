// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::sim {

/// A line that says on which board the network is where that is not the chip file's; else empty.
std::string grown_board_note(const arch::ChipDescription& given, const arch::ChipDescription& used);

}  // namespace spikeloom::sim

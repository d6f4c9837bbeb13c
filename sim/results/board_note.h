// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::sim {

/// Returns a line about the board that the mapper chose if it is not the chip file's, otherwise an
/// empty string.
std::string grown_board_note(const arch::ChipDescription& given, const arch::ChipDescription& used);

}  // namespace spikeloom::sim

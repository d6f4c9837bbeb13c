// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/chip_description.h"

namespace spikeloom::program {

/// A line that says on which board the network is where that is not the chip file's; else empty.
std::string grown_board_note(const common::ChipDescription& given,
                             const common::ChipDescription& used);

}  // namespace spikeloom::program

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/chip_description.h"
#include "common/config_file.h"

namespace spikeloom::common {

/// Reads and validates a chip file. Throws UserError with every problem of it.
ChipDescription load_chip(const std::string& path, const std::vector<Override>& overrides = {});
/// As load_chip, of a file that is open: its root is the chip.
ChipDescription read_chip(ConfigFile& file);

}  // namespace spikeloom::common

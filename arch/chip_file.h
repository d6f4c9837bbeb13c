// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/config_file.h"

namespace spikeloom::arch {

/// Reads and validates a chip file. Throws UserError with every problem of it.
ChipDescription load_chip(const std::string& path,
                          const std::vector<base::Override>& overrides = {});
/// As load_chip, of a file that is open: its root is the chip.
ChipDescription read_chip(base::ConfigFile& file);

}  // namespace spikeloom::arch

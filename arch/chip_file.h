// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/config_file.h"

namespace spikeloom::arch {

/// Reads and validates a chip file. Throws UserError with all problems found.
ChipDescription load_chip(const std::string& path,
                          const std::vector<base::Override>& overrides = {});
/// Like load_chip, for an open file whose root is the chip.
ChipDescription read_chip(base::ConfigFile& file);

}  // namespace spikeloom::arch

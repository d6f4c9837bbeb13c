// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "spikeloom/base/config_file.h"

namespace spikeloom::cli {

/// Adds --chip, with `purpose` as its help, and --set.
void add_chip_options(boost::program_options::options_description& description,
                      const char* purpose);

/// Returns the settings of --set as overrides of the chip file. Throws base::UserError.
std::vector<base::Override> chip_overrides(const boost::program_options::variables_map& values);

/// Parses "chip.core.axons=512" as an override of the chip file. Throws base::UserError.
base::Override chip_override(const std::string& text);

}  // namespace spikeloom::cli

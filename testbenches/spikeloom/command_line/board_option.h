// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <boost/program_options.hpp>

#include "common/chip_description.h"

namespace spikeloom::program {

/// Adds --board.
void add_board_option(boost::program_options::options_description& description);

/// The setting "chip.board.grow=true" that --board auto stands for. Throws common::UserError for
/// another value.
std::optional<std::string> board_setting(const boost::program_options::variables_map& values);

/// A line that says on which board the network is where that is not the chip file's; else empty.
std::string grown_board_note(const common::ChipDescription& given,
                             const common::ChipDescription& used);

}  // namespace spikeloom::program

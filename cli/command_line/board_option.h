// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <boost/program_options.hpp>

namespace spikeloom::cli {

/// Adds --board.
void add_board_option(boost::program_options::options_description& description);

/// Returns the setting for --board auto, "chip.board.grow=true"; nullopt without the option. Throws
/// base::UserError for another value.
std::optional<std::string> board_setting(const boost::program_options::variables_map& values);

}  // namespace spikeloom::cli

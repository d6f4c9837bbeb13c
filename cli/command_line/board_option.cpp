// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/board_option.h"

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::cli {

namespace options = boost::program_options;

void add_board_option(options::options_description& description) {
  description.add_options()("board", options::value<std::string>()->value_name("auto"),
                            "if the chip file's board is too small, use the smallest board that "
                            "the network fits on: chip.board.grow=true");
}

std::optional<std::string> board_setting(const options::variables_map& values) {
  if (values.count("board") == 0) return std::nullopt;
  const std::string value = values["board"].as<std::string>();
  if (value != "auto") {
    throw base::UserError(fmt::format(
        "--board: got {}, allowed auto (for a fixed size: --set chip.board.columns=2 --set "
        "chip.board.rows=2)",
        value));
  }
  return "chip.board.grow=true";
}

}  // namespace spikeloom::cli

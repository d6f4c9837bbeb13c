// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/command.h"

namespace spikeloom::cli {

CommandLine line_of(const Command& command) {
  CommandLine line = command.line();
  line.options.add_options()("help,h", "print this help");
  return line;
}

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
// Command lines: an argument a line, the command first. They are parsed; nothing is run.
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command_line/board_option.h"
#include "cli/command_line/chip_options.h"
#include "cli/command_line/command_list.h"
#include "cli/command_line/execution_options.h"
#include "cli/command_line/run_options.h"
#include "cli/commands/dispatch.h"
#include "spikeloom/base/error.h"
#include "testbenches/fuzz/scratch.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

bool takes(const cli::Command& command, const char* option) {
  return cli::line_of(command).options.find_nothrow(option, false) != nullptr;
}

/// Makes requests of the values, as the commands do before they begin.
void read_values(const cli::Command& command, const boost::program_options::variables_map& values) {
  if (values.count("run") != 0) {
    sim::RunRequest request = cli::run_request(values);
    if (takes(command, "record-spikes")) cli::read_execution_options(values, request);
  }
  if (takes(command, "chip")) cli::chip_overrides(values);
  if (takes(command, "board")) cli::board_setting(values);
}

}  // namespace

void read_command_line(base::ByteView input) {
  // The cache of mappings, which a request names, is not the user's.
  static const int kSet = setenv("XDG_CACHE_HOME", scratch_folder().c_str(), 1);
  static_cast<void>(kSet);
  std::istringstream lines(text_of(input));
  std::string name;
  std::getline(lines, name);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(lines, argument);) arguments.push_back(argument);
  for (const cli::Command* const command : cli::commands()) {
    if (command->name != name) continue;
    const auto values = cli::parse_arguments(*command, arguments);
    if (values.count("help") == 0) read_values(*command, values);
    return;
  }
  throw base::UserError("no command");
}

}  // namespace spikeloom::fuzz

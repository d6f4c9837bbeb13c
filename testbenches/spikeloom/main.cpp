// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <systemc>

#include "common/error.h"
#include "common/version.h"
#include "testbenches/spikeloom/command_line/command_list.h"
#include "testbenches/spikeloom/commands/dispatch.h"
#include "testbenches/spikeloom/help/command_help.h"
#include "testbenches/spikeloom/terminal/exit_status.h"

namespace spikeloom::program {
namespace {

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    std::cerr << program_help();
    return common::kUserErrorStatus;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h") {
    std::cout << program_help();
    return 0;
  }
  if (arguments[0] == "--version") {
    std::cout << "spikeloom " << common::kVersion << "\n";
    return 0;
  }
  for (const Command* command : commands()) {
    if (arguments[0] != command->name) continue;
    return dispatch(*command, {arguments.begin() + 1, arguments.end()});
  }
  throw common::UserError(
      fmt::format("spikeloom: no command {}: spikeloom --help lists them", arguments[0]));
}

}  // namespace
}  // namespace spikeloom::program

/// SystemC's library wants it; a simulation is elaborated by the worker process that runs it.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return spikeloom::program::exit_status([&] { return spikeloom::program::run(arguments); });
}

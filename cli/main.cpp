// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <systemc>

#include "cli/command_line/command_list.h"
#include "cli/command_line/mpi_launch.h"
#include "cli/commands/dispatch.h"
#include "cli/help/command_help.h"
#include "cli/terminal/exit_status.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/version.h"
#include "spikeloom/hw/functional/lane_count.h"

namespace spikeloom::cli {
namespace {

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    std::cerr << program_help();
    return base::kUserErrorStatus;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h") {
    std::cout << program_help();
    return 0;
  }
  if (arguments[0] == "--version") {
    std::cout << "spikeloom " << base::kVersion
              << "\ninstruction set: " << hw::lane_counts().front().instruction_set << "\n";
    return 0;
  }
  for (const Command* command : commands()) {
    if (arguments[0] != command->name) continue;
    if (command == &kRunCommand || command == &kSweepCommand) leave_output_to_rank_0();
    return dispatch(*command, {arguments.begin() + 1, arguments.end()});
  }
  throw base::UserError(
      fmt::format("spikeloom: there is no command {}; spikeloom --help lists them", arguments[0]));
}

}  // namespace
}  // namespace spikeloom::cli

/// Required by the SystemC library, but unused: worker processes elaborate and run the simulations.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return spikeloom::cli::exit_status([&] { return spikeloom::cli::run(arguments); });
}

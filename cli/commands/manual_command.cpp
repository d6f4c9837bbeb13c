// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command_line/command_list.h"
#include "cli/help/manual.h"

namespace spikeloom::cli {
namespace {

CommandLine manual_line() { return {}; }

int run_manual(const boost::program_options::variables_map& /*values*/) {
  std::cout << manual();
  return 0;
}

}  // namespace

const Command kManualCommand = {
    "manual",
    "Print the manual page spikeloom(1)",
    "An installation includes it: man spikeloom.",
    "spikeloom manual > spikeloom.1; man -l spikeloom.1",
    manual_line,
    run_manual,
};

}  // namespace spikeloom::cli

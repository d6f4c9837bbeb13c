// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/prepared_run.h"
#include "testbenches/spikeloom/run_execution.h"

namespace spikeloom::program {
namespace {

int run(const Command& command, const std::vector<std::string>& arguments) {
  return execute_run(command, arguments,
                     boost::program_options::positional_options_description().add("run", 1),
                     prepare_run);
}

}  // namespace

const Command kRunCommand = {
    "run", "Run test images through a network on the modelled chip",
    "spikeloom run RUN.yaml [--images N] [--first I] [--timing cycle|functional]\n"
    "                     [--no-pipeline] [-j N] [--board auto] [--set key=value]...\n"
    "                     [-o DIR] [--vcd FILE [--vcd-scope SCOPE] [--vcd-from TICK]\n"
    "                     [--vcd-to TICK]]",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -j 2\n"
    "  spikeloom run configs/runs/lenet-fashion.yaml --set chip.router.link_cycles=2\n"
    "  spikeloom run configs/runs/lenet-fashion.yaml --images 2 --vcd lenet.vcd --vcd-to 8",
    run};

}  // namespace spikeloom::program

// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/prepared_run.h"
#include "testbenches/spikeloom/run_execution.h"

namespace spikeloom::program {
namespace {

namespace options = boost::program_options;

int run(const Command& command, const std::vector<std::string>& arguments) {
  options::options_description description("options");
  add_run_options(description);
  add_execution_options(description);
  const auto values = parse_arguments(
      command, description, options::positional_options_description().add("run", 1), arguments);
  if (values.count("help") != 0) return 0;
  const auto start = std::chrono::steady_clock::now();
  return execute_run(prepare_run(values), values, start);
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

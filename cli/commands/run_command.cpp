// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/command_list.h"
#include "cli/command_line/execution_options.h"
#include "cli/command_line/run_options.h"

namespace spikeloom::cli {
namespace {

CommandLine run_line() {
  CommandLine line{{}, {{"run", "RUN.yaml"}}};
  add_image_options(line.options);
  add_run_options(line.options);
  add_execution_options(line.options);
  return line;
}

int run_run(const boost::program_options::variables_map& values) {
  sim::RunRequest request = run_request(values);
  read_execution_options(values, request);
  return run_and_print(values, request);
}

}  // namespace

const Command kRunCommand = {
    "run",
    "Run test images through a network on the modelled chip",
    "",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -j 2\n"
    "spikeloom run configs/runs/lenet-fashion.yaml --set chip.router.link_cycles=2\n"
    "spikeloom run configs/runs/lenet-fashion.yaml --images 2 \\\n"
    "    --vcd lenet.vcd --vcd-to 8",
    run_line,
    run_run,
};

}  // namespace spikeloom::cli

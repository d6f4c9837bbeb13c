// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/command_line/command_list.h"
#include "testbenches/spikeloom/run/prepared_run.h"
#include "testbenches/spikeloom/run/run_execution.h"

namespace spikeloom::program {
namespace {

CommandLine line() {
  CommandLine line{{}, {{"run", "RUN.yaml"}}};
  add_image_options(line.options);
  add_run_options(line.options);
  add_execution_options(line.options);
  return line;
}

int run(const boost::program_options::variables_map& values) {
  return execute_run(values, prepare_run);
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
    line,
    run,
};

}  // namespace spikeloom::program

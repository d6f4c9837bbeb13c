// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/command_list.h"
#include "cli/commands/run_execution.h"
#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::cli {
namespace {

CommandLine line() {
  CommandLine line{{}, {{"trace", "TRACE.npz"}, {"run", "RUN.yaml"}}};
  sim::add_run_options(line.options);
  add_execution_options(line.options);
  return line;
}

int run(const boost::program_options::variables_map& values) {
  return execute_run(values, sim::prepare_replay);
}

}  // namespace

const Command kReplayCommand = {
    "replay",
    "Run a recorded spike trace's input again, without data set and host layer",
    "",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 \\\n"
    "    --record-spikes lenet.npz\n"
    "spikeloom replay lenet.npz configs/runs/lenet-fashion.yaml \\\n"
    "    --set chip.router.link_cycles=2",
    line,
    run,
};

}  // namespace spikeloom::cli

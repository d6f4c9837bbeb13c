// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/command_list.h"
#include "cli/command_line/execution_options.h"
#include "cli/command_line/run_options.h"

namespace spikeloom::cli {
namespace {

CommandLine replay_line() {
  CommandLine line{{}, {{"trace", "TRACE.npz"}, {"run", "RUN.yaml"}}};
  add_run_options(line.options);
  add_execution_options(line.options);
  return line;
}

int run_replay(const boost::program_options::variables_map& values) {
  sim::RunRequest request = run_request(values);
  request.trace = values["trace"].as<std::string>();
  read_execution_options(values, request);
  return run_and_print(values, request);
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
    replay_line,
    run_replay,
};

}  // namespace spikeloom::cli

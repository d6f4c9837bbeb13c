// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/prepared_run.h"
#include "testbenches/spikeloom/run_execution.h"

namespace spikeloom::program {
namespace {

int run(const Command& command, const std::vector<std::string>& arguments) {
  return execute_run(
      command, arguments,
      boost::program_options::positional_options_description().add("trace", 1).add("run", 1),
      prepare_replay);
}

}  // namespace

const Command kReplayCommand = {
    "replay", "Run a recorded spike trace's input again, without data set and host layer",
    "spikeloom replay TRACE.npz RUN.yaml [--timing cycle|functional] [--no-pipeline] [-j N]\n"
    "                        [--board auto] [--set key=value]... [-o DIR] [--vcd FILE]",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 --record-spikes lenet.npz\n"
    "  spikeloom replay lenet.npz configs/runs/lenet-fashion.yaml --set chip.router.link_cycles=2",
    run};

}  // namespace spikeloom::program

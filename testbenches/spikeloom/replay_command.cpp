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
      command, description, options::positional_options_description().add("trace", 1).add("run", 1),
      arguments);
  if (values.count("help") != 0) return 0;
  const auto start = std::chrono::steady_clock::now();
  return execute_run(prepare_replay(values, values["trace"].as<std::string>()), values, start);
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

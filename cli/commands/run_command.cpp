// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/run_command.h"

#include <cstddef>

#include "cli/command_line/command_list.h"
#include "cli/command_line/execution_options.h"
#include "cli/command_line/mpi_launch.h"
#include "cli/command_line/run_options.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

CommandLine run_line() {
  CommandLine line{{}, {{"run", "RUN.yaml"}}};
  add_image_options(line.options);
  add_run_options(line.options);
  line.options.add_options()(
      "resume", "go on from the images that an earlier start of the same command has finished")(
      "share", options::value<std::size_t>()->value_name("N"),
      "images that a worker takes at a time. With few, less is lost when a process ends, but the "
      "chip is loaded more often (default: so many that this takes little time)");
  add_execution_options(line.options);
  return line;
}

int run_run(const options::variables_map& values) {
  // Under MPI each rank becomes the MPI program; other starts do not load MPI.
  if (started_by_mpi()) become_mpi_program();
  return run_and_print(values, request_of(values));
}

}  // namespace

sim::RunRequest request_of(const options::variables_map& values) {
  sim::RunRequest request = run_request(values);
  read_execution_options(values, request);
  request.resume = values.count("resume") != 0;
  if (values.count("share") == 0) return request;
  request.share_images = values["share"].as<std::size_t>();
  if (request.share_images == 0) throw base::UserError("--share: got 0, allowed 1 or more");
  return request;
}

const Command kRunCommand = {
    "run",
    "Run test images through a network on the modelled chip",
    "Finished images of a run that was stopped are kept, for --resume. Under mpirun all ranks "
    "share the images, each with -j workers, and rank 0 prints and writes the results.",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -j 2\n"
    "spikeloom run configs/runs/lenet-fashion.yaml --set chip.router.link_cycles=2\n"
    "spikeloom run configs/runs/lenet-fashion.yaml --images 2 \\\n"
    "    --vcd lenet.vcd --vcd-to 8",
    run_line,
    run_run,
};

}  // namespace spikeloom::cli

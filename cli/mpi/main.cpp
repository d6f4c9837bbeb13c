// SPDX-License-Identifier: Apache-2.0
// spikeloom-mpi: the program that `spikeloom sweep` becomes under mpirun, so that other starts of
// the program do not load MPI.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <systemc>

#include "cli/command_line/command_list.h"
#include "cli/commands/dispatch.h"
#include "cli/commands/sweep_command.h"
#include "cli/mpi/mpi_pool.h"
#include "cli/terminal/exit_status.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

/// Runs in every MPI rank.
int run(const options::variables_map& values) {
  // Worker processes are forked before MPI is initialized, so that it does not see them.
  explore::LocalPool local(values["jobs"].as<unsigned>());
  const boost::mpi::environment environment(false);
  const boost::mpi::communicator world;
  if (world.rank() != 0) {
    serve(world, local);
    return 0;
  }
  MpiPool pool(world, local);
  return exit_status(
      [&] { return sweep(values, [&](std::size_t /*jobs*/) -> explore::Pool& { return pool; }); });
}

}  // namespace
}  // namespace spikeloom::cli

int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) {
  using namespace spikeloom::cli;
  return exit_status([&] {
    Command command = kSweepCommand;
    command.run = run;
    // The first argument is the sub-command's name.
    return dispatch(command, {argv + std::min(argc, 2), argv + argc});
  });
}

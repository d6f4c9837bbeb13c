// SPDX-License-Identifier: Apache-2.0
// spikeloom-mpi: the program that `spikeloom run` and `spikeloom sweep` become under mpirun, so
// that other starts of the program do not load MPI.
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <systemc>

#include "cli/command_line/command_list.h"
#include "cli/command_line/execution_options.h"
#include "cli/command_line/mpi_launch.h"
#include "cli/commands/dispatch.h"
#include "cli/commands/run_command.h"
#include "cli/commands/sweep_command.h"
#include "cli/mpi/mpi_pool.h"
#include "cli/terminal/exit_status.h"
#include "spikeloom/base/build_id.h"
#include "spikeloom/base/error.h"
#include "spikeloom/sim/run/run.h"
#include "spikeloom/sim/run/share_store.h"
#include "spikeloom/sim/simulation/share_server.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;
using explore::Job;
using explore::Outcome;
using sim::Share;
using sim::ShareReport;

/// MPI in this rank, from the constructor to the destructor.
class Mpi {
 public:
  const boost::mpi::communicator& world() const { return world_; }

 private:
  boost::mpi::environment environment_{false};
  boost::mpi::communicator world_;
};

/// `spikeloom sweep` in every rank.
int sweep_in_rank(const options::variables_map& values) {
  // Worker processes are forked before MPI is initialized, so that it does not see them.
  explore::LocalPool local(values["jobs"].as<unsigned>());
  const Mpi mpi;
  if (mpi.world().rank() != 0) {
    serve<Job, Outcome>(mpi.world(), &local, base::build_id(), "");
    return 0;
  }
  MpiPool<Job, Outcome> pool(mpi.world(), &local, base::build_id());
  return exit_status(
      [&] { return sweep(values, [&](std::size_t /*jobs*/) -> explore::Pool& { return pool; }); });
}

/// The workers of all ranks, for a run in rank 0. They work from the call of `make` on; without one
/// the other ranks finish, too.
class RunRanks {
 public:
  ~RunRanks() {
    if (asked_) return;
    try {
      if (!mpi_) mpi_.emplace();
      pool_.emplace(mpi_->world(), nullptr, "");
    } catch (const base::UserError&) {
      // Rank 0 has told its own error.
    }
  }

  sim::SharePool& make(const sim::Simulation& simulation, const sim::PreparedRun& prepared,
                       const sim::RunRequest& request) {
    // Its process is forked before MPI is initialized.
    local_.emplace(simulation, request.workers);
    mpi_.emplace();
    if (mpi_->world().size() > 1 && (simulation.observe || simulation.trace != nullptr)) {
      throw base::UserError(
          "--record-levels, --record-spikes and --vcd write files in one process: not allowed "
          "with several ranks of mpirun; -j N is");
    }
    asked_ = true;
    return pool_.emplace(mpi_->world(), &*local_, sim::run_name(prepared, request));
  }

 private:
  std::optional<sim::ShareServer> local_;
  std::optional<Mpi> mpi_;
  bool asked_ = false;  ///< the other ranks have a pool, or know that there is none
  std::optional<MpiPool<Share, ShareReport>> pool_;
};

/// A run in the ranks other than 0. Errors are told to rank 0, which alone prints.
int serve_run(const options::variables_map& values) {
  std::optional<sim::ShareServer> local;
  std::string name;
  std::string failure;
  try {
    const sim::RunRequest request = request_of(values);
    sim::with_simulation(request,
                         [&](const sim::Simulation& simulation, const sim::PreparedRun& prepared) {
                           local.emplace(simulation, request.workers);
                           name = sim::run_name(prepared, request);
                         });
  } catch (const std::exception& error) {
    failure = error.what();
  }
  const Mpi mpi;
  serve<Share, ShareReport>(mpi.world(), local ? &*local : nullptr, name, failure);
  return 0;
}

/// `spikeloom run` in every rank.
int run_in_rank(const options::variables_map& values) {
  if (mpi_rank() != 0) return serve_run(values);
  RunRanks ranks;
  return exit_status([&] {
    const sim::RunRequest request = request_of(values);
    return run_and_print(values, request,
                         [&](const sim::Simulation& simulation,
                             const sim::PreparedRun& prepared) -> sim::SharePool& {
                           return ranks.make(simulation, prepared, request);
                         });
  });
}

int run(const std::vector<std::string>& arguments) {
  leave_output_to_rank_0();
  take_build_of_launcher();
  const std::string name = arguments.empty() ? "" : arguments[0];
  const bool sweeps = name == kSweepCommand.name;
  if (!sweeps && name != kRunCommand.name) {
    throw base::UserError(
        "spikeloom-mpi: is what spikeloom run and spikeloom sweep become under mpirun: start "
        "those");
  }
  Command command = sweeps ? kSweepCommand : kRunCommand;
  command.run = sweeps ? sweep_in_rank : run_in_rank;
  return dispatch(command, {arguments.begin() + 1, arguments.end()});
}

}  // namespace
}  // namespace spikeloom::cli

int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return spikeloom::cli::exit_status([&] { return spikeloom::cli::run(arguments); });
}

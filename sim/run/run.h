// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/run/run_request.h"
#include "spikeloom/sim/simulation/share.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// A completed run. Its files are in `directory`.
struct RunResult {
  PreparedRun prepared;
  Summary summary;
  nlohmann::ordered_json json;  ///< as in summary.json
  std::string directory;
  std::size_t resumed = 0;  ///< images that an earlier start had finished
};

/// Returns the workers for the shares of a prepared run on this simulation, as many processes as
/// the run was asked for on this machine or in each rank.
using MakeSharePool =
    std::function<SharePool&(const Simulation& simulation, const PreparedRun& prepared)>;

/// Prepares a run, simulates it and writes its results. Shows its progress on `progress`, which may
/// be null. The workers are those that `make_pool` returns, or processes of this machine. What is
/// finished is kept beside the results until all is (ShareStore). Throws base::UserError,
/// ChipStopped and base::Stopped.
RunResult run(const RunRequest& request, base::ProgressSink* progress,
              const MakeSharePool& make_pool = nullptr);

/// Calls `work` with the simulation of a run, for workers whose results go to another process. Both
/// live until `work` returns. Throws base::UserError.
void with_simulation(
    const RunRequest& request,
    const std::function<void(const Simulation& simulation, const PreparedRun& prepared)>& work);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::sim {

/// A completed run. Its files are in `directory`.
struct RunResult {
  PreparedRun prepared;
  Summary summary;
  nlohmann::ordered_json json;  ///< as in summary.json
  std::string directory;
};

/// Prepares a run, simulates it and writes its results. Shows its progress on `progress`, which may
/// be null. Throws base::UserError, ChipStopped and base::Stopped.
RunResult run(const RunRequest& request, base::ProgressSink* progress);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/base/progress.h"
#include "spikeloom/explore/sweep/pool.h"

namespace spikeloom::explore {

/// Request to run a sweep.
struct SweepRequest {
  std::string path;              ///< path of the sweep file
  std::filesystem::path output;  ///< results directory; empty: results/NAME
  std::size_t jobs = 1;
  bool dry_run = false;
  bool retry_failed = false;
  base::ProgressSink* progress = nullptr;  ///< shows the progress; may be null
};

/// Creates a pool with `jobs` workers.
using MakePool = std::function<Pool&(std::size_t jobs)>;

/// Final report of a sweep, as text and as JSON.
struct SweepReport {
  std::string text;
  nlohmann::ordered_json json;
};

/// Plans a sweep and runs what is not done yet. Throws base::UserError and base::Stopped.
SweepReport run_sweep(const SweepRequest& request, const MakePool& make_pool);

}  // namespace spikeloom::explore

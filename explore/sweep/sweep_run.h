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

/// A sweep as the command line asks for it.
struct SweepRequest {
  std::string path;              ///< of the sweep file
  std::filesystem::path output;  ///< empty: results/NAME
  std::size_t jobs = 1;
  bool dry_run = false;
  bool retry_failed = false;
  base::ProgressSink* progress = nullptr;  ///< where it is shown how far the sweep is
};

/// Makes the workers that a sweep of `jobs` is run with.
using MakePool = std::function<Pool&(std::size_t jobs)>;

/// What there is to say at the end, for people and for programs.
struct SweepEnd {
  std::string text;
  nlohmann::ordered_json json;
};

/// Plans a sweep, and runs what is still to do of it. Throws base::UserError and Stopped.
SweepEnd run_sweep(const SweepRequest& request, const MakePool& make_pool);

}  // namespace spikeloom::explore

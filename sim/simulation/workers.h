// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "spikeloom/base/error.h"
#include "spikeloom/base/progress.h"
#include "spikeloom/base/spill_file.h"
#include "spikeloom/sim/simulation/range_result.h"
#include "spikeloom/sim/simulation/share.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// A process with a share was killed.
class WorkerLost : public base::UserError {
 public:
  using base::UserError::UserError;
};

/// Results of shares by their first image.
using ShareResults = std::map<std::size_t, RangeResult>;

/// Called with the result of a share that has just been simulated.
using KeepShare = std::function<void(const Share& share, const RangeResult& result)>;

/// Gives the shares to the workers of `pool` as these get free, and returns the result of all
/// images: of these shares and of `done`, which together are the images of a run. It does not
/// depend on the workers. `file` takes the records of the images. `keep` may be null. What a worker
/// throws is rethrown at once. Throws WorkerLost, and base::Stopped after Ctrl-C or SIGTERM.
RangeResult run_shares(
    const std::vector<Share>& shares, SharePool& pool, base::Progress& progress,
    ShareResults done = {}, const KeepShare& keep = nullptr,
    const std::shared_ptr<base::SpillFile>& file = std::make_shared<base::SpillFile>(""));

/// Runs `count` images from `first` on in `workers` processes, a share each. Shows its progress on
/// `sink`, which may be null. Throws as run_shares.
RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink);

/// What the progress of a run counts: "images", or the "ticks" of a workload.
const char* progress_items(const Simulation& simulation);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/progress.h"
#include "spikeloom/sim/simulation/share.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// Workers of this machine: a process for each share, since SystemC elaborates once per process.
class ShareProcesses : public base::LocalPool<Share, ShareReport> {
 public:
  /// Keeps a reference to `simulation`.
  ShareProcesses(const Simulation& simulation, std::size_t workers);
  ~ShareProcesses() override;  ///< ends the processes

  std::size_t workers() const override { return workers_; }
  std::size_t free() const override { return workers_ - running_.size(); }
  void start(const Share& share) override;
  std::optional<ShareReport> wait() override;
  std::optional<ShareReport> wait(std::chrono::milliseconds max_time) override;

 private:
  class Process;

  std::optional<ShareReport> wait_for(std::optional<std::chrono::milliseconds> max_time);

  const Simulation& simulation_;
  std::size_t workers_;
  std::vector<std::unique_ptr<Process>> running_;
};

/// The workers of ShareProcesses, in a process that is forked when this object is made. What is
/// started in this process afterwards, such as MPI, is not in them.
class ShareServer : public base::LocalPool<Share, ShareReport> {
 public:
  ShareServer(const Simulation& simulation, std::size_t workers);

  std::size_t workers() const override { return workers_; }
  std::size_t free() const override { return workers_ - running_; }
  void start(const Share& share) override;
  std::optional<ShareReport> wait() override;
  std::optional<ShareReport> wait(std::chrono::milliseconds max_time) override;

 private:
  std::size_t workers_;
  std::size_t running_ = 0;
  base::ChildProcess process_;
};

/// A process with a share was killed.
class WorkerLost : public base::UserError {
 public:
  using base::UserError::UserError;
};

/// Results of shares by their first image.
using ShareResults = std::map<std::size_t, RangeResult>;

/// Called with the result of a share that has just been simulated, encoded by encode_range.
using KeepShare = std::function<void(const Share& share, const std::string& result)>;

/// Gives the shares to the workers of `pool` as these get free, and returns the result of all
/// images: of these shares and of `done`, which together are the images of a run. It does not
/// depend on the workers. `keep` may be null. What a worker throws is rethrown at once. Throws
/// WorkerLost, and base::Stopped after Ctrl-C or SIGTERM.
RangeResult run_shares(const std::vector<Share>& shares, SharePool& pool, base::Progress& progress,
                       ShareResults done = {}, const KeepShare& keep = nullptr);

/// Runs `count` images from `first` on in `workers` processes, a share each. Shows its progress on
/// `sink`, which may be null. Throws as run_shares.
RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink);

/// What the progress of a run counts: "images", or the "ticks" of a workload.
const char* progress_items(const Simulation& simulation);

}  // namespace spikeloom::sim

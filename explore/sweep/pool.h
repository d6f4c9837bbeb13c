// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "spikeloom/explore/sweep/job.h"
#include "spikeloom/explore/sweep/worker_process.h"

namespace spikeloom::explore {

/// A pool of workers, local or remote.
class Pool {
 public:
  virtual ~Pool() = default;

  /// Number of workers.
  virtual std::size_t workers() const = 0;
  /// Number of workers without a job.
  virtual std::size_t free() const = 0;
  /// Gives a job to a free worker.
  virtual void start(const Job& job) = 0;
  /// Returns the next outcome, or nullopt after a while without one or after a signal.
  virtual std::optional<Outcome> wait() = 0;
};

/// Worker processes on this machine.
class LocalPool : public Pool {
 public:
  explicit LocalPool(std::size_t workers);

  std::size_t workers() const override { return workers_.size(); }
  std::size_t free() const override;
  void start(const Job& job) override;
  std::optional<Outcome> wait() override;
  /// Like wait(), for at most the given time.
  std::optional<Outcome> wait(std::chrono::milliseconds max_time);

 private:
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
};

}  // namespace spikeloom::explore

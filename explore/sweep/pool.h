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

/// Workers, wherever they are.
class Pool {
 public:
  virtual ~Pool() = default;

  virtual std::size_t workers() const = 0;
  /// Of those, without a job.
  virtual std::size_t free() const = 0;
  /// Gives a job to a free worker.
  virtual void start(const Job& job) = 0;
  /// The next outcome; nothing where there was none for a while, or a signal came.
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
  /// As wait(), for so long at most.
  std::optional<Outcome> wait(std::chrono::milliseconds maximum);

 private:
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
};

}  // namespace spikeloom::explore

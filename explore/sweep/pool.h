// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "spikeloom/base/pool.h"
#include "spikeloom/explore/sweep/job.h"
#include "spikeloom/explore/sweep/worker_process.h"

namespace spikeloom::explore {

/// Workers for the jobs of sweeps.
using Pool = base::Pool<Job, Outcome>;

/// Worker processes on this machine.
class LocalPool : public base::LocalPool<Job, Outcome> {
 public:
  explicit LocalPool(std::size_t workers);

  std::size_t workers() const override { return workers_.size(); }
  std::size_t free() const override;
  void start(const Job& job) override;
  std::optional<Outcome> wait() override;
  std::optional<Outcome> wait(std::chrono::milliseconds max_time) override;

 private:
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
};

}  // namespace spikeloom::explore

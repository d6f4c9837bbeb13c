// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "spikeloom/base/child_process.h"
#include "spikeloom/sim/simulation/share.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

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

}  // namespace spikeloom::sim

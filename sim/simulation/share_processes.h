// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

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

  /// Returns the report of a process that has been stopped for too long, once a second.
  std::optional<ShareReport> find_stopped();

  const Simulation& simulation_;
  std::size_t workers_;
  std::vector<std::unique_ptr<Process>> running_;
  std::chrono::steady_clock::time_point checked_;  ///< when stopped processes were looked for
};

}  // namespace spikeloom::sim

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

  std::optional<ShareReport> wait_for(std::optional<std::chrono::milliseconds> max_time);

  const Simulation& simulation_;
  std::size_t workers_;
  std::vector<std::unique_ptr<Process>> running_;
};

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/mpi/communicator.hpp>
#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/pool.h"
#include "spikeloom/base/stop_guard.h"

namespace spikeloom::cli {

/// Messages between ranks. The end is told by rank 0, and answered.
enum RankTag : int { kWorkersTag, kJobTag, kReportTag, kEndTag };

/// Time that a rank waits for its processes between two polls for messages: short compared with a
/// job, long enough for a negligible load.
inline constexpr std::chrono::milliseconds kRankTurn{2};

/// The workers of all ranks, as seen by rank 0. All other ranks are in serve().
template <typename Job, typename Report>
class MpiPool : public base::Pool<Job, Report> {
 public:
  /// `local` is the pool of this rank's workers; null if there are none. Throws base::UserError if
  /// a rank cannot work or has another `task` (serve), after telling all others to finish.
  MpiPool(const boost::mpi::communicator& world, base::LocalPool<Job, Report>* local,
          const std::string& task)
      : world_(world),
        local_(local),
        workers_(local != nullptr ? local->workers() : 0),
        free_(static_cast<std::size_t>(world.size())) {
    std::string failure;
    for (int rank = 1; rank < world_.size(); ++rank) {
      std::string its_task;
      std::string text;
      world_.recv(rank, kWorkersTag, free_[static_cast<std::size_t>(rank)]);
      world_.recv(rank, kWorkersTag, its_task);
      world_.recv(rank, kWorkersTag, text);
      workers_ += free_[static_cast<std::size_t>(rank)];
      if (text.empty() && its_task != task) {
        text = "has other input files than rank 0, or another build of the program";
      }
      if (!text.empty() && failure.empty()) failure = fmt::format("rank {}: {}", rank, text);
    }
    if (failure.empty()) return;
    end();
    throw base::UserError(failure);
  }
  /// Tells the other ranks to finish.
  ~MpiPool() override { end(); }
  MpiPool(const MpiPool&) = delete;
  MpiPool& operator=(const MpiPool&) = delete;

  std::size_t workers() const override { return workers_; }

  std::size_t free() const override {
    return std::accumulate(free_.begin(), free_.end(), local_free());
  }

  void start(const Job& job) override {
    if (local_free() > 0) {
      local_->start(job);
      return;
    }
    const auto rank = std::max_element(free_.begin(), free_.end());
    if (*rank == 0) throw std::logic_error("no worker is free");
    --*rank;
    world_.send(static_cast<int>(rank - free_.begin()), kJobTag, job.encode());
  }

  std::optional<Report> wait() override {
    constexpr int kTurns = 50;
    for (int turn = 0; turn < kTurns; ++turn) {
      // Where a rank has died, mpirun leaves some milliseconds between SIGTERM and SIGKILL.
      if (base::StopGuard::signal() != 0) return std::nullopt;
      if (const auto status = world_.iprobe(boost::mpi::any_source, kReportTag)) {
        std::string text;
        world_.recv(status->source(), kReportTag, text);
        Report report = Report::decode(text);
        if (report.last()) ++free_[static_cast<std::size_t>(status->source())];
        return report;
      }
      if (auto report = local_->wait(kRankTurn)) return report;
    }
    return std::nullopt;
  }

 private:
  std::size_t local_free() const { return local_ != nullptr ? local_->free() : 0; }

  void end() {
    for (int rank = 1; rank < world_.size(); ++rank) world_.send(rank, kEndTag);
    // A rank may be sending a report, which nobody wants any more but it cannot take back.
    for (int left = world_.size() - 1; left > 0;) {
      const boost::mpi::status status = world_.probe(boost::mpi::any_source, boost::mpi::any_tag);
      if (status.tag() == kEndTag) {
        world_.recv(status.source(), kEndTag);
        --left;
      } else {
        std::string unused;
        world_.recv(status.source(), kReportTag, unused);
      }
    }
  }

  boost::mpi::communicator world_;
  base::LocalPool<Job, Report>* local_;
  std::size_t workers_;
  std::vector<std::size_t> free_;  ///< by rank; 0 for rank 0, whose workers are in `local_`
};

/// Main function of the ranks other than 0: does jobs with this rank's workers until rank 0 has no
/// more. `task` stands for all that results depend on beside the jobs. Without a pool, `failure`
/// tells rank 0 why.
template <typename Job, typename Report>
void serve(const boost::mpi::communicator& world, base::LocalPool<Job, Report>* pool,
           const std::string& task, const std::string& failure) {
  world.send(0, kWorkersTag, pool != nullptr ? pool->workers() : std::size_t{0});
  world.send(0, kWorkersTag, task);
  world.send(0, kWorkersTag, failure);
  for (;;) {
    if (world.iprobe(0, kEndTag)) {
      world.recv(0, kEndTag);
      world.send(0, kEndTag);
      return;
    }
    if (pool == nullptr) {
      world.probe(0, kEndTag);
      continue;
    }
    while (world.iprobe(0, kJobTag)) {
      std::string text;
      world.recv(0, kJobTag, text);
      pool->start(Job::decode(text));
    }
    if (const auto report = pool->wait(kRankTurn)) world.send(0, kReportTag, report->encode());
  }
}

}  // namespace spikeloom::cli

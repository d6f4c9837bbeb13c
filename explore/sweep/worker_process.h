// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "spikeloom/base/child_process.h"
#include "spikeloom/explore/sweep/job.h"

namespace spikeloom::explore {

/// A child process that performs jobs one after the other.
class WorkerProcess {
 public:
  WorkerProcess() { begin(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  bool busy() const { return busy_; }
  /// File descriptor that is readable when the job is done or the process has ended.
  int descriptor() { return process_->socket().descriptor(); }
  /// When the current job times out, if it has a timeout.
  std::optional<std::chrono::steady_clock::time_point> deadline() const { return deadline_; }

  void start(const Job& job);
  /// Waits for the job's outcome. If the process ends without one, the job fails and the next job
  /// gets a new process.
  Outcome finish();
  /// Returns the failed outcome of a job whose process has been stopped for too long.
  std::optional<Outcome> stopped();
  /// Aborts a job that took too long and returns a failed outcome.
  Outcome abort();

 private:
  /// Starts a new process and ends the previous one, if any.
  void begin();
  Outcome lost(Outcome::Status status, const std::string& reason);

  std::optional<base::ChildProcess> process_;
  bool busy_ = false;
  std::size_t job_ = 0;
  double timeout_seconds_ = 0.0;
  std::chrono::steady_clock::time_point started_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace spikeloom::explore

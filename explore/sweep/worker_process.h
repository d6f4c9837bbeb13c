// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "spikeloom/base/child_process.h"
#include "spikeloom/explore/sweep/job.h"

namespace spikeloom::explore {

/// A process that does jobs, one after the other.
class WorkerProcess {
 public:
  WorkerProcess() { begin(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  bool busy() const { return busy_; }
  /// Readable when the job is done or the process has ended.
  int descriptor() { return process_->socket().descriptor(); }
  /// When the job it does has to be done.
  std::optional<std::chrono::steady_clock::time_point> deadline() const { return deadline_; }

  void start(const Job& job);
  /// Waits for the job's outcome. Where the process ends without one, that is a failure of the job,
  /// and the next one is done by a new process.
  Outcome finish();
  /// Gives the job up: it took too long.
  Outcome give_up();

 private:
  /// In place of the process before, which is ended.
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

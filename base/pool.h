// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace spikeloom::base {

/// Workers that do jobs, each one at a time: processes of this machine, or those of many. A worker
/// reports on its job; the report for which `last()` holds ends the job.
template <typename Job, typename Report>
class Pool {
 public:
  virtual ~Pool() = default;

  /// Number of workers.
  virtual std::size_t workers() const = 0;
  /// Number of workers without a job.
  virtual std::size_t free() const = 0;
  /// Gives a job to a free worker.
  virtual void start(const Job& job) = 0;
  /// Returns the next report, or nullopt after a while without one or after a signal.
  virtual std::optional<Report> wait() = 0;
};

/// A pool on this machine.
template <typename Job, typename Report>
class LocalPool : public Pool<Job, Report> {
 public:
  using Pool<Job, Report>::wait;
  /// Like wait(), for at most the given time.
  virtual std::optional<Report> wait(std::chrono::milliseconds max_time) = 0;
};

}  // namespace spikeloom::base

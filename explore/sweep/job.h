// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spikeloom/base/frozen_files.h"
#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::explore {

/// A job for one worker process, self-contained.
struct Job {
  enum class Kind {
    kMap,        ///< maps a network and writes the deployment
    kRun,        ///< runs images through a deployment
    kMapAndRun,  ///< both; the deployment is not written, since no other job needs it
  };

  Kind kind = Kind::kRun;
  std::size_t id = 0;  ///< returned with its outcome
  std::string run;     ///< path of the run file
  std::vector<std::string> settings;
  base::FrozenFiles::Texts files;  ///< the run file and those that it names, as they were planned
  std::string data;                ///< content of the images as they were planned; may be empty
  std::string given;       ///< likewise of the deployment that the run file names; may be empty
  std::string network;     ///< path of the run's network as a spiking network file; or empty
  std::string deployment;  ///< path; empty if the run file names one, or has a workload
  double timeout_seconds = 0.0;  ///< 0: none

  /// Encodes the job as a message to a worker.
  std::string encode() const;
  static Job decode(const std::string& text);
};

/// The outcome of a job.
struct Outcome {
  enum class Status {
    kDone,
    kFailed,        ///< error of the point: it does not fit, timed out or stopped the chip
    kMachineError,  ///< error of the machine: a full disk, a stopped worker
  };

  std::size_t id = 0;
  Status status = Status::kDone;
  std::string reason;         ///< empty if done
  std::string report;         ///< of a mapping: the numbers of its report as JSON
  std::string summary;        ///< of a run: summary.json without wall_seconds
  double wall_seconds = 0.0;  ///< wall-clock time from start to end
  double cpu_seconds = 0.0;
  double work_cpu_seconds = 0.0;  ///< part of cpu_seconds spent in mapping or simulation

  bool last() const { return true; }  ///< the only report on a job (base::Pool)
  std::string encode() const;
  static Outcome decode(const std::string& text);
};

/// Performs jobs in this process; each simulation has a process of its own. Caches network, data
/// set and deployment of the last run, since the next run often has the same.
class JobRunner {
 public:
  /// Performs a job. Never throws: errors are in the outcome.
  Outcome perform(const Job& job);

 private:
  void map(const Job& job, Outcome& outcome);
  void run(const Job& job, Outcome& outcome);
  /// Sets last_ to the run of a network.
  void prepare(const Job& job, sim::RunConfig config);

  /// Returns the network at `path`, moved out of the cache if the last run had the same.
  converter::SpikingNetwork take_network(const std::string& path);

  sim::PreparedRun last_;
  std::string network_;     ///< path of last_'s network
  std::string deployment_;  ///< path of last_'s deployment
};

}  // namespace spikeloom::explore

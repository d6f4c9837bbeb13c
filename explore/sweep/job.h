// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::explore {

/// Work for one worker process: all that it has to know.
struct Job {
  enum class Kind {
    kMap,        ///< maps a network and writes the deployment
    kRun,        ///< runs images through a deployment
    kMapAndRun,  ///< both; nobody else wants the deployment, which is not written
  };

  Kind kind = Kind::kRun;
  std::size_t id = 0;  ///< given back with its outcome
  std::string run;     ///< path of the run file
  std::vector<std::string> settings;
  std::string network;           ///< path of a spiking network file: the run's, converted
  std::string deployment;        ///< path, and its name; of a run that has its own, empty
  double timeout_seconds = 0.0;  ///< 0: none

  std::string encode() const;
  static Job decode(const std::string& text);
};

/// What came of a job.
struct Outcome {
  enum class Status {
    kDone,
    kFailed,  ///< the point's fault: it does not fit, took too long, stopped the chip
    kBroken,  ///< the machine's: a full disk, a worker that was stopped
  };

  std::size_t id = 0;
  Status status = Status::kDone;
  std::string reason;         ///< where not done
  std::string report;         ///< of a mapping: JSON, the numbers of its report
  std::string summary;        ///< of a run: summary.json without wall_seconds
  double wall_seconds = 0.0;  ///< from its start to its end
  double cpu_seconds = 0.0;
  double work_cpu_seconds = 0.0;  ///< of those, mapping or simulating

  std::string encode() const;
  static Outcome decode(const std::string& text);
};

/// Does jobs in this process (each simulation in one of its own). Keeps the last run's network,
/// data set and deployment: the next one often has the same.
class JobRunner {
 public:
  /// Never throws.
  Outcome perform(const Job& job);

 private:
  void map(const Job& job, Outcome& outcome);
  void run(const Job& job, Outcome& outcome);

  /// The network at `path`, taken from the last run where it had it.
  converter::SpikingNetwork take_network(const std::string& path);

  sim::PreparedRun last_;
  std::string network_;     ///< path of last_'s network
  std::string deployment_;  ///< path of last_'s deployment
};

}  // namespace spikeloom::explore

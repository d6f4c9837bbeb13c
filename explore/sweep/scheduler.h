// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "spikeloom/base/progress.h"
#include "spikeloom/explore/sweep/pool.h"
#include "spikeloom/explore/sweep/sweep_plan.h"
#include "spikeloom/explore/sweep/sweep_store.h"

namespace spikeloom::explore {

/// Cost of the runs of this start of a sweep.
struct SweepCost {
  std::size_t runs = 0;
  std::size_t mappings = 0;  ///< mappings made in this start
  double elapsed_seconds = 0.0;
  double busy_seconds = 0.0;      ///< sum over all workers
  double cpu_seconds = 0.0;       ///< sum over all workers
  double work_cpu_seconds = 0.0;  ///< part of cpu_seconds spent in mapping and simulation
};

/// Distributes a sweep's jobs to a pool and records the outcomes. Each mapping is made once, before
/// the first run that needs it, and is kept in the cache until its last run.
class Scheduler {
 public:
  /// `cache` is a directory that all workers can access.
  Scheduler(const SweepPlan& plan, SweepStore& store, Pool& pool, std::filesystem::path cache);

  /// Runs everything that is not done yet. Throws base::Stopped after Ctrl-C or SIGTERM, and
  /// base::UserError for an error of the machine. Recorded results are kept in either case.
  SweepCost run(base::Progress& progress);

 private:
  struct Mapping {
    bool made = false;
    std::vector<std::size_t> waiting;  ///< runs that wait for it
    std::size_t left = 0;              ///< number of runs that still need it
  };

  void sort();
  void start_all();
  bool start_one();
  /// Returns the job for a run.
  Job job_of(std::size_t index) const;
  void start_mapping(const std::string& name);
  void take(const Outcome& outcome, base::Progress& progress);
  void take_mapping(const std::string& name, const Outcome& outcome, base::Progress& progress);
  void release(const PlannedRun& run);
  bool made_before(const std::string& name);
  std::string network_path(const std::string& content) const;
  std::string deployment_path(const std::string& mapping) const;

  const SweepPlan& plan_;
  SweepStore& store_;
  Pool& pool_;
  std::filesystem::path cache_;
  std::deque<std::size_t> ready_;   ///< runs that can start
  std::deque<std::string> to_map_;  ///< mappings that runs wait for
  std::map<std::string, Mapping> mappings_;
  std::map<std::size_t, std::string> being_mapped_;  ///< by job number
  std::size_t next_job_ = 0;
  SweepCost cost_;
};

}  // namespace spikeloom::explore

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

/// What a sweep's runs took, this time.
struct SweepCost {
  std::size_t runs = 0;
  std::size_t mappings = 0;  ///< made, this time
  double elapsed_seconds = 0.0;
  double busy_seconds = 0.0;      ///< of all workers
  double cpu_seconds = 0.0;       ///< of all workers
  double work_cpu_seconds = 0.0;  ///< of those, mapping and simulating
};

/// Gives a sweep's work to a pool's workers and records what comes of it: each mapping once, before
/// the first run that wants it, and kept in the cache as long as a run does.
class Scheduler {
 public:
  /// `cache`: a directory that all workers see.
  Scheduler(const SweepPlan& plan, SweepStore& store, Pool& pool, std::filesystem::path cache);

  /// Does all that is still to do. Throws Stopped after Ctrl-C or SIGTERM, and base::UserError
  /// for what is the machine's fault; what is recorded stays.
  SweepCost run(base::Progress& progress);

 private:
  struct Mapping {
    bool made = false;
    std::vector<std::size_t> waiting;  ///< runs that it holds up
    std::size_t left = 0;              ///< runs that are still to use it
  };

  void sort();
  void start_all();
  bool start_one();
  /// That does a run from its mapping.
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
  std::deque<std::size_t> ready_;   ///< runs that can be started
  std::deque<std::string> to_map_;  ///< mappings that runs wait for
  std::map<std::string, Mapping> mappings_;
  std::map<std::size_t, std::string> being_mapped_;  ///< by job
  std::size_t next_job_ = 0;
  SweepCost cost_;
};

}  // namespace spikeloom::explore

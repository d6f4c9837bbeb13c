// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/explore/sweep/database.h"
#include "spikeloom/explore/sweep/job.h"
#include "spikeloom/explore/sweep/sweep_plan.h"

namespace spikeloom::explore {

inline constexpr const char* kSweepDatabase = "sweep.sqlite";
inline constexpr const char* kSweepTable = "results.csv";

/// A sweep's results on disk; docs/sweeps.md describes the schema. Recorded results survive however
/// the program ends.
class SweepStore {
 public:
  /// Opens or creates the results in `directory`. Throws base::UserError with the changes if
  /// existing results belong to another sweep or to other input files.
  SweepStore(const std::filesystem::path& directory, const SweepPlan& plan);

  /// Returns the indices into SweepPlan::runs of the runs that are not done yet.
  std::vector<std::size_t> waiting();
  /// Returns the number of runs with a status.
  std::size_t count(const std::string& status);
  /// Marks failed runs to be run again. Refused runs stay refused.
  void retry_failed();

  /// Whether a mapping was recorded as done.
  bool has_mapping(const std::string& name);
  void record_mapping(const std::string& name, const Outcome& outcome);
  void record_run(const PlannedRun& run, const Outcome& outcome);

  /// Leaves one file. Nothing may be recorded after this.
  void close();

  /// Writes all runs as CSV, sorted by point and repetition.
  void export_table(const std::filesystem::path& path);

 private:
  void create();
  void check();
  void check_question();
  void check_inputs();
  void insert_runs();
  void describe();
  void make_views();

  const SweepPlan& plan_;
  Database database_;
  std::optional<Statement> update_run_;
};

}  // namespace spikeloom::explore

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

/// A sweep's results on disk (docs/sweeps.md has the schema). What is recorded stays, whatever ends
/// the program.
class SweepStore {
 public:
  /// Opens the results in `directory`, or begins them. Throws base::UserError where they are of
  /// another question or other files, saying what has changed.
  SweepStore(const std::filesystem::path& directory, const SweepPlan& plan);

  /// Indices into SweepPlan::runs of those that are still to do.
  std::vector<std::size_t> waiting();
  /// Runs of a status.
  std::size_t count(const std::string& status);
  /// Failed runs are to be done again; those that were refused are not.
  void retry_failed();

  /// Whether the mapping was made.
  bool has_mapping(const std::string& name);
  void record_mapping(const std::string& name, const Outcome& outcome);
  void record_run(const PlannedRun& run, const Outcome& outcome);

  /// Writes all runs as CSV, by point and repetition.
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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "spikeloom/explore/sweep/database.h"
#include "spikeloom/explore/sweep/query_table.h"

namespace spikeloom::explore {

/// A metric to minimize or to maximize.
struct Objective {
  std::string metric;
  bool more = false;  ///< maximize

  /// "accuracy:max".
  std::string text() const;
};

/// Returns the Pareto-optimal rows of `points` among those that are done and have values of all
/// objectives, sorted by the first objective, then the second, best first.
std::vector<std::size_t> pareto_rows(const QueryTable& points,
                                     const std::vector<Objective>& objectives);

/// Answers queries about a sweep's results. The results are only read, in a snapshot taken at the
/// first query. All members throw base::UserError.
class SweepQueries {
 public:
  /// Opens the results in `directory`, also those of a running sweep. An answer may take `time`.
  explicit SweepQueries(const std::filesystem::path& directory,
                        std::chrono::seconds time = Database::kMaxQuery);

  /// Returns the points that satisfy `query` ("ms_per_image < 0.5 order by mj_per_image limit 5"),
  /// or the result of an SQL statement that begins with SELECT or WITH.
  QueryTable query(const std::string& query);
  /// Returns the Pareto front for `objectives`: metrics to minimize, or to maximize with ":max"
  /// ("accuracy:max").
  QueryTable pareto(const std::vector<std::string>& objectives);
  /// Returns the sensitivity of each metric to each axis, in descending order.
  QueryTable sensitivities();
  /// Returns mean, sample standard deviation, minimum and maximum of each metric over the
  /// repetitions of each point with at least two.
  QueryTable spread();
  /// Returns the number of points by status.
  QueryTable state();
  /// Returns the columns of the metrics.
  std::vector<std::string> metrics();

 private:
  std::vector<std::string> names(const std::string& sql);
  std::vector<Objective> parse(const std::vector<std::string>& objectives);

  Database database_;
};

}  // namespace spikeloom::explore

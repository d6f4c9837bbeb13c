// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "spikeloom/explore/sweep/answer_table.h"
#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {

/// A metric, less of which is better, or more.
struct Objective {
  std::string metric;
  bool more = false;

  /// "accuracy:max".
  std::string text() const;
};

/// Rows of `points` that are done, have all objectives and that none dominates in them; those that
/// are best in the first objective come first, then in the second.
std::vector<std::size_t> pareto_rows(const AnswerTable& points,
                                     const std::vector<Objective>& objectives);

/// Answers from a sweep's results, which are only read, and as they were at the first question.
/// Throws base::UserError.
class Answers {
 public:
  /// The results in `directory`; those of a sweep that runs are answered for as far as they are.
  explicit Answers(const std::filesystem::path& directory);

  /// The points for which `query` holds, "ms_per_image < 0.5 order by mj_per_image limit 5"; or all
  /// of an SQL statement that begins with SELECT or WITH.
  AnswerTable query(const std::string& query);
  /// The points that none dominates in `objectives`: metrics, less being better; "accuracy:max".
  AnswerTable pareto(const std::vector<std::string>& objectives);
  /// How each metric hangs on each axis, the strongest first.
  AnswerTable sensitivities();
  /// Mean, standard deviation (of a sample), least and most of each metric over the repetitions of
  /// each point that has at least two.
  AnswerTable spread();
  /// How many points there are, and how many of them are done.
  AnswerTable state();
  /// Columns of the metrics.
  std::vector<std::string> metrics();

 private:
  std::vector<std::string> names(const std::string& sql);
  std::vector<Objective> parse(const std::vector<std::string>& objectives);

  Database database_;
};

}  // namespace spikeloom::explore

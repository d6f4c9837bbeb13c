// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "testbenches/spikeloom/sweep/database.h"

namespace spikeloom::program {

/// A table as an answer is one.
struct AnswerTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;

  std::string text() const;
  std::string csv() const;
  /// A list of objects.
  nlohmann::ordered_json json() const;
};

/// Answers from a sweep's results, which are only read. Throws common::UserError.
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
  /// How many points there are, and how many of them are done.
  AnswerTable state();

 private:
  AnswerTable select(const std::string& sql);
  std::vector<std::string> names(const std::string& sql);

  Database database_;
};

}  // namespace spikeloom::program

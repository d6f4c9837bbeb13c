// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/conditions.h"

#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/diagnostics.h"
#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {
namespace {

void fill(Database& database, const std::vector<std::string>& columns,
          const std::vector<Sample>& samples) {
  std::string names;
  std::string marks;
  for (const std::string& column : columns) {
    names += ", " + sql_name(column);
    marks += ", ?";
  }
  database.execute(fmt::format("CREATE TABLE samples(\"#\" INTEGER PRIMARY KEY{})", names));
  Statement insert(database, fmt::format("INSERT INTO samples VALUES(?{})", marks));
  Transaction transaction(database);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    insert.bind_value(1, static_cast<std::int64_t>(i));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      insert.bind_value(static_cast<int>(c) + 2, value_of(samples[i][c]));
    }
    insert.run();
  }
  transaction.commit();
}

}  // namespace

std::vector<Sample> without_excluded(const std::vector<std::string>& columns,
                                     std::vector<Sample> samples,
                                     const std::vector<Condition>& conditions) {
  if (conditions.empty()) return samples;
  Database database(":memory:", Database::Mode::kCreate);
  fill(database, columns, samples);
  database.restrict_to_reading();
  std::vector<bool> excluded(samples.size());
  base::Diagnostics problems;
  for (const Condition& condition : conditions) {
    const std::string sql = fmt::format("SELECT \"#\" FROM samples WHERE ({})", condition.text);
    try {
      Statement select(database, sql);
      while (select.step()) excluded[static_cast<std::size_t>(select.integer(0))] = true;
    } catch (const base::UserError& error) {
      // The user knows neither this database nor the statement around the condition.
      std::string reason = error.what();
      if (const std::size_t at = reason.find(sql); at != std::string::npos) {
        reason.erase(0, at + sql.size() + 2);
      }
      problems.add(fmt::format("{}: exclude: {}: {} (columns: {})", condition.where, condition.text,
                               reason, fmt::join(columns, ", ")));
    }
  }
  problems.finish();
  std::vector<Sample> left;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!excluded[i]) left.push_back(std::move(samples[i]));
  }
  return left;
}

}  // namespace spikeloom::explore

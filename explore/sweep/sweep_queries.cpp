// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sweep_queries.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/explore/percent.h"
#include "spikeloom/explore/sweep/pareto.h"
#include "spikeloom/explore/sweep/sensitivity.h"
#include "spikeloom/explore/sweep/sweep_store.h"

namespace spikeloom::explore {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAllPoints = "SELECT * FROM points ORDER BY point";
const Value kDone = "done";
constexpr double kTenths = 10.0;

std::string path_in(const fs::path& directory) {
  const fs::path path = directory / kSweepDatabase;
  if (!fs::exists(path)) {
    throw base::UserError(fmt::format("{}: not a results directory of a sweep: {} is missing",
                                      directory.string(), path.string()));
  }
  // A sweep that was killed leaves a log. Taking it in needs write access.
  if (fs::exists(path.string() + "-journal") || fs::exists(path.string() + "-wal")) {
    Database(path.string(), Database::Mode::kReadWrite).has_table("runs");
  }
  return path.string();
}

/// Whether `text` begins with `word`, ignoring case.
bool begins_with(const std::string& text, const std::string& word) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string::npos || text.size() - begin < word.size()) return false;
  return std::equal(
      word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

std::string statement_of(const std::string& query) {
  if (begins_with(query, "select") || begins_with(query, "with")) return query;
  if (begins_with(query, "order by") || begins_with(query, "limit")) {
    return "SELECT * FROM points " + query;
  }
  return "SELECT * FROM points WHERE " + query;
}

}  // namespace

std::string Objective::text() const { return more ? metric + ":max" : metric; }

std::vector<std::size_t> pareto_rows(const QueryTable& points,
                                     const std::vector<Objective>& objectives) {
  const std::size_t status = points.index("status");
  std::vector<std::size_t> columns;
  for (const Objective& objective : objectives) columns.push_back(points.index(objective.metric));
  std::vector<std::size_t> rows;
  std::vector<std::vector<double>> costs;
  for (std::size_t r = 0; r < points.rows.size(); ++r) {
    if (points.rows[r][status] != kDone) continue;
    std::vector<double> cost;
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      const auto value = to_number(points.rows[r][columns[i]]);
      if (value) cost.push_back(objectives[i].more ? -*value : *value);
    }
    if (cost.size() < objectives.size()) continue;
    rows.push_back(r);
    costs.push_back(std::move(cost));
  }
  std::vector<std::size_t> front = pareto_front(costs);
  for (std::size_t& place : front) place = rows[place];
  return front;
}

SweepQueries::SweepQueries(const fs::path& directory, std::chrono::seconds time)
    : database_(path_in(directory), Database::Mode::kReadOnly) {
  // All answers use one snapshot, even if a running sweep adds results.
  database_.execute("BEGIN");
  database_.restrict_to_reading(time);
}

std::vector<std::string> SweepQueries::names(const std::string& sql) {
  std::vector<std::string> texts;
  for (const std::vector<Value>& row : select(database_, sql).rows)
    texts.push_back(to_text(row.front()));
  return texts;
}

QueryTable SweepQueries::query(const std::string& query) {
  try {
    return select(database_, statement_of(query));
  } catch (const base::UserError& error) {
    throw base::UserError(
        fmt::format("{}\ncolumns: {}", error.what(),
                    fmt::join(select(database_, "SELECT * FROM points LIMIT 0").columns, ", ")));
  }
}

std::vector<std::string> SweepQueries::metrics() {
  return names("SELECT \"column\" FROM metrics ORDER BY position");
}

std::vector<Objective> SweepQueries::parse(const std::vector<std::string>& objectives) {
  const std::vector<std::string> known = metrics();
  std::vector<Objective> parsed;
  for (const std::string& text : objectives) {
    const std::size_t colon = text.find(':');
    const std::string metric = text.substr(0, colon);
    const std::string direction = colon == std::string::npos ? "min" : text.substr(colon + 1);
    if (std::find(known.begin(), known.end(), metric) == known.end()) {
      throw base::UserError(
          fmt::format("--pareto: got {}, allowed {}", metric, fmt::join(known, ", ")));
    }
    if (direction != "min" && direction != "max") {
      throw base::UserError(
          fmt::format("--pareto: {}: got {}, allowed min, max", metric, direction));
    }
    parsed.push_back({metric, direction == "max"});
  }
  return parsed;
}

QueryTable SweepQueries::pareto(const std::vector<std::string>& objectives) {
  const std::vector<Objective> parsed = parse(objectives);
  QueryTable points = select(database_, kAllPoints);
  QueryTable front{points.columns, {}};
  for (const std::size_t row : pareto_rows(points, parsed)) {
    front.rows.push_back(std::move(points.rows[row]));
  }
  return front;
}

QueryTable SweepQueries::sensitivities() {
  QueryTable result{{"metric", "axis", "share %", "min", "at min", "max", "at max"}, {}};
  const QueryTable done =
      select(database_, "SELECT * FROM points WHERE status = 'done' ORDER BY point");
  const QueryTable keys = select(database_, "SELECT axis, \"column\" FROM axes ORDER BY position");
  // An axis is named after the column of its first key.
  std::vector<std::vector<std::string>> axes;
  for (std::size_t k = 0; k < keys.rows.size(); ++k) {
    if (k == 0 || keys.rows[k][0] != keys.rows[k - 1][0]) axes.emplace_back();
    axes.back().push_back(to_text(keys.rows[k][1]));
  }
  for (const std::string& metric : metrics()) {
    const std::size_t column = done.index(metric);
    std::vector<double> values;
    std::vector<std::size_t> rows;
    for (std::size_t r = 0; r < done.rows.size(); ++r) {
      const auto value = to_number(done.rows[r][column]);
      if (!value) continue;
      values.push_back(*value);
      rows.push_back(r);
    }
    if (values.empty()) continue;
    std::vector<std::pair<std::string, Sensitivity>> found;
    for (const std::vector<std::string>& axis : axes) {
      std::vector<std::vector<Value>> places;
      for (const std::size_t r : rows) {
        std::vector<Value>& place = places.emplace_back();
        for (const std::string& key : axis) place.push_back(done.rows[r][done.index(key)]);
      }
      found.emplace_back(axis.front(), sensitivity(find_levels(places), values));
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.second.range.value_or(0.0) > b.second.range.value_or(0.0);
    });
    for (const auto& [axis, item] : found) {
      result.rows.push_back(
          {metric, axis,
           item.range ? Value(std::round(kTenths * kPercent * *item.range) / kTenths) : Value(),
           item.minimum, item.min_at, item.maximum, item.max_at});
    }
  }
  return result;
}

QueryTable SweepQueries::spread() {
  QueryTable result{{"point", "metric", "runs", "mean", "deviation", "min", "max"}, {}};
  const QueryTable points = select(database_, "SELECT * FROM points WHERE runs > 1 ORDER BY point");
  const QueryTable runs =
      select(database_, "SELECT * FROM results WHERE status = 'done' ORDER BY point, repetition");
  std::map<Value, std::vector<std::size_t>> by_point;
  for (std::size_t r = 0; r < runs.rows.size(); ++r) by_point[runs.rows[r][0]].push_back(r);
  for (const std::vector<Value>& point : points.rows) {
    for (const std::string& metric : metrics()) {
      const auto mean = to_number(point[points.index(metric)]);
      std::vector<double> values;
      for (const std::size_t r : by_point[point[0]]) {
        if (const auto value = to_number(runs.rows[r][runs.index(metric)]))
          values.push_back(*value);
      }
      if (!mean || values.size() < 2) continue;
      double squares = 0.0;
      for (const double value : values) squares += (value - *mean) * (value - *mean);
      const auto [minimum, maximum] = std::minmax_element(values.begin(), values.end());
      result.rows.push_back({point[0], metric, static_cast<std::int64_t>(values.size()), *mean,
                             std::sqrt(squares / static_cast<double>(values.size() - 1)), *minimum,
                             *maximum});
    }
  }
  return result;
}

QueryTable SweepQueries::state() {
  return select(database_,
                "SELECT status, count(*) AS points FROM points GROUP BY status ORDER BY status");
}

}  // namespace spikeloom::explore

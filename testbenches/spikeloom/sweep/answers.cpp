// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/sweep/answers.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/error.h"
#include "testbenches/spikeloom/sweep/csv.h"
#include "testbenches/spikeloom/sweep/pareto.h"
#include "testbenches/spikeloom/sweep/sensitivity.h"
#include "testbenches/spikeloom/sweep/sweep_store.h"
#include "testbenches/spikeloom/terminal/text_table.h"

namespace spikeloom::program {
namespace {

namespace fs = std::filesystem;

constexpr int kDigits = 5;
constexpr double kPercent = 100.0;
constexpr double kTenths = 10.0;

std::string path_in(const fs::path& directory) {
  const fs::path path = directory / kSweepDatabase;
  if (!fs::exists(path)) {
    throw common::UserError(
        fmt::format("{}: no results of a sweep: {} is missing", directory.string(), path.string()));
  }
  // A sweep that was killed while it wrote left a journal, which only one who may write can undo.
  if (fs::exists(path.string() + "-journal")) {
    Database(path.string(), Database::Mode::kReadWrite).has_table("runs");
  }
  return path.string();
}

/// Whether `text` begins with the word, in any case.
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

std::string AnswerTable::text() const {
  // A reason may be long.
  const bool note = std::none_of(rows.begin(), rows.end(), [](const std::vector<Value>& row) {
    return std::holds_alternative<double>(row.back()) ||
           std::holds_alternative<std::int64_t>(row.back());
  });
  TextTable table(columns, 1, note);
  for (const std::vector<Value>& row : rows) {
    std::vector<std::string> cells;
    for (const Value& value : row) cells.push_back(to_text(value, kDigits));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string AnswerTable::csv() const {
  std::string text = fmt::format("{}\n", fmt::join(columns, ","));
  for (const std::vector<Value>& row : rows) text += csv_line(row);
  return text;
}

nlohmann::ordered_json AnswerTable::json() const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::vector<Value>& row : rows) {
    nlohmann::ordered_json object;
    for (std::size_t c = 0; c < columns.size(); ++c) object[columns[c]] = to_json(row[c]);
    list.push_back(std::move(object));
  }
  return list;
}

Answers::Answers(const fs::path& directory)
    : database_(path_in(directory), Database::Mode::kReadOnly) {
  database_.restrict_to_reading();
}

AnswerTable Answers::select(const std::string& sql) {
  Statement statement(database_, sql);
  AnswerTable table;
  table.columns = statement.columns();
  while (statement.step()) {
    std::vector<Value> row;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      row.push_back(statement.value(static_cast<int>(c)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<std::string> Answers::names(const std::string& sql) {
  std::vector<std::string> texts;
  for (const std::vector<Value>& row : select(sql).rows) texts.push_back(to_text(row.front()));
  return texts;
}

AnswerTable Answers::query(const std::string& query) {
  try {
    return select(statement_of(query));
  } catch (const common::UserError& error) {
    throw common::UserError(
        fmt::format("{}\ncolumns: {}", error.what(),
                    fmt::join(select("SELECT * FROM points LIMIT 0").columns, ", ")));
  }
}

AnswerTable Answers::pareto(const std::vector<std::string>& objectives) {
  const std::vector<std::string> metrics = names("SELECT \"column\" FROM metrics");
  std::string costs;
  std::string known = "status = 'done'";
  for (const std::string& objective : objectives) {
    const std::size_t colon = objective.find(':');
    const std::string metric = objective.substr(0, colon);
    const std::string way = colon == std::string::npos ? "min" : objective.substr(colon + 1);
    if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) {
      throw common::UserError(
          fmt::format("--pareto: got {}, allowed {}", metric, fmt::join(metrics, ", ")));
    }
    if (way != "min" && way != "max") {
      throw common::UserError(fmt::format("--pareto: {}: got {}, allowed min, max", metric, way));
    }
    costs +=
        fmt::format("{}{}{}", costs.empty() ? "" : ", ", way == "max" ? "-" : "", sql_name(metric));
    known += fmt::format(" AND {} IS NOT NULL", sql_name(metric));
  }
  std::vector<std::vector<double>> points;
  Statement statement(database_, fmt::format("SELECT {} FROM points WHERE {} ORDER BY {}, point",
                                             costs, known, costs));
  while (statement.step()) {
    std::vector<double>& point = points.emplace_back();
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      point.push_back(statement.real(static_cast<int>(i)));
    }
  }
  AnswerTable all =
      select(fmt::format("SELECT * FROM points WHERE {} ORDER BY {}, point", known, costs));
  AnswerTable front{all.columns, {}};
  for (const std::size_t i : pareto_front(points)) front.rows.push_back(std::move(all.rows[i]));
  return front;
}

AnswerTable Answers::sensitivities() {
  AnswerTable result{{"metric", "axis", "share %", "least", "at", "most", "at (most)"}, {}};
  const auto label = [&](const std::string& axis) {
    const std::vector<std::string> columns =
        names("SELECT \"column\" FROM axes WHERE key = " + sql_text(axis));
    return columns.empty() ? axis : columns.front();
  };
  const std::vector<std::string> axes =
      names("SELECT axis FROM axes GROUP BY axis ORDER BY min(position)");
  for (const std::string& metric : names("SELECT \"column\" FROM metrics ORDER BY position")) {
    std::vector<std::pair<std::string, Sensitivity>> found;
    for (const std::string& axis : axes) {
      std::vector<std::string> columns;
      Statement keys(database_, "SELECT \"column\" FROM axes WHERE axis = ? ORDER BY position");
      keys.bind(axis);
      while (keys.step()) columns.push_back(sql_name(keys.text(0)));
      AnswerTable points = select(
          fmt::format("SELECT {0}, {1} FROM points WHERE status = 'done' AND {0} IS NOT NULL",
                      sql_name(metric), fmt::join(columns, ", ")));
      std::vector<double> values;
      for (std::vector<Value>& row : points.rows) {
        const auto* real = std::get_if<double>(&row.front());
        values.push_back(real != nullptr ? *real : 0.0);
        row.erase(row.begin());
      }
      if (!values.empty()) {
        found.emplace_back(axis, sensitivity(find_levels(points.rows), values));
      }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.second.share.value_or(0.0) > b.second.share.value_or(0.0);
    });
    for (const auto& [axis, item] : found) {
      result.rows.push_back(
          {metric, label(axis),
           item.share ? Value(std::round(kTenths * kPercent * *item.share) / kTenths) : Value(),
           item.least, item.least_at, item.most, item.most_at});
    }
  }
  return result;
}

AnswerTable Answers::state() {
  return select("SELECT status, count(*) AS points FROM points GROUP BY status ORDER BY status");
}

}  // namespace spikeloom::program

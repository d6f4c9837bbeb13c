// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/query_table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/csv.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/text_table.h"

namespace spikeloom::explore {
namespace {

constexpr int kCellDigits = 5;

std::string csv_line(const std::vector<Value>& values) {
  std::string line;
  for (const Value& value : values) {
    if (&value != &values.front()) line += ',';
    line += base::csv_field(to_text(value));
  }
  return line + '\n';
}

}  // namespace

std::size_t QueryTable::index(std::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) {
    throw base::UserError(fmt::format("{}: there is no column {}, only {}", source, column,
                                      fmt::join(columns, ", ")));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

std::string QueryTable::text() const {
  // The last column may hold a long reason.
  const bool note = std::none_of(rows.begin(), rows.end(), [](const std::vector<Value>& row) {
    return to_number(row.back()).has_value();
  });
  base::TextTable table(columns, 1, note);
  for (const std::vector<Value>& row : rows) {
    std::vector<std::string> cells;
    for (const Value& value : row) cells.push_back(to_text(value, kCellDigits));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string QueryTable::csv() const {
  std::string text = fmt::format("{}\n", fmt::join(columns, ","));
  for (const std::vector<Value>& row : rows) text += csv_line(row);
  return text;
}

nlohmann::ordered_json QueryTable::json() const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::vector<Value>& row : rows) {
    nlohmann::ordered_json object;
    for (std::size_t c = 0; c < columns.size(); ++c) object[columns[c]] = to_json(row[c]);
    list.push_back(std::move(object));
  }
  return list;
}

QueryTable select(Database& database, const std::string& sql) {
  Statement statement(database, sql);
  QueryTable table{statement.columns(), {}, database.path()};
  std::size_t bytes = 0;
  while (statement.step()) {
    std::vector<Value>& row = table.rows.emplace_back();
    row.reserve(table.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Value& value = row.emplace_back(statement.value(static_cast<int>(c)));
      bytes += sizeof(Value);
      if (const auto* const text = std::get_if<std::string>(&value)) bytes += text->size();
    }
    if (table.rows.size() > kMaxAnswerRows || bytes > kMaxAnswerBytes) {
      throw base::UserError(fmt::format(
          "{}: {}: got {} rows and {} MiB so far, allowed {} rows and {} MiB: add a LIMIT",
          database.path(), sql, table.rows.size(), bytes >> 20, kMaxAnswerRows,
          kMaxAnswerBytes >> 20));
    }
  }
  return table;
}

}  // namespace spikeloom::explore

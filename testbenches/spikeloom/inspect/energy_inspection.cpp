// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/inspect/energy_inspection.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "common/error.h"

namespace spikeloom::program {
namespace {

using nlohmann::ordered_json;

/// Columns of names; the others are of numbers.
const std::set<std::string_view> kNameColumns = {"part", "component", "term", "layers", "bound"};

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    const std::size_t comma = line.find(',');
    fields.emplace_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

bool parse(const std::string& text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// The line as an object by column, or nothing where it is none.
std::optional<ordered_json> parse_line(const std::vector<std::string>& columns,
                                       std::string_view line) {
  const std::vector<std::string> fields = split(line);
  if (fields.size() != columns.size()) return std::nullopt;
  ordered_json row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (kNameColumns.count(columns[i]) != 0) {
      row[columns[i]] = fields[i];
      continue;
    }
    double value = 0.0;
    if (!parse(fields[i], value)) return std::nullopt;
    row[columns[i]] = value;
  }
  return row;
}

std::vector<ordered_json> read_lines(const InspectedFile& file, const CsvFile& kind,
                                     const std::vector<std::string>& columns) {
  std::string_view rest(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  rest.remove_prefix(kind.header.size());
  std::vector<ordered_json> rows;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto row =
        end == std::string_view::npos ? std::nullopt : parse_line(columns, rest.substr(0, end));
    if (!row) {
      throw common::UserError(
          fmt::format("{}:{}: not a whole line of a {}", file.path, rows.size() + 2, kind.name));
    }
    rows.push_back(*row);
    rest.remove_prefix(end + 1);
  }
  return rows;
}

std::string cell(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : fmt::format("{:.6g}", value.get<double>());
}

}  // namespace

const CsvFile* energy_file(const InspectedFile& file) {
  const auto* const kind =
      std::find_if(kCycleFiles.begin(), kCycleFiles.end(), [&](const CsvFile& candidate) {
        return file.bytes.size() >= candidate.header.size() &&
               std::equal(candidate.header.begin(), candidate.header.end(), file.bytes.begin());
      });
  return kind == kCycleFiles.end() ? nullptr : kind;
}

Inspection inspect_energy(const InspectedFile& file, const CsvFile& kind, const LineLimit& limit) {
  const std::vector<std::string> columns = split(kind.header.substr(0, kind.header.size() - 1));
  const std::vector<ordered_json> rows = read_lines(file, kind, columns);
  TextTable table(columns);
  for (std::size_t i = 0; i < limit.shown(rows.size()); ++i) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) cells.push_back(cell(rows[i].at(column)));
    table.add(std::move(cells));
  }
  Inspection result;
  result.text = fmt::format("{} of a run; a line is\n{}\n\n", kind.name, kind.line) + table.text() +
                limit.rest(rows.size(), "lines");
  result.json = {{"kind", kind.name}, {"bytes", file.bytes.size()}, {"lines", rows}};
  return result;
}

}  // namespace spikeloom::program

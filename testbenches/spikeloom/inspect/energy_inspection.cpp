// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/inspect/energy_inspection.h"

#include <algorithm>

#include <fmt/format.h>

#include "testbenches/spikeloom/results/csv_table.h"

namespace spikeloom::program {
namespace {

using nlohmann::ordered_json;

/// Each line as an object by column.
ordered_json objects(const CsvTable& table) {
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < table.size(); ++i) {
    ordered_json row;
    for (const std::string& column : table.columns()) {
      if (CsvTable::is_name(column)) {
        row[column] = table.text(i, column);
      } else {
        row[column] = table.value(i, column);
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string cell(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : fmt::format("{:.6g}", value.get<double>());
}

}  // namespace

const CsvFile* energy_file(const InspectedFile& file) {
  const auto* const kind =
      std::find_if(kCycleFiles.begin(), kCycleFiles.end(),
                   [&](const CsvFile& candidate) { return begins_as(file.text(), candidate); });
  return kind == kCycleFiles.end() ? nullptr : kind;
}

Inspection inspect_energy(const InspectedFile& file, const CsvFile& kind, const LineLimit& limit) {
  const CsvTable lines(file.text(), file.path, kind);
  const ordered_json rows = objects(lines);
  TextTable table(lines.columns());
  for (std::size_t i = 0; i < limit.shown(rows.size()); ++i) {
    std::vector<std::string> cells;
    for (const std::string& column : lines.columns()) cells.push_back(cell(rows[i].at(column)));
    table.add(std::move(cells));
  }
  Inspection result;
  result.text = fmt::format("{} of a run; a line is\n{}\n\n", kind.name, kind.line) + table.text() +
                limit.rest(rows.size(), "lines");
  result.json = {{"kind", kind.name}, {"bytes", file.bytes.size()}, {"lines", rows}};
  return result;
}

}  // namespace spikeloom::program

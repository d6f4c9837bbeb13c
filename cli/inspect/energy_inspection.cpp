// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/energy_inspection.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/sim/results/csv_table.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

/// Returns each line as an object with the columns as keys.
ordered_json objects(const sim::CsvTable& table) {
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < table.size(); ++i) {
    ordered_json row;
    for (const std::string& column : table.columns()) {
      if (sim::CsvTable::is_name(column)) {
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

const sim::CsvFile* energy_file(const InspectedFile& file) {
  const auto* const kind = std::find_if(
      sim::kCycleFiles.begin(), sim::kCycleFiles.end(),
      [&](const sim::CsvFile& candidate) { return sim::begins_as(file.text(), candidate); });
  return kind == sim::kCycleFiles.end() ? nullptr : kind;
}

Inspection inspect_energy(const InspectedFile& file, const sim::CsvFile& kind,
                          const LineLimit& limit) {
  const sim::CsvTable lines(file.text(), file.path, kind);
  const ordered_json rows = objects(lines);
  base::TextTable table(lines.columns());
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

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/csv_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/base/csv.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/parse_number.h"

namespace spikeloom::sim {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"part", "component", "term", "layers", "bound"};

std::optional<double> parse(const std::string& text) {
  const auto value = base::parse_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace

bool begins_as(std::string_view text, const CsvFile& kind) {
  return text.substr(0, kind.header.size()) == kind.header;
}

bool CsvTable::is_name(std::string_view column) {
  return std::find(kNames.begin(), kNames.end(), column) != kNames.end();
}

CsvTable::CsvTable(std::string_view text, const std::string& source, const CsvFile& kind)
    : source_(source) {
  if (!begins_as(text, kind)) {
    throw base::UserError(
        fmt::format("{}: its first line is not that of a run's {}", source, kind.name));
  }
  columns_ = *base::take_csv_line(text);
  while (!text.empty()) {
    std::optional<std::vector<std::string>> fields = base::take_csv_line(text);
    bool good = fields && fields->size() == columns_.size();
    for (std::size_t i = 0; good && i < columns_.size(); ++i) {
      const std::string& field = (*fields)[i];
      good = is_name(columns_[i]) || (kind.gaps && field.empty()) || parse(field);
    }
    if (!good) {
      throw base::UserError(
          fmt::format("{}:{}: not a complete line of {}", source, rows_.size() + 2, kind.name));
    }
    rows_.push_back(std::move(*fields));
  }
}

std::size_t CsvTable::index(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) {
    throw std::out_of_range(fmt::format("{}: has no column {}", source_, column));
  }
  return static_cast<std::size_t>(found - columns_.begin());
}

const std::string& CsvTable::text(std::size_t row, std::string_view column) const {
  return rows_[row][index(column)];
}

std::optional<double> CsvTable::number(std::size_t row, std::string_view column) const {
  return parse(text(row, column));
}

double CsvTable::value(std::size_t row, std::string_view column) const {
  const std::optional<double> found = number(row, column);
  if (!found) throw base::UserError(fmt::format("{}:{}: {} is empty", source_, row + 2, column));
  return *found;
}

long CsvTable::integer(std::size_t row, std::string_view column) const {
  const double found = value(row, column);
  if (found != std::floor(found) || std::abs(found) > 1e15) {
    throw base::UserError(fmt::format("{}:{}: {}: got {}, expected a whole number", source_,
                                      row + 2, column, text(row, column)));
  }
  return static_cast<long>(found);
}

}  // namespace spikeloom::sim

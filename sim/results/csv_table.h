// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/sim/results/csv_file.h"

namespace spikeloom::sim {

/// A CSV file of a run's results, read and validated.
class CsvTable {
 public:
  CsvTable() = default;
  /// `source` names `text` in messages. Throws base::UserError if the header is not that of `kind`
  /// or a line is malformed.
  CsvTable(std::string_view text, const std::string& source, const CsvFile& kind);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t size() const { return rows_.size(); }
  /// Returns a field as text. Throws std::out_of_range for an unknown column.
  const std::string& text(std::size_t row, std::string_view column) const;
  /// Returns a field of a number column; nullopt if it is empty, which only images.csv allows.
  std::optional<double> number(std::size_t row, std::string_view column) const;
  /// Returns a field of a number column. Throws base::UserError if it is empty.
  double value(std::size_t row, std::string_view column) const;
  /// Likewise for a whole number. Throws base::UserError for another one.
  long integer(std::size_t row, std::string_view column) const;

  /// Whether a column holds names; all other columns hold numbers.
  static bool is_name(std::string_view column);

 private:
  std::size_t index(std::string_view column) const;

  std::string source_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Whether `text` begins with the header of `kind`.
bool begins_as(std::string_view text, const CsvFile& kind);

}  // namespace spikeloom::sim

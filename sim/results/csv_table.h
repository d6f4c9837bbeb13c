// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/sim/results/csv_file.h"

namespace spikeloom::sim {

/// A file of a run in comma-separated values, read and checked.
class CsvTable {
 public:
  CsvTable() = default;
  /// `source` names `text` in messages. Throws base::UserError where it does not begin as `kind`
  /// does, or for a line that is not a whole one of it.
  CsvTable(std::string_view text, const std::string& source, const CsvFile& kind);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t size() const { return rows_.size(); }
  /// Throws std::out_of_range for a column that the kind does not have.
  const std::string& text(std::size_t row, std::string_view column) const;
  /// Of a column of numbers; nothing where it is empty, as only images.csv may have it.
  std::optional<double> number(std::size_t row, std::string_view column) const;
  /// Likewise where there must be one: throws base::UserError.
  double value(std::size_t row, std::string_view column) const;
  long integer(std::size_t row, std::string_view column) const;

  /// Whether a column has names; the others have numbers.
  static bool is_name(std::string_view column);

 private:
  std::size_t index(std::string_view column) const;

  std::string source_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Whether `text` begins as a file of this kind.
bool begins_as(std::string_view text, const CsvFile& kind);

}  // namespace spikeloom::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {

/// A table of query results.
struct QueryTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
  std::string source = {};  ///< path of the database

  /// Returns the index of a column. Throws base::UserError if there is none of this name, as in a
  /// database that someone has edited.
  std::size_t index(std::string_view column) const;

  /// Formats the table as text.
  std::string text() const;
  /// Formats the table as CSV with a header line (RFC 4180). Null is an empty field; numbers are
  /// written so that they read back exactly.
  std::string csv() const;
  /// Returns a list of objects, one per row.
  nlohmann::ordered_json json() const;
};

/// Bounds of an answer: far more than a sweep has, and little enough for memory.
inline constexpr std::size_t kMaxAnswerRows = std::size_t{1} << 20;
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 28;  ///< of values, with texts

/// Returns all rows of an SQL statement. Throws base::UserError, also for more than the bounds
/// above.
QueryTable select(Database& database, const std::string& sql);

}  // namespace spikeloom::explore

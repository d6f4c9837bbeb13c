// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {

/// A table as an answer is one.
struct AnswerTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;

  /// The place of a column. Throws std::out_of_range where there is none of this name.
  std::size_t index(std::string_view column) const;

  std::string text() const;
  /// With a line of columns (RFC 4180): null is empty, numbers are read back as they are.
  std::string csv() const;
  /// A list of objects.
  nlohmann::ordered_json json() const;
};

/// All that a statement gives. Throws base::UserError.
AnswerTable select(Database& database, const std::string& sql);

}  // namespace spikeloom::explore

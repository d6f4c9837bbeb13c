// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/sweep/csv.h"

namespace spikeloom::program {

std::string csv_line(const std::vector<Value>& values) {
  std::string line;
  for (const Value& value : values) {
    if (&value != &values.front()) line += ',';
    const std::string cell = to_text(value);
    // Quotes are doubled as in SQL.
    line += cell.find_first_of(",\"\r\n") == std::string::npos ? cell : sql_name(cell);
  }
  return line + '\n';
}

}  // namespace spikeloom::program

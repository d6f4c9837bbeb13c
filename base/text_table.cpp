// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/text_table.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace spikeloom::base {

TextTable::TextTable(std::vector<std::string> header, std::size_t left, bool note)
    : left_(left), note_(note), rows_{std::move(header)} {}

void TextTable::add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

std::string TextTable::text() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns);
  for (const std::vector<std::string>& row : rows_) {
    for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  // The column that is cut to fit keeps at least this width, so that its cells can be recognized.
  constexpr std::size_t kMinWidth = 5;
  const std::size_t cut_column = note_ ? columns - 1 : 0;
  const std::size_t total = std::accumulate(widths.begin(), widths.end(), columns - 1);
  const std::size_t others = total - widths[cut_column];
  widths[cut_column] =
      std::min(widths[cut_column], std::max(kWidth - std::min(others, kWidth), kMinWidth));
  std::string text;
  for (const std::vector<std::string>& row : rows_) {
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) text += ' ';
      const std::string cell = truncated(row[c], widths[c]);
      if (note_ && c + 1 == columns) {
        text += cell;
      } else if (c < left_) {
        text += fmt::format("{:<{}}", cell, widths[c]);
      } else {
        text += fmt::format("{:>{}}", cell, widths[c]);
      }
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines = {""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (line.size() + 1 + word.size() <= width) {
      line += ' ' + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::string truncated(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

}  // namespace spikeloom::base

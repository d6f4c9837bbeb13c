// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spikeloom::base {

/// A table of text of at most 80 columns: each column as wide as it needs, numbers to the right.
class TextTable {
 public:
  static constexpr std::size_t kWidth = 80;

  /// The first `left` columns, and the last one where `note` is set, are aligned to the left; the
  /// note is cut where a line would be too long, without a note the first column.
  explicit TextTable(std::vector<std::string> header, std::size_t left = 1, bool note = false);

  /// As many cells as the header has.
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::size_t left_;
  bool note_;
  std::vector<std::vector<std::string>> rows_;
};

/// `text` in lines of at most `width` characters, broken at spaces; a longer word has its own line.
std::vector<std::string> wrap(const std::string& text, std::size_t width);

/// `text` in at most `width` characters, its end replaced by ".." where it is longer.
std::string cut(const std::string& text, std::size_t width);

}  // namespace spikeloom::base

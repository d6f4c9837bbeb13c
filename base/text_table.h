// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spikeloom::base {

/// A plain-text table at most 80 characters wide. Each column is as wide as its widest cell.
class TextTable {
 public:
  static constexpr std::size_t kWidth = 80;

  /// The first `left` columns are aligned left, and so is the last one if `note` is set; the others
  /// are aligned right. If lines would be too long, the note is cut; without a note, the first
  /// column.
  explicit TextTable(std::vector<std::string> header, std::size_t left = 1, bool note = false);

  /// Adds a row, with as many cells as the header.
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::size_t left_;
  bool note_;
  std::vector<std::vector<std::string>> rows_;
};

/// Breaks `text` at spaces into lines of at most `width` characters. A longer word gets its own
/// line.
std::vector<std::string> wrap(const std::string& text, std::size_t width);

/// Shortens `text` to at most `width` characters, replacing its end by "..".
std::string truncated(const std::string& text, std::size_t width);

}  // namespace spikeloom::base

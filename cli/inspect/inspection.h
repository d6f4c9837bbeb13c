// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "spikeloom/base/text_table.h"

namespace spikeloom::cli {

/// Description of a file's contents as text (lines of at most 80 columns) and as JSON.
struct Inspection {
  std::string text;
  nlohmann::ordered_json json;
};

/// A file to inspect.
struct InspectedFile {
  std::string path;  ///< used in messages
  std::vector<std::uint8_t> bytes;

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool begins_with(std::string_view magic) const { return text().substr(0, magic.size()) == magic; }
};

/// Limits the number of printed lines of a long table.
class LineLimit {
 public:
  /// `max` lines; 0: no limit.
  explicit LineLimit(std::size_t max) : max_(max) {}
  /// Returns how many of `count` lines are shown.
  std::size_t shown(std::size_t count) const { return max_ == 0 || count < max_ ? count : max_; }
  /// Returns a line that tells how many lines are not shown; empty if all are.
  std::string rest(std::size_t count, const std::string& what) const;

 private:
  std::size_t max_;
};

}  // namespace spikeloom::cli

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

/// What a file holds, for people (lines of at most 80 columns) and for programs.
struct Inspection {
  std::string text;
  nlohmann::ordered_json json;
};

/// A file to explain.
struct InspectedFile {
  std::string path;  ///< for messages
  std::vector<std::uint8_t> bytes;

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool begins_with(std::string_view magic) const { return text().substr(0, magic.size()) == magic; }
};

/// How many lines of a long table are printed.
class LineLimit {
 public:
  /// 0: all.
  explicit LineLimit(std::size_t maximum) : most_(maximum) {}
  /// Of `count` lines, so many are shown.
  std::size_t shown(std::size_t count) const { return most_ == 0 || count < most_ ? count : most_; }
  /// The line that says what is not shown, empty where all is.
  std::string rest(std::size_t count, const std::string& what) const;

 private:
  std::size_t most_;
};

}  // namespace spikeloom::cli

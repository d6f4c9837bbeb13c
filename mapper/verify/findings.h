// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace spikeloom::mapper {

/// Errors that the verifier finds. Keeps the texts of the first ones and counts all.
class Findings {
 public:
  /// Keeps at most `max` texts.
  explicit Findings(std::size_t max) : max_(max) {}

  /// Counts a finding. Its text is formatted only if it is kept.
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    ++count_;
    if (texts_.size() < max_) {
      texts_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }
  }
  std::uint64_t count() const { return count_; }
  /// Moves the texts out.
  std::vector<std::string> take() { return std::move(texts_); }

 private:
  std::size_t max_;
  std::uint64_t count_ = 0;
  std::vector<std::string> texts_;
};

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace spikeloom::mapper {

/// What the verifier finds wrong: the first ones with their text, the others counted.
class Findings {
 public:
  explicit Findings(std::size_t maximum) : most_(maximum) {}

  /// Counts a finding; its text is made only while there is room for it.
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    ++count_;
    if (texts_.size() < most_) {
      texts_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }
  }
  std::uint64_t count() const { return count_; }
  std::vector<std::string> take() { return std::move(texts_); }

 private:
  std::size_t most_;
  std::uint64_t count_ = 0;
  std::vector<std::string> texts_;
};

}  // namespace spikeloom::mapper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/base/error.h"

namespace spikeloom::base {

/// Collects user errors of several steps or files so that they are shown together, one per line and
/// without duplicates.
class Diagnostics {
 public:
  /// Runs `step` and keeps the UserError that it may throw. Returns false if it threw one.
  template <typename Step>
  bool collect(const Step& step) {
    try {
      step();
      return true;
    } catch (const UserError& error) {
      add(error.what());
      return false;
    }
  }
  /// Adds each line of `text`.
  void add(const std::string& text);
  bool empty() const { return lines_.empty(); }
  /// Throws all errors as one UserError; returns if there are none.
  void finish() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace spikeloom::base

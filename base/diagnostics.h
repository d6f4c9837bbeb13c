// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/base/error.h"

namespace spikeloom::base {

/// User errors of several steps or files, to be shown at once, a line each and each line once.
class Diagnostics {
 public:
  /// Runs `step`; a UserError of it is kept. False where there was one.
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
  /// The lines of `text`.
  void add(const std::string& text);
  bool empty() const { return lines_.empty(); }
  /// Throws all of them as one UserError, or returns.
  void finish() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace spikeloom::base

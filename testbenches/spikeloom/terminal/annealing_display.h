// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "testbenches/spikeloom/terminal/progress.h"
#include "testbenches/spikeloom/terminal/stop_guard.h"

namespace spikeloom::program {

/// Shows the moves of an annealing on a terminal, and lets Ctrl-C end it.
class AnnealingDisplay {
 public:
  explicit AnnealingDisplay(bool quiet) : quiet_(quiet) {}
  /// Throws Stopped after Ctrl-C or SIGTERM.
  void show(std::size_t done, std::size_t total);

 private:
  bool quiet_;
  std::optional<StopGuard> guard_;  ///< from the first move on
  std::optional<Progress> progress_;
  std::size_t shown_ = 0;
};

}  // namespace spikeloom::program

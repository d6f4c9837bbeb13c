// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "cli/terminal/progress.h"
#include "spikeloom/base/stop_guard.h"

namespace spikeloom::cli {

/// Shows on a terminal how far a library's work is, and lets Ctrl-C end it.
class ProgressDisplay {
 public:
  /// `what`: in the plural, as in ProgressState.
  ProgressDisplay(std::string what, bool quiet) : what_(std::move(what)), quiet_(quiet) {}

  /// To be called by the work; refers to this. It throws Stopped after Ctrl-C or SIGTERM.
  std::function<void(std::size_t done, std::size_t total)> callback() {
    return [this](std::size_t done, std::size_t total) { show(done, total); };
  }

 private:
  void show(std::size_t done, std::size_t total);

  std::string what_;
  bool quiet_;
  std::optional<base::StopGuard> guard_;  ///< from the first call on
  std::optional<Progress> progress_;
  std::size_t shown_ = 0;
};

}  // namespace spikeloom::cli

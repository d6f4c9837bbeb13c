// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/progress_display.h"

namespace spikeloom::cli {

void ProgressDisplay::show(std::size_t done, std::size_t total) {
  if (!progress_) {
    guard_.emplace();
    progress_.emplace(what_, total, quiet_);
  }
  progress_->advance(done - shown_);
  shown_ = done;
  base::StopGuard::check();
}

}  // namespace spikeloom::cli

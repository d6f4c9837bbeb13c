// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/terminal/annealing_display.h"

#include "testbenches/spikeloom/simulation/workers.h"

namespace spikeloom::program {

void AnnealingDisplay::show(std::size_t done, std::size_t total) {
  if (!progress_) {
    guard_.emplace();
    progress_.emplace("moves", total, quiet_);
  }
  progress_->advance(done - shown_);
  shown_ = done;
  if (StopGuard::signal() != 0) throw Stopped(StopGuard::signal());
}

}  // namespace spikeloom::program

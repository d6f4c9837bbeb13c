// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "spikeloom/base/progress.h"

namespace spikeloom::cli {

/// Progress of some work.
struct ProgressState {
  std::string what;  ///< plural noun: "images"
  std::size_t done = 0;
  std::size_t total = 0;
  double seconds = 0.0;    ///< elapsed time
  std::size_t failed = 0;  ///< number of failures among `done`
};

/// Returns, for example, "images 30/100 [=====>              ] 2.5/s, 0:28 left" in at most
/// `columns` columns; the bar fills the remaining width.
std::string progress_line(const ProgressState& state, std::size_t columns);

/// A progress bar with rate and remaining time. Silent if standard error is not a terminal or TERM
/// says that it cannot erase a line.
class ProgressBar final : public base::ProgressSink {
 public:
  void begin(const std::string& what, std::size_t total) override;
  void advance(std::size_t count, std::size_t failed) override;
  void end() override;

 private:
  using Clock = std::chrono::steady_clock;
  void draw(Clock::time_point now);

  ProgressState state_;
  bool shown_ = false;
  Clock::time_point start_;
  Clock::time_point drawn_;
};

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "spikeloom/base/progress.h"

namespace spikeloom::cli {

/// How far some work is.
struct ProgressState {
  std::string what;  ///< in the plural: "images"
  std::size_t done = 0;
  std::size_t total = 0;
  double seconds = 0.0;    ///< since it began
  std::size_t failed = 0;  ///< of those done
};

/// "images 30/100 [=====>              ] 2.5/s, 0:28 left" in at most `columns` columns; the bar
/// takes what the others leave.
std::string progress_line(const ProgressState& state, std::size_t columns);

/// A bar on the terminal with rate and time left; silent where standard error is none, or TERM says
/// that it cannot erase a line.
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

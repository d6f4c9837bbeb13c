// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/progress_bar.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "spikeloom/base/text_table.h"

namespace spikeloom::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
/// Minimum width of the bar; a narrower one is not shown.
constexpr std::size_t kNarrowest = 5;

/// Whether standard error is a terminal that can erase a line.
bool can_draw() {
  const char* const kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

/// One column less than the terminal has, since writing the last one may wrap the line.
std::size_t terminal_columns() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return std::min<std::size_t>(known ? size.ws_col : base::TextTable::kWidth,
                               base::TextTable::kWidth) -
         1;
}

/// "0:28", "1:02:03"
std::string duration(double seconds) {
  constexpr double kMax = 359999.0;  // 99:59:59
  const auto whole = static_cast<int>(std::lround(std::min(seconds, kMax)));
  const int minutes = whole / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t columns) {
  std::string count = fmt::format("{} {}/{}", state.what, state.done, state.total);
  if (state.failed > 0) count += fmt::format(", {} failed", state.failed);
  std::string speed;
  if (state.done > 0 && state.seconds > 0.0) {
    const double rate = static_cast<double>(state.done) / state.seconds;
    const std::size_t left = state.total - std::min(state.done, state.total);
    const int digits = rate < 1.0 ? 2 : rate < 99.95 ? 1 : 0;
    speed =
        fmt::format("{:.{}f}/s, {} left", rate, digits, duration(static_cast<double>(left) / rate));
  }
  std::string line = count;
  const std::size_t others = count.size() + speed.size() + 4;  // brackets and spaces
  if (others + kNarrowest <= columns) {
    const std::size_t width = columns - others;
    const std::size_t full =
        state.total == 0 ? width : std::min(width * state.done / state.total, width);
    line += fmt::format(" [{}{}]", std::string(full, '='), std::string(width - full, ' '));
  }
  if (!speed.empty()) line += " " + speed;
  return line.substr(0, columns);
}

void ProgressBar::begin(const std::string& what, std::size_t total) {
  state_ = {what, 0, total, 0.0};
  shown_ = can_draw();
  start_ = Clock::now();
  drawn_ = start_;
  if (shown_) draw(start_);
}

void ProgressBar::end() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  shown_ = false;
}

void ProgressBar::advance(std::size_t count, std::size_t failed) {
  state_.done += count;
  state_.failed += failed;
  const auto now = Clock::now();
  if (shown_ && now - drawn_ >= kRedraw) draw(now);
}

void ProgressBar::draw(Clock::time_point now) {
  drawn_ = now;
  state_.seconds = std::chrono::duration<double>(now - start_).count();
  fmt::print(stderr, "\r\x1b[K{}", progress_line(state_, terminal_columns()));
  std::fflush(stderr);
}

}  // namespace spikeloom::cli

// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/progress.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace spikeloom::program {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(std::string what, std::size_t total, bool quiet)
    : what_(std::move(what)),
      total_(total),
      shown_(!quiet && ::isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_) {}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::advance(std::size_t count) {
  done_ += count;
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now - drawn_ < kRedraw) return;
  drawn_ = now;
  draw();
}

void Progress::draw() {
  const std::chrono::duration<double> spent = drawn_ - start_;
  const double rate = static_cast<double>(done_) / spent.count();
  fmt::print(stderr, "\r\x1b[K{} of {} {}, {:.1f}/s, {:.0f} s left", done_, total_, what_, rate,
             static_cast<double>(total_ - done_) / rate);
  std::fflush(stderr);
}

}  // namespace spikeloom::program

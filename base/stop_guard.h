// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <vector>

#include <poll.h>

namespace spikeloom::base {

/// While it lives, Ctrl-C and SIGTERM are noted in place of ending the program, so that what was
/// begun can be taken back. Guards may be nested; the note lasts as long as the outermost one.
class StopGuard {
 public:
  StopGuard();
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;

  /// The signal that came, or 0.
  static int signal();
  /// Throws Stopped where one came.
  static void check();
  /// Waits as poll() does, without end where there is no `most`. A signal ends it, and so does one
  /// that came before. Returns the number of descriptors with events.
  static int poll(std::vector<pollfd>& polled,
                  std::optional<std::chrono::milliseconds> maximum = std::nullopt);
  /// In a child process: its parent answers these signals. Here they are ignored from now on, and
  /// guards do nothing.
  static void leave_to_parent();

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

}  // namespace spikeloom::base
